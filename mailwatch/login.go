package mailwatch

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	upstream "github.com/emersion/go-sasl"

	"parcelwatch/internal/sasl"
	"parcelwatch/internal/textx"
)

// clientName is sent in ID; some servers refuse to open a folder without it.
const clientName = "parcelwatch"

// login authenticates and reads the server's capabilities.
func (s *session) login(cred Credential) error {
	if s.c.State() == imap.ConnStateNotAuthenticated {
		s.g.step(answerLimit, time.Minute, smallBudget)
		if err := s.authenticate(cred); err != nil {
			return refusal(cred, s.failed("log in", err))
		}
	}
	// The library drops the capabilities from before the login asynchronously; after a
	// NOOP they are gone.
	if err := s.noop(); err != nil {
		return err
	}
	s.caps = s.c.Caps()
	return s.enable()
}

// introduce sends ID. A refusal is no error, only a lost connection is.
func (s *session) introduce(id *imap.IDData) error {
	s.g.step(answerLimit, time.Minute, smallBudget)
	if _, err := s.c.ID(id).Wait(); err != nil && !s.alive() {
		return s.failed("send ID", err)
	}
	return nil
}

// enable enables UTF-8 if folder names need it: the library sends UTF-8 to every server
// that supports IMAP4rev2, many of which accept it only after ENABLE, and a UTF8=ONLY
// server refuses everything before ENABLE. If UTF-8 is only offered it stays off, because
// folder names would differ from those shown in users' settings.
func (s *session) enable() error {
	var what imap.Cap
	if _, only := s.caps[imap.CapUTF8Only]; only {
		what = imap.CapUTF8Accept
	}
	if s.caps.Has(imap.CapIMAP4rev2) {
		what = imap.CapIMAP4rev2
	}
	if what == "" {
		return nil
	}
	s.g.step(answerLimit, time.Minute, smallBudget)
	if _, err := s.c.Enable(what).Wait(); err != nil && !s.alive() {
		return s.failed("enable "+string(what), err)
	}
	return nil
}

// authenticate logs in with a mechanism that the server offers. The next one is tried
// only if the server does not know the one before: each refused login counts towards
// locking the account.
func (s *session) authenticate(cred Credential) error {
	caps := s.c.Caps()
	if caps == nil {
		return errors.New("the server sent no capabilities")
	}
	if cred.Token != "" {
		return s.c.Authenticate(tokenClient(*s.account, caps, cred))
	}
	err := ErrLoginDisabled
	for _, login := range s.logins(caps, cred) {
		if err = login(); !unknownLogin(err) {
			return err
		}
	}
	return err
}

// logins returns the ways to send a password that the server offers, the most common
// first. LOGIN has no rules for letters outside ASCII.
func (s *session) logins(caps imap.CapSet, cred Credential) []func() error {
	var ways []func() error
	if !caps.Has(imap.CapLoginDisabled) {
		ways = append(ways, func() error { return s.c.Login(cred.Username, cred.Password).Wait() })
	}
	if caps.Has(imap.AuthCap("PLAIN")) {
		ways = append(ways, func() error { return s.c.Authenticate(upstream.NewPlainClient("", cred.Username, cred.Password)) })
		if !ascii(cred.Username + cred.Password) {
			slices.Reverse(ways)
		}
	}
	if caps.Has(imap.AuthCap(upstream.Login)) {
		ways = append(ways, func() error { return s.c.Authenticate(sasl.NewLoginClient(cred.Username, cred.Password)) })
	}
	return ways
}

// unknownLogin reports whether the server refused a way to log in rather than the
// credential.
func unknownLogin(err error) bool {
	var answer *imap.Error
	if !errors.As(err, &answer) || answer.Code == imap.ResponseCodeAuthenticationFailed {
		return false
	}
	return textx.Mentions(answer.Text, "not supported", "unsupported", "unknown command", "unrecogni", "not implemented", "use authenticate", "authenticate instead",
		"login is disabled", "login disabled", "command is disabled", "command disabled", "mechanism")
}

func tokenClient(a Account, caps imap.CapSet, cred Credential) upstream.Client {
	if caps.Has(imap.AuthCap(upstream.OAuthBearer)) && !caps.Has(imap.AuthCap(sasl.XOAuth2)) {
		return upstream.NewOAuthBearerClient(&upstream.OAuthBearerOptions{
			Username: cred.Username, Token: cred.Token, Host: a.Host, Port: a.Port,
		})
	}
	return sasl.NewXOAuth2Client(cred.Username, cred.Token)
}

// refusal returns a [RefusedError] if the server refused the credential, else err.
func refusal(cred Credential, err error) error {
	var answer *imap.Error
	var xoauth *sasl.XOAuth2Error
	var bearer *upstream.OAuthBearerError
	var text string
	switch {
	case errors.As(err, &answer):
		if temporary(answer) && (temporaryCode(answer.Code) || !refuses(answer.Text)) {
			return fmt.Errorf("%w: %w", errLoginLater, err)
		}
		text = answer.Text
	case errors.As(err, &xoauth):
		text = xoauth.Error()
	case errors.As(err, &bearer):
		text = bearer.Error()
	default:
		return err
	}
	return &RefusedError{Text: oneLine(scrub(text, cred)), Token: cred.Token != ""}
}

// refuses reports whether the text of a refused login is about the credential or the
// account's settings: then another try does not help, even if the text suggests one.
func refuses(text string) bool {
	return textx.Mentions(text, "password", "passwd", "credential", "incorrect", "wrong", "invalid user", "invalid login", "invalid account", "invalid auth",
		"bad user", "bad login", "user name", "username", "unknown user", "no such user", "not authorized", "not authorised", "denied", "web browser",
		"not enabled", "enable imap", "is disabled", "authorization code")
}

// scrub removes the secret if the server repeats it.
func scrub(text string, cred Credential) string {
	for _, secret := range []string{cred.Password, cred.Token} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "...")
		}
	}
	return text
}

// temporary reports whether a refusal may be temporary, by its code or, if it has none,
// by the texts of big providers.
func temporary(e *imap.Error) bool {
	switch {
	case temporaryCode(e.Code):
		return true
	case e.Code == imap.ResponseCodeAuthenticationFailed, e.Code == imap.ResponseCodeAuthorizationFailed, e.Code == imap.ResponseCodeExpired:
		return false
	}
	return textx.Mentions(e.Text, "too many", "try again", "temporar", "bandwidth", "throttl", "unavailable", "internal error", "server error", "timeout", "timed out", "busy")
}

func temporaryCode(code imap.ResponseCode) bool {
	switch code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, imap.ResponseCodeOverQuota, "THROTTLED":
		return true
	default:
		return false
	}
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
