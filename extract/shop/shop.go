// Package shop is what a reader of mails has to be told of a shop. It knows no
// shop; each has a folder of its own.
package shop

import (
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// Shop is one shop whose mail is read. Its methods are pure and safe for
// concurrent use.
type Shop interface {
	// Name is how notices of the shop's mail are marked.
	Name() string
	// Senders makes the table of senders of a mailbox: the shop at its usual
	// domains (or at those given), forwarders, and senders of rules.
	Senders(domains, forwarders, rules []string) mail.Senders
	// Site reports whether the host of a link is the shop's, sub-domains and the
	// sites of other countries included. The host is in lower case.
	Site(host string) bool
	// Product reports whether the path of a link is a product's: its parameters
	// name neither orders nor parcels.
	Product(path string) bool
	// Param says what a parameter of a link to the shop holds. The key is in lower
	// case.
	Param(key string) Param
	// Role says what a tag tells of its text, by class names and the like.
	Role(tag []byte) Role
	// Step is the step that the name of a mail's template says. The name is in
	// lower case.
	Step(template string) (parcel.Step, bool)
}

// Param is what a parameter of a link holds.
type Param uint8

// The kinds of parameters.
const (
	ParamUnknown  Param = iota
	ParamOrders         // order ids, separated by commas and the like
	ParamNumbers        // tracking numbers
	ParamMessage        // a message id that begins with an order id, its last four digits in front
	ParamTemplate       // the name of the mail's template
)

// Role is what a piece of text is, where markup says so.
type Role uint8

// The roles.
const (
	RolePlain Role = iota
	RoleAddress
	RoleTitle
	RoleVariant
)
