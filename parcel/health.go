package parcel

import (
	"time"

	"parcelwatch/internal/message"
)

// Health is what works and what is broken since when.
type Health struct {
	Mailboxes []MailboxHealth
	Carriers  []CarrierHealth
	Outbox    OutboxHealth
	// NotUnderstood are mails of the shop that gave nothing, newest first.
	NotUnderstood []NotUnderstood
}

// MailboxState is how reading a folder goes.
type MailboxState string

// The states of a mailbox folder. Broken is every one that cannot be read now,
// whatever the cause; refused is for credentials.
const (
	MailboxConnecting MailboxState = "connecting"
	MailboxIdle       MailboxState = "idle"
	MailboxPolling    MailboxState = "polling"
	MailboxBroken     MailboxState = "broken"
	MailboxRefused    MailboxState = "refused"
	MailboxUnknown    MailboxState = "unknown" // the daemon does not run
)

// MailboxHealth is the state of one folder of one mailbox.
type MailboxHealth struct {
	Name      string       `json:"name"`
	Folder    string       `json:"folder"`
	State     MailboxState `json:"state"`
	Since     time.Time    `json:"since,omitzero"` // of the state
	LastMail  time.Time    `json:"last_mail,omitzero"`
	LastCheck time.Time    `json:"last_check,omitzero"` // last proof that the connection lives
	Error     string       `json:"error"`               // one line of English: what, why, what to do
	Fault     message.Text `json:"fault,omitempty"`     // Error as message ids
}

// CarrierState is how asking a carrier goes.
type CarrierState string

// The states of a carrier.
const (
	CarrierOK           CarrierState = "ok"
	CarrierNoCredential CarrierState = "no_credential" //nolint:gosec // the word for a missing one
	CarrierQuarantined  CarrierState = "quarantined"
	CarrierChanged      CarrierState = "changed"
	CarrierOff          CarrierState = "off"
)

// CarrierHealth is the state of one carrier.
type CarrierHealth struct {
	Name        string       `json:"name"`
	State       CarrierState `json:"state"`
	Since       time.Time    `json:"since,omitzero"`
	Until       time.Time    `json:"until,omitzero"` // end of the quarantine
	Fails       int          `json:"fails,omitempty"`
	Today       int          `json:"today"`
	Budget      int          `json:"budget"` // calls a day; 0 for no limit
	LastSuccess time.Time    `json:"last_success,omitzero"`
	Error       string       `json:"error"`           // one line of English
	Fault       message.Text `json:"fault,omitempty"` // Error as message ids
	// Note is what the service itself says of its limits ("quota 120 of 200").
	Note string `json:"note,omitempty"`
}

// OutboxHealth is the state of outgoing mail.
type OutboxHealth struct {
	Waiting int          `json:"waiting"`
	Oldest  time.Time    `json:"oldest,omitzero"`
	Error   string       `json:"error"`
	Fault   message.Text `json:"fault,omitempty"`
}

// NotUnderstood is a mail of the shop that gave neither number nor order, or
// that could not be read.
type NotUnderstood struct {
	Mail    string         `json:"mail"` // MailRef.String
	Subject string         `json:"subject,omitempty"`
	Why     []message.Text `json:"why"`
	At      time.Time      `json:"at"`
}
