package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/mqtt"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/ordered"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// MQTT returns the configuration of the publisher. The password is read at each login.
func MQTT(c *config.Config) (mqtt.Config, error) {
	m := c.MQTT
	server := m.URL.Server()
	out := mqtt.Config{
		Broker: mqtt.Broker{Server: server, Username: m.Username}, Prefix: m.Prefix, Discovery: m.Discovery, Language: Language(m.Language),
		Zone: c.Timezone.Location(), Threshold: c.Alarm.After.Time(),
		Page:       SharedPage(c.Web),
		Protection: notify.Protection{Days: c.Protection.Days, Remind: c.Protection.Remind},
	}
	if !m.Password.IsZero() {
		out.Broker.Password = m.Password.Resolve
	}
	tlsConfig, err := netx.TLSConfig(server.Host, m.CA, m.Fingerprint)
	if err != nil {
		return out, fmt.Errorf("mqtt: %w", err)
	}
	out.Broker.TLSConfig = tlsConfig
	return out, nil
}

func newPublisher(h *household) (*mqtt.Publisher, error) {
	cfg, err := MQTT(h.cfg)
	if err != nil {
		return nil, err
	}
	return mqtt.New(cfg, h.store, mqtt.Options{Log: h.log, Now: h.life.Now, Refresh: h.checkNow})
}

// Limits of a check that somebody asks for.
const (
	checkGap  = 30 * time.Minute // since a parcel was last asked about
	checkMost = 200              // parcels at once
)

// checkNow makes the followed parcels due that no carrier was asked about lately, the
// longest unasked first.
func (h *household) checkNow(ctx context.Context) error {
	parcels, err := h.store.Outlines(ctx, nil)
	if err != nil {
		return fmt.Errorf("read what to check now: %w", err)
	}
	now := h.life.Now()
	asked := func(p parcel.Parcel) (last time.Time) {
		for _, s := range p.Sources {
			if s.Asked.After(last) {
				last = s.Asked
			}
		}
		return last
	}
	parcels = slices.DeleteFunc(parcels, func(p parcel.Parcel) bool { return !p.NextCheck.After(now) || now.Sub(asked(p)) < checkGap })
	ordered.Sort(parcels, func(a, b parcel.Parcel) int { return asked(a).Compare(asked(b)) })
	var ids []int64
	for _, p := range parcels[:min(len(parcels), checkMost)] {
		ids = append(ids, p.ID)
	}
	if ids == nil {
		return nil
	}
	return h.tracker.CheckNow(ctx, ids)
}
