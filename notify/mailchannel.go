package notify

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"
)

// MailChannel is a channel that sends each text as a mail through a server of its own. It
// implements [Channel].
type MailChannel struct {
	Called string // its name in logs
	Server *SMTP
	Secret string // never part of an error
	From   string
	To     []string
	Now    func() time.Time
}

var errChannel = errors.New("not delivered")

// Name returns the channel's name in logs.
func (c MailChannel) Name() string { return c.Called }

// Notify sends one mail.
func (c MailChannel) Notify(ctx context.Context, title, text string) error {
	now := c.Now()
	content := Content{Subject: title, Text: text, HTML: "<pre>" + html.EscapeString(text) + "</pre>"}
	m, err := Build(Digest{Made: now}, content, Envelope{From: c.From, To: c.To, Slot: now.Format(time.RFC3339Nano)})
	if err != nil {
		return fmt.Errorf("channel %s: %w", c.Called, err)
	}
	to := make([]string, 0, len(m.Deliveries))
	for _, d := range m.Deliveries {
		to = append(to, d.To)
	}
	for _, o := range c.Server.Send(ctx, m, to) {
		if o.Err == nil {
			continue
		}
		why := Explain(o.Err)
		if c.Secret != "" {
			why = strings.ReplaceAll(why, c.Secret, "***")
		}
		return fmt.Errorf("channel %s: %w: %s", c.Called, errChannel, why)
	}
	return nil
}
