package mailwatch

import "strings"

// provider is what a provider of mail asks of its users before a program may
// read their mail.
type provider struct {
	hosts []string // ends of the server's name
	hint  string
}

func providers() []provider {
	return []provider{
		{
			[]string{"gmail.com", "googlemail.com", "google.com"},
			"Gmail takes no account passwords: make an app password at https://myaccount.google.com/apppasswords (needs 2-step verification) or use oauth2",
		},
		{
			[]string{"outlook.com", "office365.com", "hotmail.com", "live.com", "outlook.office.com"},
			"Microsoft has ended passwords for mail programs: use oauth2 = { provider = \"microsoft\" } and parcelwatch login NAME",
		},
		{
			[]string{"yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "ya.ru"},
			"Yandex wants an app password (https://id.yandex.ru/security/app-passwords) and IMAP switched on in the mail settings",
		},
		{
			[]string{"mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"},
			"Mail.ru wants a password for external applications (https://account.mail.ru/user/2-step-auth/passwords)",
		},
		{[]string{"rambler.ru"}, "switch access by mail programs on in the Rambler mail settings"},
		{[]string{"yahoo.com", "aol.com"}, "Yahoo and AOL want an app password: account security page, \"Generate app password\""},
		{[]string{"mail.me.com", "icloud.com"}, "iCloud wants an app-specific password (https://account.apple.com) and the name before the @ as username"},
		{[]string{"gmx.net", "gmx.com", "gmx.de", "web.de"}, "GMX and WEB.DE: switch IMAP on in the mail settings (POP3/IMAP); with 2-factor login make an app password there"},
		{[]string{"t-online.de"}, "T-Online wants the e-mail password (customer centre), not the login password"},
		{[]string{"fastmail.com", "messagingengine.com"}, "Fastmail wants an app password (Settings, Privacy & Security, Integrations)"},
		{[]string{"ukr.net"}, "ukr.net: switch IMAP on in the settings and use the password it makes for mail programs"},
		{[]string{"i.ua"}, "i.ua: switch access by mail programs on in the settings"},
		{[]string{"tut.by"}, "tut.by mail is served by Yandex: make an app password there"},
		{[]string{"zoho.com", "zoho.eu"}, "Zoho: switch IMAP access on in the mail settings; with 2-factor login make an app password"},
		{[]string{"163.com", "126.com", "yeah.net", "qq.com"}, "the provider wants an authorization code from its IMAP settings in the place of the password"},
		{[]string{"wp.pl", "o2.pl", "interia.pl", "onet.pl"}, "switch IMAP access on in the provider's settings; with 2-factor login make an app password"},
		{[]string{"seznam.cz"}, "Seznam: with 2-factor login make an app password in the account settings"},
	}
}

// providerHint is what to do where a provider refuses a password; empty for
// servers that are not known.
func providerHint(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, p := range providers() {
		for _, end := range p.hosts {
			if host == end || strings.HasSuffix(host, "."+end) {
				return p.hint
			}
		}
	}
	if loopback(host) {
		return "check username and password; Proton Bridge shows its own password for mail programs"
	}
	return ""
}
