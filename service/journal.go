package service

import (
	"strings"

	"github.com/coreos/go-systemd/v22/journal"
)

// Journal writes one entry with fields of its own to systemd's journal. The
// priority is that of syslog(3).
type Journal func(priority int, message string, fields map[string]string) error

// OpenJournal is systemd's journal where it reads our stderr, and nil everywhere
// else: then lines on stderr are all there is.
func OpenJournal() Journal {
	if ours, err := journal.StderrIsJournalStream(); err != nil || !ours || !journal.Enabled() {
		return nil
	}
	return func(priority int, message string, fields map[string]string) error {
		return journal.Send(message, journal.Priority(priority), fields)
	}
}

const maxField = 64 // bytes of a name, by the journal's own rule

// JournalField is a log's key as the journal takes names: capitals, digits and
// underscores. What is ours begins with PARCELWATCH_, for the journal and
// systemd give meanings to names such as UNIT.
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
