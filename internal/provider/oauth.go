package provider

// The providers of OAuth2 logins.
const (
	Google    = "google"
	Microsoft = "microsoft"
)

// OAuth is the public part of a provider's OAuth2 login.
type OAuth struct {
	AuthURL, TokenURL, DeviceURL string
	Scopes                       []string
	// Browser means that the login needs a browser on this machine: the provider's
	// device codes do not open mailboxes.
	Browser bool
}

// OAuthNames lists the providers of OAuth2 logins.
func OAuthNames() []string { return []string{Google, Microsoft} }

// OAuthOf returns the login of a provider by its name in [OAuthNames].
func OAuthOf(name string) (OAuth, bool) {
	switch name {
	case Google:
		return OAuth{ //nolint:gosec // addresses, no credentials
			AuthURL: "https://accounts.google.com/o/oauth2/v2/auth", TokenURL: "https://oauth2.googleapis.com/token",
			Scopes:  []string{"https://mail.google.com/"},
			Browser: true,
		}, true
	case Microsoft:
		const base = "https://login.microsoftonline.com/common/oauth2/v2.0/"
		return OAuth{
			AuthURL: base + "authorize", TokenURL: base + "token", DeviceURL: base + "devicecode",
			Scopes: []string{
				"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access",
			},
		}, true
	default:
		return OAuth{}, false
	}
}
