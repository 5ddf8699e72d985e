package command

import (
	"context"
	"fmt"

	"parcelwatch/config"
	"parcelwatch/notify"
	"parcelwatch/notify/shout"
)

// channelsOf is every [[channel]] with what it is told, and why the others
// cannot be used: one that is broken holds up neither the mail nor its
// neighbours. Nothing is sent.
func channelsOf(ctx context.Context, c *config.Config) (subs []notify.Subscription, broken map[string]error) {
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

// channels says which channels can be used. None is rung: a check is no news.
func (k *checking) channels(ctx context.Context, cfg *config.Config) {
	_, broken := channelsOf(ctx, cfg)
	for _, one := range cfg.Channels {
		k.found("channel", one.Name, broken[one.Name])
	}
}
