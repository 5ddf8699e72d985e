// Package shout sends short texts through chats, push services and webhooks, each
// configured by a URL (ntfy, Telegram, Matrix, Gotify, ...). It must not know what a
// parcel is. The URL is a secret and never part of an error.
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
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// ErrURL is returned for a URL of no known service.
var ErrURL = errors.New("not the address of a channel that is known")

var errBroken = errors.New("the service's code broke down")

// Channel is one service.
type Channel struct {
	name    string
	send    func(ctx context.Context, text string) error
	secrets []string
}

// New returns a channel for a service's URL; name is its name in logs. Nothing is sent.
func New(name, address string) (*Channel, error) {
	address = strings.TrimSpace(address)
	c := &Channel{name: name, secrets: secretsOf(address)}
	if strings.HasPrefix(strings.ToLower(address), "matrix:") {
		// The library logs in when it is given the URL.
		c.send = func(ctx context.Context, text string) error {
			send, err := sender(address)
			if err != nil {
				return err
			}
			return send(ctx, text)
		}
		return c, nil
	}
	var err error
	if c.send, err = sender(address); err != nil {
		return nil, fmt.Errorf("channel %s: %w: %s", name, ErrURL, redact(err.Error(), c.secrets))
	}
	return c, nil
}

// sender returns the function that sends to a service's URL.
func sender(address string) (func(context.Context, string) error, error) {
	library, err := shoutrrr.CreateSender()
	if err != nil {
		return nil, err
	}
	service, err := library.Locate(address)
	if err != nil {
		return nil, err
	}
	bound(service)
	if t, ok := service.(*telegram.Service); ok {
		return bot(t.GetConfig()).send, nil
	}
	return func(_ context.Context, text string) error { return service.Send(text, &types.Params{}) }, nil
}

// Name returns the channel's name in logs.
func (c *Channel) Name() string { return c.name }

// Notify delivers a short text. The library takes no context: when ctx ends, its call
// continues in the background until its own time is up.
func (c *Channel) Notify(ctx context.Context, title, text string) error {
	done := make(chan error, 1)
	go func() { done <- c.safely(ctx, strings.TrimSpace(title+"\n"+text)) }()
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

// safely turns a panic of the library into an error: some of its services do not expect
// that a server is dead.
func (c *Channel) safely(ctx context.Context, text string) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", errBroken, v)
		}
	}()
	return c.send(ctx, text)
}

// secretsOf returns every part of a URL that may be a secret, longest first: depending
// on the service, tokens are in the user, the host, the path or the query.
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
	// Short parts are not secrets, and removing them would make the text unreadable.
	parts = slices.DeleteFunc(parts, func(p string) bool { return len(p) < 4 })
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(parts)
}

// redact removes the secrets and limits the text to one line.
func redact(text string, secrets []string) string {
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "***")
	}
	return textx.Line(text, 200)
}
