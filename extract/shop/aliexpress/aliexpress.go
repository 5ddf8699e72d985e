// Package aliexpress describes AliExpress: its senders, links, markup and
// templates. It must not know how mail is parsed.
package aliexpress

import (
	"bytes"
	"embed"
	"slices"
	"strings"
	"sync"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/textx"
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

//go:embed *.tsv
var tables embed.FS

// Shop implements [shop.Shop] for AliExpress.
type Shop struct {
	quiet     []mail.Quiet
	templates []template
}

// template is a row of the table of template names.
type template struct {
	step parcel.Step
	part string
}

// New returns the shop. All shops share the tables, which are read once.
func New() *Shop { return load() }

//nolint:gochecknoglobals // tables
var load = sync.OnceValue(func() *Shop {
	s := &Shop{}
	for f := range textx.Rows(tables, "senders.tsv", 3) {
		s.quiet = append(s.quiet, mail.Quiet{Local: f[0], Sub: f[1]})
	}
	for f := range textx.Rows(tables, "templates.tsv", 3) {
		s.templates = append(s.templates, template{parcel.Step(f[0]), f[2]})
	}
	return s
})

// Name implements [shop.Shop].
func (s *Shop) Name() string { return "aliexpress" }

// Senders implements [shop.Shop].
func (s *Shop) Senders(domains, forwarders, rules []string) mail.Senders {
	if len(domains) == 0 {
		domains = []string{"aliexpress.com", "aliexpress.ru"}
	}
	return mail.NewSenders(mail.Choice{Domains: domains, Quiet: s.quiet, Forwarders: forwarders, Others: rules})
}

// Site implements [shop.Shop]. It accepts aliexpress under any country's
// top-level domain.
func (s *Shop) Site(host string) bool {
	labels := strings.Split(host, ".")
	i := slices.Index(labels, "aliexpress")
	if i < 0 {
		return false
	}
	top := labels[i+1:]
	return len(top) == 1 && len(top[0]) <= 3 || len(top) == 2 && len(top[0]) <= 3 && len(top[1]) <= 3
}

// Product implements [shop.Shop].
func (s *Shop) Product(path string) bool { return strings.Contains(path, "/item/") }

// Param implements [shop.Shop].
func (s *Shop) Param(key string) shop.Param {
	switch key {
	case "tradeorderid", "orderid", "tradeid", "o_ids", "tradeorderids", "orderids":
		return shop.ParamOrders
	case "trackingnumber", "trackingnumbers":
		return shop.ParamNumbers
	case "rowan_msg_id":
		return shop.ParamMessage
	case "rowan_id1":
		return shop.ParamTemplate
	default:
		return shop.ParamUnknown
	}
}

// Role implements [shop.Shop].
func (s *Shop) Role(tag []byte) shop.Role {
	switch {
	case !bytes.Contains(tag, []byte("EDM-")):
		return shop.RolePlain
	case bytes.Contains(tag, []byte("SHIP-TO")):
		return shop.RoleAddress
	case bytes.Contains(tag, []byte("PACKAGES-item-title")), bytes.Contains(tag, []byte("LOGISTICS-product-name")):
		return shop.RoleTitle
	case bytes.Contains(tag, []byte("PACKAGES-item-sku")):
		return shop.RoleVariant
	default:
		return shop.RolePlain
	}
}

// Step implements [shop.Shop]. The longest matching name part in the table
// wins.
func (s *Shop) Step(name string) (parcel.Step, bool) {
	best := template{}
	for _, t := range s.templates {
		if len(t.part) > len(best.part) && strings.Contains(name, t.part) {
			best = t
		}
	}
	return best.step, best.part != ""
}
