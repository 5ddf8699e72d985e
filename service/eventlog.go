package service

import "github.com/kardianos/service"

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
