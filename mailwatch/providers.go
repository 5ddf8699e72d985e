package mailwatch

import (
	"strings"

	"parcelwatch/internal/netx"
)

// provider is what a provider of mail asks of its users before a program may
// read their mail.
type provider struct {
	hosts  []string // ends of the server's name
	advice string   // id of the message that says it
}

func providers() []provider {
	return []provider{
		{[]string{"gmail.com", "googlemail.com", "google.com"}, "do_gmail"},
		{[]string{"outlook.com", "office365.com", "hotmail.com", "live.com", "outlook.office.com"}, "do_microsoft"},
		{[]string{"yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "ya.ru"}, "do_yandex"},
		{[]string{"mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"}, "do_mailru"},
		{[]string{"rambler.ru"}, "do_rambler"},
		{[]string{"yahoo.com", "aol.com"}, "do_yahoo"},
		{[]string{"mail.me.com", "icloud.com"}, "do_icloud"},
		{[]string{"gmx.net", "gmx.com", "gmx.de", "web.de"}, "do_gmx"},
		{[]string{"t-online.de"}, "do_tonline"},
		{[]string{"fastmail.com", "messagingengine.com"}, "do_fastmail"},
		{[]string{"ukr.net"}, "do_ukrnet"},
		{[]string{"i.ua"}, "do_iua"},
		{[]string{"tut.by"}, "do_tutby"},
		{[]string{"zoho.com", "zoho.eu"}, "do_zoho"},
		{[]string{"163.com", "126.com", "yeah.net", "qq.com"}, "do_china"},
		{[]string{"wp.pl", "o2.pl", "interia.pl", "onet.pl"}, "do_poland"},
		{[]string{"seznam.cz"}, "do_seznam"},
	}
}

// providerAdvice is what to do where a provider refuses a password.
func providerAdvice(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, p := range providers() {
		for _, end := range p.hosts {
			if host == end || strings.HasSuffix(host, "."+end) {
				return p.advice
			}
		}
	}
	if netx.Loopback(host) {
		return "do_bridge"
	}
	return "do_password"
}
