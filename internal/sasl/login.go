package sasl

import (
	"fmt"

	"github.com/emersion/go-sasl"
)

type loginClient struct{ left []string }

// NewLoginClient returns a client for LOGIN, which some servers offer alone. It answers
// the server's two questions in order, because servers word them differently, and sends
// no initial response, which old servers refuse.
func NewLoginClient(username, password string) sasl.Client {
	return &loginClient{left: []string{username, password}}
}

// Start returns the mechanism's name.
func (c *loginClient) Start() (mech string, ir []byte, err error) { return sasl.Login, nil, nil }

// Next returns the user name, then the password.
func (c *loginClient) Next([]byte) ([]byte, error) {
	if len(c.left) == 0 {
		return nil, fmt.Errorf("answer LOGIN: %w", sasl.ErrUnexpectedServerChallenge)
	}
	answer := c.left[0]
	c.left = c.left[1:]
	return []byte(answer), nil
}
