package provider_test

import (
	"slices"
	"testing"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

func TestTheBigProvidersAreKnownByTheirDomains(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]struct{ id, imap, smtp string }{
		"gmail.com":      {"gmail", "imap.gmail.com:993", "smtp.gmail.com:465"},
		"googlemail.com": {"gmail", "imap.gmail.com:993", "smtp.gmail.com:465"},
		"outlook.com":    {"outlook", "outlook.office365.com:993", "smtp-mail.outlook.com:587"},
		"hotmail.co.uk":  {"outlook", "outlook.office365.com:993", "smtp-mail.outlook.com:587"},
		"live.ru":        {"outlook", "outlook.office365.com:993", "smtp-mail.outlook.com:587"},
		"yahoo.com":      {"yahoo", "imap.mail.yahoo.com:993", "smtp.mail.yahoo.com:465"},
		"yahoo.co.jp":    {"yahoo", "imap.mail.yahoo.com:993", "smtp.mail.yahoo.com:465"},
		"aol.com":        {"yahoo", "imap.aol.com:993", "smtp.aol.com:465"},
		"icloud.com":     {"icloud", "imap.mail.me.com:993", "smtp.mail.me.com:587"},
		"yandex.ru":      {"yandex", "imap.yandex.ru:993", "smtp.yandex.ru:465"},
		"yandex.kz":      {"yandex", "imap.yandex.ru:993", "smtp.yandex.ru:465"},
		"ya.ru":          {"yandex", "imap.yandex.ru:993", "smtp.yandex.ru:465"},
		"mail.ru":        {"mailru", "imap.mail.ru:993", "smtp.mail.ru:465"},
		"bk.ru":          {"mailru", "imap.mail.ru:993", "smtp.mail.ru:465"},
		"rambler.ru":     {"rambler", "imap.rambler.ru:993", "smtp.rambler.ru:465"},
		"ukr.net":        {"ukrnet", "imap.ukr.net:993", "smtp.ukr.net:465"},
		"i.ua":           {"iua", "imap.i.ua:993", "smtp.i.ua:465"},
		"tut.by":         {"tutby", "imap.yandex.ru:993", "smtp.yandex.ru:465"},
		"gmx.de":         {"gmx", "imap.gmx.net:993", "mail.gmx.net:465"},
		"gmx.com":        {"gmx", "imap.gmx.com:993", "mail.gmx.com:465"},
		"web.de":         {"webde", "imap.web.de:993", "smtp.web.de:587"},
		"fastmail.com":   {"fastmail", "imap.fastmail.com:993", "smtp.fastmail.com:465"},
		"proton.me":      {"proton", "127.0.0.1:1143", "127.0.0.1:1025"},
	} {
		p, ok := provider.ByDomain(domain)
		if !ok || p.ID != want.id || p.IMAP.String() != want.imap || p.SMTP.String() != want.smtp {
			t.Errorf("%s: got %v, %s, %s, %s", domain, ok, p.ID, p.IMAP, p.SMTP)
		}
	}
	for _, domain := range []string{"example.org", "yahoo.example.org", "notgmail.com", "gmail.com.example", "live.", "outlook.evil.example", "yahoo.co.evil"} {
		if p, ok := provider.ByDomain(domain); ok {
			t.Errorf("%s is taken for %s", domain, p.ID)
		}
	}
}

func TestEveryProviderIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	if len(provider.All()) == 0 {
		t.Fatal("the table cannot be read")
	}
	for _, p := range provider.All() {
		if p.ID == "" { // only its servers are known
			if len(p.Hosts) == 0 || len(p.Authserv) == 0 && p.Advice == "" {
				t.Errorf("%+v lacks something", p)
			}
			continue
		}
		if p.ID == "" || p.IMAP.IsZero() || p.SMTP.IsZero() || len(p.Domains)+len(p.MX) == 0 {
			t.Errorf("%+v lacks something", p)
		}
		for _, s := range []netx.Server{p.IMAP, p.SMTP} {
			if s.TLS == netx.TLSNone || s.Port == 0 || (s.Port == 587) != (s.TLS == netx.TLSStart) && p.ID != "proton" {
				t.Errorf("%s: %s with %s", p.ID, s, s.TLS)
			}
		}
		for _, d := range p.Domains {
			if seen[d] {
				t.Errorf("%s stands twice", d)
			}
			seen[d] = true
		}
		if p.OnlyOAuth && p.OAuth == "" {
			t.Errorf("%s offers no login at all", p.ID)
		}
	}
}

func TestServersLeadToTheirProvider(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"imap.gmail.com": "do_gmail", "IMAP.GoogleMail.com.": "do_gmail", "outlook.office365.com": "do_microsoft",
		"imap.yandex.ru": "do_yandex", "imap.tut.by": "do_tutby", "imap.aol.com": "do_yahoo", "imap.poczta.onet.pl": "do_poland",
		"imap.gmx.net": "do_gmx", "imap.web.de": "do_gmx", "imap.yeah.net": "do_china", "posteo.de": "",
	} {
		if p, ok := provider.ByHost(host); !ok || p.Advice != want {
			t.Errorf("%s: %v, advice %q, want %q", host, ok, p.Advice, want)
		}
	}
	for _, host := range []string{"", "127.0.0.1", "localhost", "imap.gmail.com.example.org", "notgmail.com", "imap.example.org"} {
		if p, ok := provider.ByHost(host); ok {
			t.Errorf("%q is taken for %+v", host, p)
		}
	}
}

func TestOnlyBorderServersOfTheProviderJudge(t *testing.T) {
	t.Parallel()
	for host, want := range map[string][]string{
		"imap.gmail.com": {"mx.google.com"}, "outlook.office365.com": {""}, "imap.mail.yahoo.co.jp": {"*.yahoo.com", "*.aol.com"},
		"imap.ionos.de": {"*.kundenserver.de", "*.perfora.net"}, "imap.rambler.ru": nil,
	} {
		if p, _ := provider.ByHost(host); !slices.Equal(p.Authserv, want) {
			t.Errorf("%s: %q, want %q", host, p.Authserv, want)
		}
	}
}

func TestEveryLoginIsWhole(t *testing.T) {
	t.Parallel()
	for _, name := range provider.OAuthNames() {
		if o, ok := provider.OAuthOf(name); !ok || o.AuthURL == "" || o.TokenURL == "" || len(o.Scopes) == 0 || !o.Browser && o.DeviceURL == "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
