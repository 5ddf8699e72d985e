package service

import (
	"strings"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/kardianos/service"
)

// Journal writes one entry with fields of its own to systemd's journal. The
// priority is that of syslog(3).
type Journal func(priority int, message string, fields map[string]string) error

// OpenJournal returns systemd's journal, or nil if it does not read the stderr of
// this process.
func OpenJournal() Journal {
	if ours, err := journal.StderrIsJournalStream(); err != nil || !ours || !journal.Enabled() {
		return nil
	}
	return func(priority int, message string, fields map[string]string) error {
		return journal.Send(message, journal.Priority(priority), fields)
	}
}

const maxField = 64 // bytes of a name that the journal accepts

// JournalField returns the field name for a key of the log: capitals, digits and
// underscores, with the prefix PARCELWATCH_, because the journal and systemd give
// meanings to names such as UNIT.
func JournalField(key string) string {
	name := "PARCELWATCH_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return '_'
		}
	}, key)
	return name[:min(len(name), maxField)]
}

// EventLog is the event log of Windows.
type EventLog interface {
	Error(v ...any) error
	Warning(v ...any) error
	Info(v ...any) error
}

// OpenEventLog opens the event log under the name of the service. It returns nil
// unless the service manager of Windows started the process.
func OpenEventLog(name string) EventLog {
	if !managed() {
		return nil
	}
	s, err := service.New(idle{}, &service.Config{Name: name})
	if err != nil {
		return nil
	}
	l, err := s.SystemLogger(nil)
	if err != nil {
		return nil // the source is not registered; the log file remains
	}
	return l
}
