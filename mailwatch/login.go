package mailwatch

import (
	"errors"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	upstream "github.com/emersion/go-sasl"

	"parcelwatch/internal/sasl"
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
	if err := s.enable(); err != nil {
		return err
	}
	if !s.caps.Has(imap.CapID) {
		return nil
	}
	s.g.step(answerLimit, time.Minute, smallBudget)
	if _, err := s.c.ID(&imap.IDData{Name: clientName}).Wait(); err != nil && !s.alive() {
		return s.failed("introduce ourselves", err)
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

// authenticate logs in with a mechanism that the server offers.
func (s *session) authenticate(cred Credential) error {
	caps := s.c.Caps()
	if caps == nil {
		return errors.New("the server does not say what it can do")
	}
	if cred.Token != "" {
		return s.c.Authenticate(tokenClient(s.account, caps, cred))
	}
	plain := caps.Has(imap.AuthCap("PLAIN"))
	if caps.Has(imap.CapLoginDisabled) && !plain {
		return ErrLoginDisabled
	}
	if plain && (caps.Has(imap.CapLoginDisabled) || !ascii(cred.Username+cred.Password)) {
		return s.c.Authenticate(upstream.NewPlainClient("", cred.Username, cred.Password))
	}
	return s.c.Login(cred.Username, cred.Password).Wait()
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
		if temporary(answer) {
			return err
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
	switch e.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, imap.ResponseCodeOverQuota, "THROTTLED":
		return true
	case imap.ResponseCodeAuthenticationFailed, imap.ResponseCodeAuthorizationFailed, imap.ResponseCodeExpired:
		return false
	default:
	}
	text := strings.ToLower(e.Text)
	for _, word := range []string{"too many", "try again", "temporar", "bandwidth", "throttl", "unavailable", "internal error", "server error", "timeout", "timed out", "busy"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
