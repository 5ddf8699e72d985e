// Package shout reaches people by chats, push services and webhooks, each named
// by a URL (ntfy, Telegram, Matrix, Gotify, ...). The URL is a secret: it stays
// out of every error. The package knows nothing of parcels.
package shout

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"parcelwatch/internal/textx"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
)

// ErrURL is returned for a URL that names no known service.
var ErrURL = errors.New("not the address of a channel that is known")

// Channel is one service.
type Channel struct {
	name    string
	sender  *router.ServiceRouter
	secrets []string
}

// New makes a channel of a service's URL; name is what logs call it. Nothing is
// sent.
func New(name, address string) (*Channel, error) {
	address = strings.TrimSpace(address)
	secrets := secretsOf(address)
	sender, err := shoutrrr.CreateSender(address)
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w: %s", name, ErrURL, redact(err.Error(), secrets))
	}
	return &Channel{name: name, sender: sender, secrets: secrets}, nil
}

// Name is what logs call the channel.
func (c *Channel) Name() string { return c.name }

// Notify delivers a short text. The library takes no context; it is left behind
// when ctx ends, and gives up by its own time limit of ten seconds.
func (c *Channel) Notify(ctx context.Context, title, text string) error {
	done := make(chan error, 1)
	go func() { done <- errors.Join(c.sender.Send(strings.TrimSpace(title+"\n"+text), nil)...) }()
	select {
	case <-ctx.Done():
		return fmt.Errorf("channel %s: %w", c.name, ctx.Err())
	case err := <-done:
		if err != nil {
			return fmt.Errorf("channel %s: not delivered: %s", c.name, redact(err.Error(), c.secrets))
		}
		return nil
	}
}

// secretsOf is every part of a URL that may be a secret, longest first: tokens
// stand in the user, the host, the path or the query, as the service likes.
func secretsOf(address string) []string {
	parts := []string{address}
	if u, err := url.Parse(address); err == nil {
		parts = append(parts, u.Host, u.Hostname(), u.User.Username(), u.Fragment, u.Path, u.RawPath, u.RawQuery)
		if password, ok := u.User.Password(); ok {
			parts = append(parts, password)
		}
		parts = append(parts, strings.Split(u.Path, "/")...)
		for _, values := range u.Query() {
			parts = append(parts, values...)
		}
	}
	for _, p := range slices.Clone(parts) {
		parts = append(parts, url.PathEscape(p), url.QueryEscape(p))
	}
	// Short parts are no secrets, and striking them would leave no sense.
	parts = slices.DeleteFunc(parts, func(p string) bool { return len(p) < 4 })
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(parts)
}

// redact strikes the secrets and bounds the text to one line.
func redact(text string, secrets []string) string {
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "***")
	}
	return textx.Line(text, 200)
}
