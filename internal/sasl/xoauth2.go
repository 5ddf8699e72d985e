// Package sasl implements login mechanisms that the go-sasl library lacks: XOAUTH2, as
// Google, Microsoft, Yahoo and Yandex use it for IMAP and SMTP, and LOGIN for any wording
// of its questions. It must not know where the token or the password comes from.
package sasl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
)

// XOAuth2 is the SASL name of the mechanism.
const XOAuth2 = "XOAUTH2"

// ErrUnusable means that the user name or the token is empty or contains a byte that
// would end its field.
var ErrUnusable = errors.New("user name or token is empty or holds a control character")

// XOAuth2Error is the server's refusal of a token. The tagged response that follows
// contains nothing more, so the exchange ends here.
type XOAuth2Error struct {
	Status  string `json:"status"`
	Schemes string `json:"schemes"`
	Scope   string `json:"scope"`
}

// Error includes the server's status, in most cases an HTTP status.
func (e *XOAuth2Error) Error() string {
	return fmt.Sprintf("XOAUTH2 token refused (status %q)", e.Status)
}

type xoauth2Client struct{ username, token string }

// NewXOAuth2Client returns a client that sends an access token.
func NewXOAuth2Client(username, token string) sasl.Client {
	return &xoauth2Client{username: username, token: token}
}

// Start returns the whole exchange: the mechanism has a single step.
func (c *xoauth2Client) Start() (mech string, ir []byte, err error) {
	if !usable(c.username) || !usable(c.token) {
		return "", nil, fmt.Errorf("prepare XOAUTH2: %w", ErrUnusable)
	}
	return XOAuth2, []byte("user=" + c.username + "\x01auth=Bearer " + c.token + "\x01\x01"), nil
}

// Next is called only if the server refuses; the challenge contains the reason.
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
