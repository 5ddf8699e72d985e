package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"golang.org/x/oauth2"

	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
)

// Reasons for having no token. Any other error may be temporary.
var (
	// ErrNoLogin means that no login is stored for the account and client id.
	ErrNoLogin error = &kind{"no login is stored", message.New("fault_no_oauth").And(message.New("do_login"))}
	// ErrEnded means that the provider no longer accepts the stored login.
	ErrEnded error = &kind{
		"the provider has ended the login (revoked, expired, or the password was changed)",
		message.New("fault_login_ended").And(message.New("do_login")),
	}
	// ErrDenied means that the user or an administrator denied the access.
	ErrDenied error = &kind{"access was not granted", message.New("fault_oauth_denied")}
	// ErrApp means that the provider does not know the application or does not permit
	// the request.
	ErrApp error = &kind{"the provider does not accept the application (client id or secret)", message.New("fault_oauth_app")}
	// ErrExpired means that the login was not finished in time.
	ErrExpired error = &kind{"the login was not finished in time", message.New("fault_oauth_late")}

	errRefused error = &kind{"the provider refused the login", message.New("fault_oauth_refused")}
)

// kind is an error with a translatable message.
type kind struct {
	text  string
	fault message.Text
}

func (k *kind) Error() string { return k.text }

// Fault returns what is wrong and what to do.
func (k *kind) Fault() message.Text { return k.fault }

// refusal is an error with the provider's text.
type refusal struct {
	error
	words string
}

func (r *refusal) Error() string { return r.error.Error() + ": " + r.words }

func (r *refusal) Unwrap() error { return r.error }

// Fault returns the kind's message with the provider's text in it.
func (r *refusal) Fault() message.Text {
	var k *kind
	if !errors.As(r.error, &k) {
		return nil
	}
	return k.fault.What().And(message.New("fault_detail", "Text", r.words)).And(k.fault[len(k.fault.What()):])
}

// Final reports whether trying again is useless until the user has logged in again or
// changed the application's settings.
func Final(err error) bool {
	return errors.Is(err, ErrNoLogin) || errors.Is(err, ErrEnded) || errors.Is(err, ErrApp) || errors.Is(err, ErrDenied)
}

// explain translates an error of the library. The library's text contains the whole
// response, which must not reach logs; the secrets that were sent are removed.
func explain(ctx context.Context, err error, sent ...string) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	words := answer.ErrorCode + " " + answer.ErrorDescription
	for _, secret := range sent {
		if secret != "" {
			words = strings.ReplaceAll(words, secret, "...")
		}
	}
	words = clean(words)
	switch answer.ErrorCode {
	case "invalid_grant":
		// ErrEnded says enough, except for Microsoft's error number.
		if number := reason.FindString(answer.ErrorDescription); number != "" {
			return &refusal{ErrEnded, number}
		}
		return ErrEnded
	case "access_denied", "authorization_declined", "consent_required", "interaction_required":
		return &refusal{ErrDenied, words}
	case "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type":
		return &refusal{ErrApp, words}
	case "expired_token", "code_expired":
		return &refusal{ErrExpired, words}
	case "":
		status := 0
		if answer.Response != nil {
			status = answer.Response.StatusCode
		}
		words = fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))
	}
	return &refusal{errRefused, words}
}

var reason = regexp.MustCompile(`\bAADSTS[0-9]{1,9}\b`)

const maxWords = 200

// clean shortens the provider's text to one line. A long run without a blank may be a
// token and is left out.
func clean(s string) string {
	words := strings.Fields(textx.Clean(s))
	for i, word := range words {
		if len(word) > 60 {
			words[i] = "..."
		}
	}
	return textx.Line(strings.Join(words, " "), maxWords)
}
