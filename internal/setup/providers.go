package setup

import (
	"slices"
	"strings"

	"parcelwatch/internal/netx"
)

// Provider is what is known of a provider of mail.
type Provider struct {
	ID      string   // names its peculiarity in the catalogue: setup_provider_ID
	Domains []string // of its users' addresses; "yahoo.*" stands for all countries
	MX      []string // ends of the names of the servers that take mail for its customers' own domains
	IMAP    Server
	SMTP    Server
	Page    string // where a password for programs is made, or access switched on
	OAuth   string // the login without a password that it offers
	// OnlyOAuth is a provider that has ended passwords.
	OnlyOAuth bool
	// LocalName is a server that wants the name before the @ as user name.
	LocalName bool
	Country   string // of most of its users; empty for the whole world
}

// Providers are the big ones, as they describe themselves.
func Providers() []Provider {
	return slices.Concat(world(), eastern(), private(), national())
}

// on is a server that begins with TLS, later one that starts it.
func on(host string, port int) Server { return Server{Host: host, Port: port, TLS: netx.TLSImplicit} }

func later(host string) Server { return Server{Host: host, Port: 587, TLS: netx.TLSStart} }

// world are used everywhere.
func world() []Provider {
	return []Provider{
		{
			ID: "gmail", Domains: []string{"gmail.com", "googlemail.com"}, MX: []string{"google.com", "googlemail.com"},
			IMAP: on("imap.gmail.com", 993), SMTP: on("smtp.gmail.com", 465), Page: "https://myaccount.google.com/apppasswords", OAuth: "google",
		},
		{
			ID: "outlook", Domains: []string{"outlook.*", "hotmail.*", "live.*", "msn.com", "passport.com", "windowslive.com"}, MX: []string{"olc.protection.outlook.com"},
			IMAP: on("outlook.office365.com", 993), SMTP: later("smtp-mail.outlook.com"), OAuth: "microsoft", OnlyOAuth: true,
		},
		{
			ID: "outlook", MX: []string{"mail.protection.outlook.com", "mx.microsoft"},
			IMAP: on("outlook.office365.com", 993), SMTP: later("smtp.office365.com"), OAuth: "microsoft", OnlyOAuth: true,
		},
		{
			ID: "yahoo", Domains: []string{"yahoo.*", "ymail.com", "rocketmail.com", "myyahoo.com"}, MX: []string{"yahoodns.net"},
			IMAP: on("imap.mail.yahoo.com", 993), SMTP: on("smtp.mail.yahoo.com", 465), Page: "https://login.yahoo.com/account/security",
		},
		{
			ID: "yahoo", Domains: []string{"aol.*", "aim.com"},
			IMAP: on("imap.aol.com", 993), SMTP: on("smtp.aol.com", 465), Page: "https://login.aol.com/account/security",
		},
		{
			ID: "icloud", Domains: []string{"icloud.com", "me.com", "mac.com"}, MX: []string{"mail.icloud.com"},
			IMAP: on("imap.mail.me.com", 993), SMTP: later("smtp.mail.me.com"), Page: "https://account.apple.com", LocalName: true,
		},
	}
}

// eastern are those of Russia, Ukraine and Belarus.
func eastern() []Provider {
	return []Provider{
		{
			ID: "tutby", Domains: []string{"tut.by"},
			IMAP: on("imap.yandex.ru", 993), SMTP: on("smtp.yandex.ru", 465), Page: "https://id.yandex.ru/security/app-passwords", Country: "BY",
		},
		{
			ID: "yandex", Domains: []string{"yandex.*", "ya.ru", "narod.ru"}, MX: []string{"yandex.ru", "yandex.net"},
			IMAP: on("imap.yandex.ru", 993), SMTP: on("smtp.yandex.ru", 465), Page: "https://id.yandex.ru/security/app-passwords", Country: "RU",
		},
		{
			ID: "mailru", Domains: []string{"mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru", "xmail.ru"}, MX: []string{"mail.ru"},
			IMAP: on("imap.mail.ru", 993), SMTP: on("smtp.mail.ru", 465), Page: "https://account.mail.ru/user/2-step-auth/passwords", Country: "RU",
		},
		{
			ID: "rambler", Domains: []string{"rambler.ru", "lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru", "rambler.ua"},
			IMAP: on("imap.rambler.ru", 993), SMTP: on("smtp.rambler.ru", 465), Page: "https://mail.rambler.ru/settings/mailapps", Country: "RU",
		},
		{
			ID: "ukrnet", Domains: []string{"ukr.net"},
			IMAP: on("imap.ukr.net", 993), SMTP: on("smtp.ukr.net", 465), Page: "https://mail.ukr.net", Country: "UA",
		},
		{
			ID: "iua", Domains: []string{"i.ua", "ua.fm", "email.ua", "3g.ua"},
			IMAP: on("imap.i.ua", 993), SMTP: on("smtp.i.ua", 465), Page: "https://mail.i.ua", Country: "UA",
		},
		{
			ID: "metaua", Domains: []string{"meta.ua"},
			IMAP: on("imap.meta.ua", 993), SMTP: on("smtp.meta.ua", 465), Page: "https://webmail.meta.ua", Country: "UA",
		},
	}
}

// private are those of Germany, and those that privacy is the business of.
func private() []Provider {
	return []Provider{
		{
			ID: "gmx", Domains: []string{"gmx.de", "gmx.net", "gmx.at", "gmx.ch"},
			IMAP: on("imap.gmx.net", 993), SMTP: on("mail.gmx.net", 465), Page: "https://www.gmx.net", Country: "DE",
		},
		{ID: "gmx", Domains: []string{"gmx.*"}, IMAP: on("imap.gmx.com", 993), SMTP: on("mail.gmx.com", 465), Page: "https://www.gmx.com"},
		{
			ID: "webde", Domains: []string{"web.de"},
			IMAP: on("imap.web.de", 993), SMTP: later("smtp.web.de"), Page: "https://web.de", Country: "DE",
		},
		{
			ID: "tonline", Domains: []string{"t-online.de", "magenta.de"},
			IMAP: on("secureimap.t-online.de", 993), SMTP: on("securesmtp.t-online.de", 465), Page: "https://account.idm.telekom.com", Country: "DE",
		},
		{
			ID: "fastmail", Domains: []string{"fastmail.com", "fastmail.fm"}, MX: []string{"messagingengine.com"},
			IMAP: on("imap.fastmail.com", 993), SMTP: on("smtp.fastmail.com", 465), Page: "https://app.fastmail.com/settings/security/integrations",
		},
		{
			ID: "proton", Domains: []string{"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}, MX: []string{"protonmail.ch"},
			IMAP: Server{"127.0.0.1", 1143, netx.TLSStart}, SMTP: Server{"127.0.0.1", 1025, netx.TLSStart}, Page: "https://proton.me/mail/bridge",
		},
		{
			ID: "zoho", Domains: []string{"zohomail.com", "zoho.com"}, MX: []string{"zoho.com"},
			IMAP: on("imap.zoho.com", 993), SMTP: on("smtp.zoho.com", 465), Page: "https://accounts.zoho.com/home#security/app_password",
		},
		{
			ID: "zoho", Domains: []string{"zohomail.eu"}, MX: []string{"zoho.eu"},
			IMAP: on("imap.zoho.eu", 993), SMTP: on("smtp.zoho.eu", 465), Page: "https://accounts.zoho.eu/home#security/app_password",
		},
	}
}

// national are those of other countries.
func national() []Provider {
	return []Provider{
		{
			ID: "code", Domains: []string{"qq.com", "foxmail.com"}, MX: []string{"qq.com"},
			IMAP: on("imap.qq.com", 993), SMTP: on("smtp.qq.com", 465), Page: "https://mail.qq.com", Country: "CN",
		},
		{ID: "code", Domains: []string{"163.com"}, IMAP: on("imap.163.com", 993), SMTP: on("smtp.163.com", 465), Page: "https://mail.163.com", Country: "CN"},
		{ID: "code", Domains: []string{"126.com"}, IMAP: on("imap.126.com", 993), SMTP: on("smtp.126.com", 465), Page: "https://mail.126.com", Country: "CN"},
		{ID: "switch", Domains: []string{"wp.pl"}, IMAP: on("imap.wp.pl", 993), SMTP: on("smtp.wp.pl", 465), Page: "https://poczta.wp.pl", Country: "PL"},
		{ID: "switch", Domains: []string{"o2.pl", "tlen.pl"}, IMAP: on("poczta.o2.pl", 993), SMTP: on("poczta.o2.pl", 465), Page: "https://poczta.o2.pl", Country: "PL"},
		{ID: "switch", Domains: []string{"interia.pl", "interia.eu"}, IMAP: on("poczta.interia.pl", 993), SMTP: on("poczta.interia.pl", 465), Page: "https://poczta.interia.pl", Country: "PL"},
		{ID: "switch", Domains: []string{"abv.bg"}, IMAP: on("imap.abv.bg", 993), SMTP: on("smtp.abv.bg", 465), Page: "https://www.abv.bg", Country: "BG"},
		{ID: "second", Domains: []string{"seznam.cz", "email.cz", "post.cz"}, IMAP: on("imap.seznam.cz", 993), SMTP: on("smtp.seznam.cz", 465), Page: "https://profil.seznam.cz", Country: "CZ"},
		{ID: "plain", Domains: []string{"posteo.de", "posteo.net", "posteo.org"}, IMAP: on("posteo.de", 993), SMTP: on("posteo.de", 465), Country: "DE"},
		{ID: "plain", Domains: []string{"mailbox.org"}, MX: []string{"mailbox.org"}, IMAP: on("imap.mailbox.org", 993), SMTP: on("smtp.mailbox.org", 465)},
		{ID: "plain", Domains: []string{"freenet.de"}, IMAP: on("mx.freenet.de", 993), SMTP: later("mx.freenet.de"), Country: "DE"},
		{ID: "switch", Domains: []string{"libero.it", "inwind.it", "iol.it"}, IMAP: on("imapmail.libero.it", 993), SMTP: on("smtp.libero.it", 465), Page: "https://www.libero.it", Country: "IT"},
		{ID: "plain", Domains: []string{"orange.fr", "wanadoo.fr"}, IMAP: on("imap.orange.fr", 993), SMTP: on("smtp.orange.fr", 465), Country: "FR"},
		{ID: "plain", Domains: []string{"free.fr"}, IMAP: on("imap.free.fr", 993), SMTP: on("smtp.free.fr", 465), Country: "FR"},
		{ID: "switch", Domains: []string{"laposte.net"}, IMAP: on("imap.laposte.net", 993), SMTP: on("smtp.laposte.net", 465), Page: "https://www.laposte.net", Country: "FR"},
	}
}

// ByDomain finds the provider of an address by its domain.
func ByDomain(domain string) (Provider, bool) {
	for _, p := range Providers() {
		for _, pattern := range p.Domains {
			if pattern == domain || matchesCountry(domain, pattern) {
				return p, true
			}
		}
	}
	return Provider{}, false
}

// matchesCountry matches "yahoo.*" with yahoo.com and yahoo.co.uk, and not with
// yahoo.example.org.
func matchesCountry(domain, pattern string) bool {
	base, wild := strings.CutSuffix(pattern, "*")
	if !wild {
		return false
	}
	rest, ok := strings.CutPrefix(domain, base)
	if !ok || rest == "" {
		return false
	}
	first, second, two := strings.Cut(rest, ".")
	if !two {
		return len(first) <= 3
	}
	return (first == "co" || first == "com") && len(second) == 2
}

// ByMX finds the provider that takes the mail of a domain of one's own.
func ByMX(host string) (Provider, bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, p := range Providers() {
		for _, end := range p.MX {
			if host == end || strings.HasSuffix(host, "."+end) {
				return p, true
			}
		}
	}
	return Provider{}, false
}

// ByHost finds the provider by its IMAP server.
func ByHost(host string) (Provider, bool) {
	for _, p := range Providers() {
		if strings.EqualFold(p.IMAP.Host, host) && p.ID != "proton" {
			return p, true
		}
	}
	return Provider{}, false
}
