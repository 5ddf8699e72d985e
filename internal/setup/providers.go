package setup

import "strings"

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
	s := func(host string) Server { return Server{host, 993, TLS} }
	out := func(host string) Server { return Server{host, 465, TLS} }
	later := func(host string) Server { return Server{host, 587, StartTLS} }
	return []Provider{
		{
			ID: "gmail", Domains: []string{"gmail.com", "googlemail.com"}, MX: []string{"google.com", "googlemail.com"},
			IMAP: s("imap.gmail.com"), SMTP: out("smtp.gmail.com"), Page: "https://myaccount.google.com/apppasswords", OAuth: "google",
		},
		{
			ID: "outlook", Domains: []string{"outlook.*", "hotmail.*", "live.*", "msn.com", "passport.com", "windowslive.com"}, MX: []string{"olc.protection.outlook.com"},
			IMAP: s("outlook.office365.com"), SMTP: later("smtp-mail.outlook.com"), OAuth: "microsoft", OnlyOAuth: true,
		},
		{
			ID: "outlook", MX: []string{"mail.protection.outlook.com", "mx.microsoft"},
			IMAP: s("outlook.office365.com"), SMTP: later("smtp.office365.com"), OAuth: "microsoft", OnlyOAuth: true,
		},
		{
			ID: "yahoo", Domains: []string{"yahoo.*", "ymail.com", "rocketmail.com", "myyahoo.com"}, MX: []string{"yahoodns.net"},
			IMAP: s("imap.mail.yahoo.com"), SMTP: out("smtp.mail.yahoo.com"), Page: "https://login.yahoo.com/account/security",
		},
		{
			ID: "yahoo", Domains: []string{"aol.*", "aim.com"},
			IMAP: s("imap.aol.com"), SMTP: out("smtp.aol.com"), Page: "https://login.aol.com/account/security",
		},
		{
			ID: "icloud", Domains: []string{"icloud.com", "me.com", "mac.com"}, MX: []string{"mail.icloud.com"},
			IMAP: s("imap.mail.me.com"), SMTP: later("smtp.mail.me.com"), Page: "https://account.apple.com", LocalName: true,
		},
		{
			ID: "tutby", Domains: []string{"tut.by"},
			IMAP: s("imap.yandex.ru"), SMTP: out("smtp.yandex.ru"), Page: "https://id.yandex.ru/security/app-passwords", Country: "BY",
		},
		{
			ID: "yandex", Domains: []string{"yandex.*", "ya.ru", "narod.ru"}, MX: []string{"yandex.ru", "yandex.net"},
			IMAP: s("imap.yandex.ru"), SMTP: out("smtp.yandex.ru"), Page: "https://id.yandex.ru/security/app-passwords", Country: "RU",
		},
		{
			ID: "mailru", Domains: []string{"mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru", "xmail.ru"}, MX: []string{"mail.ru"},
			IMAP: s("imap.mail.ru"), SMTP: out("smtp.mail.ru"), Page: "https://account.mail.ru/user/2-step-auth/passwords", Country: "RU",
		},
		{
			ID: "rambler", Domains: []string{"rambler.ru", "lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru", "rambler.ua"},
			IMAP: s("imap.rambler.ru"), SMTP: out("smtp.rambler.ru"), Page: "https://mail.rambler.ru/settings/mailapps", Country: "RU",
		},
		{
			ID: "ukrnet", Domains: []string{"ukr.net"},
			IMAP: s("imap.ukr.net"), SMTP: out("smtp.ukr.net"), Page: "https://mail.ukr.net", Country: "UA",
		},
		{
			ID: "iua", Domains: []string{"i.ua", "ua.fm", "email.ua", "3g.ua"},
			IMAP: s("imap.i.ua"), SMTP: out("smtp.i.ua"), Page: "https://mail.i.ua", Country: "UA",
		},
		{
			ID: "metaua", Domains: []string{"meta.ua"},
			IMAP: s("imap.meta.ua"), SMTP: out("smtp.meta.ua"), Page: "https://webmail.meta.ua", Country: "UA",
		},
		{
			ID: "gmx", Domains: []string{"gmx.de", "gmx.net", "gmx.at", "gmx.ch"},
			IMAP: s("imap.gmx.net"), SMTP: out("mail.gmx.net"), Page: "https://www.gmx.net", Country: "DE",
		},
		{ID: "gmx", Domains: []string{"gmx.*"}, IMAP: s("imap.gmx.com"), SMTP: out("mail.gmx.com"), Page: "https://www.gmx.com"},
		{
			ID: "webde", Domains: []string{"web.de"},
			IMAP: s("imap.web.de"), SMTP: later("smtp.web.de"), Page: "https://web.de", Country: "DE",
		},
		{
			ID: "tonline", Domains: []string{"t-online.de", "magenta.de"},
			IMAP: s("secureimap.t-online.de"), SMTP: out("securesmtp.t-online.de"), Page: "https://account.idm.telekom.com", Country: "DE",
		},
		{
			ID: "fastmail", Domains: []string{"fastmail.com", "fastmail.fm"}, MX: []string{"messagingengine.com"},
			IMAP: s("imap.fastmail.com"), SMTP: out("smtp.fastmail.com"), Page: "https://app.fastmail.com/settings/security/integrations",
		},
		{
			ID: "proton", Domains: []string{"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}, MX: []string{"protonmail.ch"},
			IMAP: Server{"127.0.0.1", 1143, StartTLS}, SMTP: Server{"127.0.0.1", 1025, StartTLS}, Page: "https://proton.me/mail/bridge",
		},
		{
			ID: "zoho", Domains: []string{"zohomail.com", "zoho.com"}, MX: []string{"zoho.com"},
			IMAP: s("imap.zoho.com"), SMTP: out("smtp.zoho.com"), Page: "https://accounts.zoho.com/home#security/app_password",
		},
		{
			ID: "zoho", Domains: []string{"zohomail.eu"}, MX: []string{"zoho.eu"},
			IMAP: s("imap.zoho.eu"), SMTP: out("smtp.zoho.eu"), Page: "https://accounts.zoho.eu/home#security/app_password",
		},
		{
			ID: "code", Domains: []string{"qq.com", "foxmail.com"}, MX: []string{"qq.com"},
			IMAP: s("imap.qq.com"), SMTP: out("smtp.qq.com"), Page: "https://mail.qq.com", Country: "CN",
		},
		{ID: "code", Domains: []string{"163.com"}, IMAP: s("imap.163.com"), SMTP: out("smtp.163.com"), Page: "https://mail.163.com", Country: "CN"},
		{ID: "code", Domains: []string{"126.com"}, IMAP: s("imap.126.com"), SMTP: out("smtp.126.com"), Page: "https://mail.126.com", Country: "CN"},
		{ID: "switch", Domains: []string{"wp.pl"}, IMAP: s("imap.wp.pl"), SMTP: out("smtp.wp.pl"), Page: "https://poczta.wp.pl", Country: "PL"},
		{ID: "switch", Domains: []string{"o2.pl", "tlen.pl"}, IMAP: s("poczta.o2.pl"), SMTP: out("poczta.o2.pl"), Page: "https://poczta.o2.pl", Country: "PL"},
		{ID: "switch", Domains: []string{"interia.pl", "interia.eu"}, IMAP: s("poczta.interia.pl"), SMTP: out("poczta.interia.pl"), Page: "https://poczta.interia.pl", Country: "PL"},
		{ID: "switch", Domains: []string{"abv.bg"}, IMAP: s("imap.abv.bg"), SMTP: out("smtp.abv.bg"), Page: "https://www.abv.bg", Country: "BG"},
		{ID: "second", Domains: []string{"seznam.cz", "email.cz", "post.cz"}, IMAP: s("imap.seznam.cz"), SMTP: out("smtp.seznam.cz"), Page: "https://profil.seznam.cz", Country: "CZ"},
		{ID: "plain", Domains: []string{"posteo.de", "posteo.net", "posteo.org"}, IMAP: s("posteo.de"), SMTP: out("posteo.de"), Country: "DE"},
		{ID: "plain", Domains: []string{"mailbox.org"}, MX: []string{"mailbox.org"}, IMAP: s("imap.mailbox.org"), SMTP: out("smtp.mailbox.org")},
		{ID: "plain", Domains: []string{"freenet.de"}, IMAP: s("mx.freenet.de"), SMTP: later("mx.freenet.de"), Country: "DE"},
		{ID: "switch", Domains: []string{"libero.it", "inwind.it", "iol.it"}, IMAP: s("imapmail.libero.it"), SMTP: out("smtp.libero.it"), Page: "https://www.libero.it", Country: "IT"},
		{ID: "plain", Domains: []string{"orange.fr", "wanadoo.fr"}, IMAP: s("imap.orange.fr"), SMTP: out("smtp.orange.fr"), Country: "FR"},
		{ID: "plain", Domains: []string{"free.fr"}, IMAP: s("imap.free.fr"), SMTP: out("smtp.free.fr"), Country: "FR"},
		{ID: "switch", Domains: []string{"laposte.net"}, IMAP: s("imap.laposte.net"), SMTP: out("smtp.laposte.net"), Page: "https://www.laposte.net", Country: "FR"},
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
