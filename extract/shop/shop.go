// Package shop is the interface between the mail reader and a shop. It must not
// know any particular shop; each has its own directory.
package shop

import (
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// Shop describes one shop whose mail is read. Its methods do no I/O and are
// safe for concurrent use.
type Shop interface {
	// Name returns the name stored in notices of the shop's mail.
	Name() string
	// Senders returns the table of senders for a mailbox: the shop's usual
	// domains (or the given ones), forwarders, and the senders in rules.
	Senders(domains, forwarders, rules []string) mail.Senders
	// Site reports whether the host of a link is the shop's, including
	// subdomains and the sites of other countries. The host is in lower case.
	Site(host string) bool
	// Product reports whether the path of a link leads to a product. The
	// parameters of such a link contain neither orders nor parcels.
	Product(path string) bool
	// Param returns what a parameter of a link to the shop contains. The key is
	// in lower case.
	Param(key string) Param
	// Role returns what a tag says about its text, for example by class name.
	Role(tag []byte) Role
	// Step returns the step that a template name stands for. The name is in
	// lower case.
	Step(template string) (parcel.Step, bool)
}

// Param is the kind of value in a link parameter.
type Param uint8

// Kinds of parameters.
const (
	ParamUnknown  Param = iota
	ParamOrders         // order ids, separated by commas or similar
	ParamNumbers        // tracking numbers
	ParamMessage        // a message id that begins with an order id, its last four digits in front
	ParamTemplate       // name of the mail's template
)

// Role is the role of a piece of text as given by the markup.
type Role uint8

// Roles of text.
const (
	RolePlain Role = iota
	RoleAddress
	RoleTitle
	RoleVariant
)
