package notify

import (
	"slices"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Digest is the content of a digest for one audience, in sections, in no language.
// Render puts it into words.
type Digest struct {
	Audience string
	Language string
	Zone     *time.Location
	Made     time.Time
	Urgent   bool // made for urgent changes, not scheduled
	Calendar bool // with the last days of pickup that are news as a calendar
	Sections []Section
	Footer   Footer
	// News counts the changes worth a mail.
	News int
	// Told are the ids of the changes that are announced by this digest, including
	// those without news for the audience.
	Told []int64
}

// Empty reports whether there is nothing new to say.
func (d Digest) Empty() bool { return d.News == 0 }

// Calm reports whether there is nothing new, nothing to do, and nothing broken.
func (d Digest) Calm() bool {
	needs := slices.ContainsFunc(d.Sections, func(s Section) bool { return s.Kind == SectionNeeds })
	return d.Empty() && !needs && len(d.Footer.Troubles) == 0
}

// SectionKind names a section.
type SectionKind string

// The sections, in the order of the digest.
const (
	SectionNeeds      SectionKind = "needs"      // the person has to do something
	SectionToday      SectionKind = "today"      // with the courier
	SectionMoved      SectionKind = "moved"      // another status, number or expected day
	SectionNew        SectionKind = "new"        // learned since the last digest
	SectionWaiting    SectionKind = "waiting"    // ordered, not yet sent
	SectionUnnumbered SectionKind = "unnumbered" // sent, no number yet
	SectionQuiet      SectionKind = "quiet"      // no news, as usual
	SectionStalled    SectionKind = "stalled"    // no news, longer than usual
	SectionDelivered  SectionKind = "delivered"
	SectionEnded      SectionKind = "ended" // returned, closed, expired
)

// Section is one part of a digest. It is never empty.
type Section struct {
	Kind  SectionKind
	Items []Item
	News  int // how many of the items have changed
}

// Item is one parcel, order or trouble in a section. Its texts are unescaped.
type Item struct {
	Title  string // empty where nothing is known of the contents
	Others int    // further titles not shown
	Order  string // for an order without a parcel
	Number number.Number
	Link   string // the post's page for people
	Post   string // the country whose post has that page; empty for others

	Status      parcel.Status
	Unheard     bool        // neither the shop nor a post has said anything of it
	Step        parcel.Step // for an order without a parcel
	Phase       parcel.Phase
	Origin      string
	Destination string

	News  bool // it has changed since the last digest
	Notes []Note
	// Where and until when it can be picked up, if it can.
	PickupPlace string
	PickupUntil parcel.Date
	// Last is the newest line of the timeline; the zero value where there is none.
	Last parcel.Event
	// Trouble is set instead of all other fields but News for something broken.
	Trouble *Trouble
}

// Trouble is a mailbox, carrier or outbox that does not work.
type Trouble struct {
	Kind  TroubleKind
	Name  string
	State string // a parcel.MailboxState or parcel.CarrierState; empty for the outbox
	Since time.Time
	Fault message.Text
	Error string // for a fault that was recorded in English only
}

// TroubleKind says what is broken.
type TroubleKind string

// The kinds of trouble.
const (
	TroubleMailbox TroubleKind = "mailbox"
	TroubleCarrier TroubleKind = "carrier"
	TroubleOutbox  TroubleKind = "outbox"
)

// Footer is what stands below the sections.
type Footer struct {
	Troubles      []Trouble
	Recovered     []Trouble // works again, with the time it does
	NotUnderstood []parcel.NotUnderstood
	Parcels       int // being followed
	Orders        int // without a number
	Next          time.Time
}

// Note is one line of an item: a message id of the digest's catalogue and its
// data, names and values in turn. Values of the types Country, Place, Day,
// parcel.Status and number.Number are put into the language by render.
type Note struct {
	ID   string
	Data []any
}

// Values in notes that render puts into words.
type (
	// Country is an ISO country code.
	Country string
	// Outside is a text from outside: a place, a carrier's words.
	Outside string
)
