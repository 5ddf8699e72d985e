// Package aliexpress is what is known of AliExpress: its domains and senders. It
// knows nothing of how mails are read.
package aliexpress

import (
	_ "embed" // for the table of senders
	"strings"

	"parcelwatch/mail"
)

//go:embed senders.tsv
var senders string

// Domains are the shop's, sub-domains included.
func Domains() []string { return []string{"aliexpress.com", "aliexpress.ru"} }

// Quiet are the senders whose mail never tells of parcels.
func Quiet() []mail.Quiet {
	var out []mail.Quiet
	for line := range strings.Lines(senders) {
		if f := strings.Split(line, "\t"); len(f) == 3 && f[0][0] != '#' {
			out = append(out, mail.Quiet{Local: f[0], Sub: f[1]})
		}
	}
	return out
}

// Senders make the table of senders for a mailbox: of the shop, at its usual
// domains or those given, and of others.
func Senders(domains, forwarders, others []string) mail.Senders {
	if len(domains) == 0 {
		domains = Domains()
	}
	return mail.NewSenders(mail.Choice{Domains: domains, Quiet: Quiet(), Forwarders: forwarders, Others: others})
}
