package app

import (
	"context"
	"path/filepath"
	"slices"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/carriers/declared"
	"parcelwatch/config"
	"parcelwatch/internal/message"
)

// defined are the carriers of definitions.
type defined struct {
	factories []carriers.Factory
	secrets   map[string]map[string]config.Secret // of requests, by the names of carrier and setting
	faults    config.Errors                       // of files that people pass on
}

// Defined returns the carriers that a file defines, with the settings of the
// configuration. The file may be the configuration itself. A carrier whose secret cannot
// be read works without it; the error is returned under the carrier's name.
func Defined(ctx context.Context, c *config.Config, path string) ([]carriers.Member, map[string]error, error) {
	var list []*config.Definition
	var err error
	if full, absErr := filepath.Abs(path); absErr == nil && full == c.Path {
		list = c.OwnDefinitions()
	} else if list, err = config.LoadDefinitions(path); err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, &config.Error{File: path, What: message.New("declared_none")}
	}
	own, err := define(list, all.Factories())
	if err == nil && len(own.faults) > 0 {
		err = own.faults
	}
	if err != nil {
		return nil, nil, err
	}
	set, broken, err := setOf(ctx, withSections(c, own.factories), own.factories, own.secrets)
	if err != nil {
		return nil, nil, err
	}
	return set.Members(), broken, nil
}

// define compiles definitions. Those with faults are left out if they are of files that
// people pass on; the faults of others are an error.
func define(list []*config.Definition, builtin []carriers.Factory) (*defined, error) {
	out := &defined{secrets: map[string]map[string]config.Secret{}}
	var wrong config.Errors
	for _, one := range list {
		found, err := config.Problems(out.add(one, builtin))
		switch {
		case err != nil:
			return nil, err
		case one.Shared:
			out.faults = append(out.faults, found...)
		default:
			wrong = append(wrong, found...)
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return out, nil
}

// add compiles one definition.
func (l *defined) add(from *config.Definition, builtin []carriers.Factory) error {
	var d declared.Definition
	if err := from.Bind(&d); err != nil {
		return err
	}
	d.Order, d.Shared = from.Keys("status"), from.Shared
	headers, err := from.Headers()
	if err != nil {
		return err
	}
	secrets := map[string]config.Secret{}
	for name, secret := range headers {
		d.Secrets = append(d.Secrets, name)
		secrets[declared.HeaderSetting(name)] = secret
	}
	slices.Sort(d.Secrets)
	if len(d.Exec) > 0 && !d.Shared {
		if err := from.Trust(d.Exec[0]); err != nil {
			return err
		}
	}
	var replaced *carriers.Factory
	if i := indexOf(builtin, d.Name); i >= 0 {
		replaced = &builtin[i]
	}
	f, faults := declared.New(&d, replaced)
	if _, twice := l.secrets[d.Name]; twice && len(faults) == 0 {
		faults = []declared.Fault{{Key: "name", What: message.New("declared_twice")}}
	}
	if len(faults) > 0 {
		var wrong config.Errors
		for _, one := range faults {
			wrong = append(wrong, from.Fault(one.Key, one.What))
		}
		return wrong
	}
	f.File = from.File
	l.factories = append(l.factories, f)
	l.secrets[d.Name] = secrets
	return nil
}

// replace returns the built-in carriers with those that are defined: in the place of
// the one with the same name, or behind all others.
func replace(builtin []carriers.Factory, own []carriers.Factory) []carriers.Factory {
	out := slices.Clone(builtin)
	for i := range own {
		at := indexOf(out, own[i].Info.Name)
		if at < 0 {
			at, out = len(out), append(out, carriers.Factory{})
		}
		out[at] = own[i]
	}
	return out
}

// indexOf returns the place of the carrier with a name, or -1.
func indexOf(list []carriers.Factory, name string) int {
	for i := range list {
		if list[i].Info.Name == name {
			return i
		}
	}
	return -1
}
