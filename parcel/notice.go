package parcel

import (
	"slices"
	"strconv"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel/number"
)

// MailRef identifies a mail by its mailbox, folder and UID.
type MailRef struct {
	Mailbox     string `json:"mailbox"` // the configured name
	Folder      string `json:"folder"`
	UIDValidity uint32 `json:"uid_validity"`
	UID         uint32 `json:"uid"`
}

// String returns the ref as shown in logs and in status: mailbox/folder/uid.
func (r MailRef) String() string {
	return r.Mailbox + "/" + r.Folder + "/" + strconv.FormatUint(uint64(r.UID), 10)
}

// Notice is the content of one shipment notification. For any other mail, Shop is
// empty and Step is [StepNone]; a forged or foreign one has neither parcels nor
// orders.
type Notice struct {
	Shop      string // "aliexpress", or the name of the configured rule that matched
	Verdict   Verdict
	Step      Step   // of the notice; StepUpdate if several parcels have different steps
	StepWords string // the mail's text for the step
	Orders    []string
	Parcels   []NoticeParcel
	Logistics Logistics
	Items     []Item
	ETA       Date
	Sent      time.Time      // the Date header; zero if missing
	Subject   string         // decoded, one line, bounded
	MessageID string         // as in the header, possibly malformed, possibly empty
	Problems  []message.Text // what could not be read; the rest was used
}

// Shipment reports whether the mail is a shipment notification.
func (n Notice) Shipment() bool { return n.Shop != "" && n.Step != StepNone }

// NothingFound is the message id of the problem of a shipment mail that contains
// neither a number nor an order.
const NothingFound = "why_nothing_found"

// NoticeParcel is a parcel as described by a mail.
type NoticeParcel struct {
	Number number.Number
	Orders []string
	Step   Step
}

// Logistics is the "Logistics Information" of a mail: the sender and the sites to
// track at. Sites are host names, never links.
type Logistics struct {
	Sender string   `json:"sender"`
	Sites  []string `json:"sites"`
}

// Item is one line of an order, as far as a mail shows it. The shop often truncates
// titles.
type Item struct {
	Title    string `json:"title"`
	Variant  string `json:"variant"`
	Quantity int    `json:"quantity"`
}

// Date is a day without a time or zone, as 2006-01-02; empty means unknown.
type Date string

// DateOf returns the day of t in t's zone.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return ""
	}
	return Date(t.Format(time.DateOnly))
}

// Time returns midnight at the start of d in loc, or the zero time if d is empty or
// not a date.
func (d Date) Time(loc *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}
	}
	return t
}

// UnknownRewriter is the message id of the problem of a foreign mail that names
// the shop as its original sender, and so was not read.
const UnknownRewriter = "unread_rewriter"

// Claims reports whether a foreign mail names the shop as its original sender.
func (n Notice) Claims() bool {
	return n.Verdict.Trust == TrustForeign && slices.ContainsFunc(n.Problems, func(t message.Text) bool { return len(t) > 0 && t[0].ID == UnknownRewriter })
}

// Sealed reports whether a forwarder passed on a mail whose text cannot be read:
// encrypted, in a winmail.dat or .msg file, or in pictures.
func (n Notice) Sealed() bool {
	return n.Verdict.Trust == TrustForwarded && n.Shop == "" && slices.ContainsFunc(n.Problems, func(t message.Text) bool {
		return len(t) > 0 && slices.Contains([]string{"unread_picture", "unread_encrypted", "unread_winmail", "unread_msg"}, t[0].ID)
	})
}
