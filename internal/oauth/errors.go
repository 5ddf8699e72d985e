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

// Why there is no token. Every other error may be gone at the next try.
var (
	// ErrNoLogin means that nobody has logged in yet, or with another client id.
	ErrNoLogin error = &known{"no login is stored", "fault_no_oauth"}
	// ErrEnded means that the provider takes the stored login no more.
	ErrEnded error = &known{"the provider has ended the login (revoked, expired, or the password was changed)", "fault_login_ended"}
	// ErrDenied means that the person said no, or that an administrator did.
	ErrDenied = errors.New("the access was not allowed")
	// ErrApp means that the provider does not know the application, or does not
	// let it do this.
	ErrApp = errors.New("the provider does not accept the application (client id or secret)")
	// ErrExpired means that the person took too long.
	ErrExpired = errors.New("the login was not finished in time")
)

// known is an error that people are told of in their language.
type known struct{ text, fault string }

func (k *known) Error() string { return k.text }

// Fault says what is wrong and what to do, in no language yet.
func (k *known) Fault() message.Text { return message.New(k.fault).And(message.New("do_login")) }

// Final reports whether trying again is of no use before a person has done
// something.
func Final(err error) bool {
	return errors.Is(err, ErrNoLogin) || errors.Is(err, ErrEnded) || errors.Is(err, ErrApp) || errors.Is(err, ErrDenied)
}

// explain turns an error of the library into one of ours. The library's own text
// holds the whole answer, which is not for logs; what was sent is struck from it.
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
	status := 0
	if answer.Response != nil {
		status = answer.Response.StatusCode
	}
	switch answer.ErrorCode {
	case "invalid_grant":
		return ended(answer.ErrorDescription)
	case "access_denied", "authorization_declined", "consent_required", "interaction_required":
		return fmt.Errorf("%w: %s", ErrDenied, words)
	case "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type":
		return fmt.Errorf("%w: %s", ErrApp, words)
	case "expired_token", "code_expired":
		return fmt.Errorf("%w: %s", ErrExpired, words)
	case "":
		return fmt.Errorf("the provider answered %d %s", status, http.StatusText(status))
	default:
		return fmt.Errorf("the provider refused: %s", words)
	}
}

// ended keeps of the provider's words only Microsoft's number, by which the
// reason can be looked up: the rest says what ErrEnded says.
func ended(words string) error {
	if number := reason.FindString(words); number != "" {
		return fmt.Errorf("%w: %s", ErrEnded, number)
	}
	return ErrEnded
}

var reason = regexp.MustCompile(`\bAADSTS[0-9]{1,9}\b`)

const maxWords = 200

// clean makes the provider's words one short line. A long run without a blank
// may be a token and is left out.
func clean(s string) string {
	words := strings.Fields(textx.Clean(s))
	for i, word := range words {
		if len(word) > 60 {
			words[i] = "..."
		}
	}
	return textx.Line(strings.Join(words, " "), maxWords)
}
