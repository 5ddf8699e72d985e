package app

import (
	"context"
	"fmt"

	"parcelwatch/config"
	"parcelwatch/notify"
	"parcelwatch/notify/shout"
)

// Channels returns the configured channels, and the errors of unusable ones by name.
// Nothing is sent.
func Channels(ctx context.Context, c *config.Config) (subs []notify.Subscription, broken map[string]error) {
	broken = map[string]error{}
	for _, one := range c.Channels {
		address, err := one.URL.Resolve(ctx)
		if err != nil {
			broken[one.Name] = fmt.Errorf("channel %s: url: %w", one.Name, err)
			continue
		}
		channel, err := shout.New(one.Name, address)
		if err != nil {
			broken[one.Name] = err
			continue
		}
		subs = append(subs, notify.Subscription{Channel: channel, Urgent: one.Urgent, Digest: one.Digest})
	}
	return subs, broken
}
