package oauth

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/oauth2"
)

const hidden = "(hidden)"

// Token is the result of a login: an access token for about an hour and a refresh
// token to get the next one. Only the vault's encoding contains the secrets; formatting,
// logging and other encoders hide them.
type Token struct {
	access, refresh string
	expiry          time.Time
}

func tokenOf(t *oauth2.Token) Token {
	return Token{access: t.AccessToken, refresh: t.RefreshToken, expiry: t.Expiry}
}

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t == Token{} }

// String never shows the token.
func (Token) String() string { return hidden }

// GoString never shows the token either.
func (Token) GoString() string { return hidden }

// LogValue keeps the token out of logs.
func (Token) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText keeps the token out of JSON and every other encoding.
func (Token) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Format keeps the token out of every verb.
func (Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }
