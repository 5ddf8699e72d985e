package notify

import (
	"slices"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Digest is the content of a digest for one audience, in sections and independent of
// language. Render translates it.
type Digest struct {
	Audience string
	Language string
	Zone     *time.Location
	Made     time.Time
	Urgent   bool  // made for urgent changes, not scheduled
	Hello    Hello // of a first digest
	Outage   Span  // in which no digest could be sent
	Absence  Span  // in which the program did not run
	Calendar bool  // attach the last days of pickup that are news as a calendar
	Sections []Section
	Footer   Footer
	// News is the number of changes worth a mail.
	News int
	// Told are the ids of the changes that this digest announces, including those without
	// news for the audience.
	Told []int64
}

// Empty reports whether there is no news.
func (d Digest) Empty() bool { return d.News == 0 }

// Calm reports whether there is no news, nothing to do, nothing late and nothing broken.
func (d Digest) Calm() bool {
	open := slices.ContainsFunc(d.Sections, func(s Section) bool { return s.Kind == SectionNeeds || s.Kind == SectionStalled })
	return d.Empty() && !open && !d.Footer.unchecked()
}

// needs reports whether a trouble is among what the user has to act on.
func (d Digest) needs(t Trouble) bool {
	return slices.ContainsFunc(d.Sections, func(s Section) bool {
		return s.Kind == SectionNeeds && slices.ContainsFunc(s.Items, func(it Item) bool {
			return it.Trouble != nil && it.Trouble.thing() == t.thing()
		})
	})
}

// SectionKind names a section.
type SectionKind string

// The sections, in the order of the digest.
const (
	SectionNeeds      SectionKind = "needs" // the user has to act
	SectionToday      SectionKind = "today" // with the courier
	SectionMoved      SectionKind = "moved" // changed status, number or expected day
	SectionDelivered  SectionKind = "delivered"
	SectionStalled    SectionKind = "stalled"    // no news for longer than usual
	SectionNew        SectionKind = "new"        // first seen since the last digest
	SectionTravelling SectionKind = "travelling" // on the way, in a first digest, or late without an answer of a post
	SectionWaiting    SectionKind = "waiting"    // ordered, not yet sent
	SectionUnnumbered SectionKind = "unnumbered" // sent, no number yet
	SectionQuiet      SectionKind = "quiet"      // no news, for no longer than usual
	SectionEnded      SectionKind = "ended"      // returned, closed, expired
)

// Section is one part of a digest. It is never empty.
type Section struct {
	Kind  SectionKind
	Items []Item // those that can be shown: changed ones, and the first of the others
	More  int    // number of others without news
	News  int    // number of changed items
}

// Count returns the number of all items.
func (s Section) Count() int { return len(s.Items) + s.More }

// Item is one parcel, order or trouble in a section. Its texts are not escaped.
type Item struct {
	Title  string // empty if the contents are unknown
	Others int    // number of further titles
	Order  string // of an order without a parcel
	Number number.Number
	Link   string // web page of the post
	Post   string // country of the post with that page; empty for others

	Status      parcel.Status
	Unheard     bool        // neither the shop nor a post has reported it
	Step        parcel.Step // of an order without a parcel
	Phase       parcel.Phase
	Origin      string
	Destination string

	News  bool // changed since the last digest
	Notes []Note
	// Where and until when it can be picked up, if it can.
	PickupPlace string
	PickupUntil parcel.Date
	PickupUsual parcel.Date // estimated; only if the last day is not known
	// ProtectionUntil is the end of the buyer's protection, if it is near.
	ProtectionUntil parcel.Date
	// Last is the newest event of the timeline; the zero value if there is none.
	Last parcel.Event
	// Trouble is set for a broken thing, instead of all other fields except News.
	Trouble *Trouble
}

// Trouble is a mailbox, carrier or outbox that does not work.
type Trouble struct {
	Kind  TroubleKind
	Name  string
	State string // a parcel.MailboxState or parcel.CarrierState; empty for the outbox
	Since time.Time
	Until time.Time // when a carrier is asked again whose limit of requests is used up
	Fault message.Text
	Error string // for a fault that was recorded in English only
}

// TroubleKind is the kind of thing that is broken.
type TroubleKind string

// The kinds of trouble.
const (
	TroubleMailbox TroubleKind = "mailbox"
	TroubleCarrier TroubleKind = "carrier"
	TroubleOutbox  TroubleKind = "outbox"
	// TroubleSurplus means that unproven mail of a mailbox named more parcels than are
	// followed. It has no end.
	TroubleSurplus TroubleKind = "surplus"
)

// Footer is the part below the sections.
type Footer struct {
	Troubles      []Trouble
	Unasked       []Note    // about posts of late parcels that were not asked and are not in Troubles
	Recovered     []Trouble // working again, with the time since when
	NotUnderstood []parcel.NotUnderstood
	Parcels       int // number being followed
	Waiting       int // of them, those whose status needs the user
	Orders        int // number of orders without a number
	Next          time.Time
	Sharing       []parcel.Sharing // carriers with few calls for many parcels
}

// unchecked reports whether something could not be checked.
func (f Footer) unchecked() bool { return len(f.Troubles) > 0 || len(f.Unasked) > 0 }

// Note is one line of an item: a message id of the digest's catalogue and its data, names
// and values alternating. Render translates values of the types Country, Carrier,
// Outside, ShortDay, parcel.Date, parcel.Status and number.Number.
type Note struct {
	ID   string
	Data []any
}

// Types of values in notes that render translates.
type (
	// Country is an ISO country code.
	Country string
	// Carrier is a carrier's name in the configuration.
	Carrier string
	// Outside is a text from outside, such as a place or a carrier's text.
	Outside string
	// ShortDay is a day without its weekday, for the middle of a sentence.
	ShortDay parcel.Date
)
