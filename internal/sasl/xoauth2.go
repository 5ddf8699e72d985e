// Package sasl has the one SASL mechanism that the kept library lacks: XOAUTH2,
// as Google, Microsoft, Yahoo and Yandex speak it for IMAP and SMTP.
package sasl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
)

// XOAuth2 is the name of the mechanism.
const XOAuth2 = "XOAUTH2"

// ErrUnusable means that the user name or the token holds a byte that would
// break out of its field.
var ErrUnusable = errors.New("user name or token is empty or holds a control character")

// XOAuth2Error is the server's refusal of a token. The tagged answer that
// follows it says no more, so the exchange ends here.
type XOAuth2Error struct {
	Status  string `json:"status"`
	Schemes string `json:"schemes"`
	Scope   string `json:"scope"`
}

// Error names the server's status, which is an HTTP one in most cases.
func (e *XOAuth2Error) Error() string {
	return fmt.Sprintf("XOAUTH2 token refused (status %q)", e.Status)
}

type xoauth2Client struct{ username, token string }

// NewXOAuth2Client makes a client that presents an access token.
func NewXOAuth2Client(username, token string) sasl.Client {
	return &xoauth2Client{username: username, token: token}
}

// Start sends everything at once: the mechanism has a single step.
func (c *xoauth2Client) Start() (mech string, ir []byte, err error) {
	if !usable(c.username) || !usable(c.token) {
		return "", nil, fmt.Errorf("prepare XOAUTH2: %w", ErrUnusable)
	}
	return XOAuth2, []byte("user=" + c.username + "\x01auth=Bearer " + c.token + "\x01\x01"), nil
}

// Next is only called when the server refuses: its challenge says why.
func (c *xoauth2Client) Next(challenge []byte) ([]byte, error) {
	refusal := &XOAuth2Error{}
	if err := json.Unmarshal(challenge, refusal); err != nil {
		return nil, fmt.Errorf("read the refusal of XOAUTH2: %w", sasl.ErrUnexpectedServerChallenge)
	}
	return nil, refusal
}

func usable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
