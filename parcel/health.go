package parcel

import (
	"time"

	"parcelwatch/internal/message"
)

// Health is the state of the mailboxes, the carriers and the outbox.
type Health struct {
	Mailboxes []MailboxHealth
	Carriers  []CarrierHealth
	Outbox    OutboxHealth
	// Surplus lists the mailboxes whose unproven mail named more than is accepted.
	Surplus []Surplus
	// NotUnderstood lists the shop's mails that yielded nothing, newest first.
	NotUnderstood []NotUnderstood
}

// MailboxState is the state of reading a folder.
type MailboxState string

// The states of a mailbox folder. Broken means that it cannot be read now, for
// whatever reason; refused means that the server rejected the credentials.
const (
	MailboxConnecting MailboxState = "connecting"
	MailboxIdle       MailboxState = "idle"
	MailboxPolling    MailboxState = "polling"
	MailboxBroken     MailboxState = "broken"
	MailboxRefused    MailboxState = "refused"
	MailboxUnknown    MailboxState = "unknown" // the daemon is not running
)

// Failing reports whether mail cannot be read in this state. Connecting is not a failure
// yet.
func (s MailboxState) Failing() bool { return s == MailboxBroken || s == MailboxRefused }

// MailboxHealth is the state of one folder of one mailbox.
type MailboxHealth struct {
	Name      string       `json:"name"`
	Folder    string       `json:"folder"`
	State     MailboxState `json:"state"`
	Since     time.Time    `json:"since,omitzero"` // start of the state
	LastMail  time.Time    `json:"last_mail,omitzero"`
	LastCheck time.Time    `json:"last_check,omitzero"` // last time the connection was known to work
	Error     string       `json:"error"`               // one line of English: what, why, what to do
	Fault     message.Text `json:"fault,omitempty"`     // Error as message ids
}

// CarrierState is the state of the calls to a carrier.
type CarrierState string

// The states of a carrier.
const (
	CarrierOK           CarrierState = "ok"
	CarrierNoCredential CarrierState = "no_credential" //nolint:gosec // the word for a missing one
	CarrierQuarantined  CarrierState = "quarantined"   // the circuit breaker is open in this and the next four states
	CarrierThrottled    CarrierState = "throttled"     // its limit of requests is used up until it is asked again
	CarrierCredential   CarrierState = "credential"    // is wrong or expired
	CarrierCaptcha      CarrierState = "captcha"
	CarrierBlocked      CarrierState = "blocked"
	CarrierChanged      CarrierState = "changed"
	CarrierOff          CarrierState = "off"
)

// Open reports whether the circuit breaker of a carrier in this state is open.
func (s CarrierState) Open() bool {
	return s == CarrierQuarantined || s == CarrierThrottled || s.Refused()
}

// Failing reports whether a configured carrier gives no usable answers in this state.
func (s CarrierState) Failing() bool { return s == CarrierChanged || s.Open() }

// Refused reports whether the carrier refuses to answer for a known reason.
func (s CarrierState) Refused() bool {
	return s == CarrierCredential || s == CarrierCaptcha || s == CarrierBlocked
}

// CarrierHealth is the state of one carrier.
type CarrierHealth struct {
	Name        string       `json:"name"`
	State       CarrierState `json:"state"`
	Since       time.Time    `json:"since,omitzero"`
	Until       time.Time    `json:"until,omitzero"` // end of the open circuit breaker
	Fails       int          `json:"fails,omitempty"`
	Today       int          `json:"today"`
	Budget      int          `json:"budget"` // calls per day; 0 for no limit
	LastSuccess time.Time    `json:"last_success,omitzero"`
	Error       string       `json:"error"`           // one line of English
	Fault       message.Text `json:"fault,omitempty"` // Error as message ids
	// Note is what the service reports about its limits ("quota 120 of 200").
	Note string `json:"note,omitempty"`
	// LastEvents is when an answer last held events.
	LastEvents time.Time `json:"last_events,omitzero"`
	// Recent has a character for each of the last answers with events, the newest
	// last: [AnswerKnown], or [AnswerUnknown] if a code was in no table.
	Recent string `json:"recent,omitempty"`
	// Unknown lists codes that were in no table, the newest first.
	Unknown []UnknownCode `json:"unknown,omitempty"`
}

// The characters of [CarrierHealth.Recent].
const (
	AnswerKnown   = "."
	AnswerUnknown = "?"
)

// UnknownCode is a code of a carrier that its table does not hold.
type UnknownCode struct {
	Code string `json:"code"` // or the words of an event without a code
	Last Date   `json:"last"` // the day it last came
}

// OutboxHealth is the state of outgoing mail.
type OutboxHealth struct {
	Waiting int          `json:"waiting"`
	Oldest  time.Time    `json:"oldest,omitzero"`
	Error   string       `json:"error"`
	Fault   message.Text `json:"fault,omitempty"`
	// RefusedSince is since when the news of the newest message waits, if a mail server refused
	// that message for good for every recipient.
	RefusedSince time.Time `json:"refused_since,omitzero"`
}

// Surplus counts the numbers and orders of a mailbox that were not accepted, because
// unproven mail named too many.
type Surplus struct {
	Mailbox string `json:"mailbox"`
	Refused int    `json:"refused"`
	Last    Date   `json:"last"` // the last day on which some were refused
}

// NotUnderstood is a mail of the shop that could not be read or contained neither a
// number nor an order.
type NotUnderstood struct {
	Mail    string         `json:"mail"` // MailRef.String
	Subject string         `json:"subject,omitempty"`
	Why     []message.Text `json:"why"`
	At      time.Time      `json:"at"`
}
