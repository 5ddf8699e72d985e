package app

import (
	"context"
	"maps"
	"slices"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/config"
)

// Carriers returns the carriers of the configuration. A carrier whose secret cannot be
// read works without it; the error is returned under the carrier's name.
func Carriers(ctx context.Context, c *config.Config) (*carriers.Set, map[string]error, error) {
	return carriersOf(ctx, c, all.Factories())
}

func carriersOf(ctx context.Context, c *config.Config, factories []carriers.Factory) (*carriers.Set, map[string]error, error) {
	known := make(map[string][]config.Setting, len(factories))
	for _, f := range factories {
		var takes []config.Setting
		for _, s := range f.Info.Settings {
			takes = append(takes, config.Setting{Name: s.Name, Secret: s.Secret, Required: s.Required})
		}
		known[f.Info.Name] = takes
	}
	configured, err := c.CarrierConfigs(known)
	if err != nil {
		return nil, nil, err
	}
	options := make(map[string]carriers.Options, len(configured))
	broken := map[string]error{}
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		one := configured[name]
		opt := carriers.Options{Endpoint: one.Endpoint, Off: !one.Enabled}
		if u := one.Proxy.URL(); u != nil {
			opt.Proxy = u.String()
		}
		if !opt.Off {
			if opt.Settings, err = one.Resolve(ctx); err != nil {
				broken[name] = err
			}
		}
		options[name] = opt
	}
	set, err := carriers.NewSet(factories, options)
	return set, broken, err
}
