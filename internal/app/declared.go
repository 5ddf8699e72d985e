package app

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/carriers/declared"
	"parcelwatch/config"
	"parcelwatch/internal/message"
)

// definition is a defined carrier with the secrets of its request.
type definition struct {
	carriers.Factory

	secrets map[string]config.Secret // by the name of the setting
}

// Defined returns the carriers that a file defines, with the settings of the
// configuration. The file may be the configuration itself. A carrier whose secret cannot
// be read works without it; the error is returned under the carrier's name.
func Defined(ctx context.Context, c *config.Config, path string) ([]carriers.Member, map[string]error, error) {
	var list []config.Definition
	var err error
	if full, absErr := filepath.Abs(path); absErr == nil && full == c.Path {
		list = slices.DeleteFunc(c.Definitions(), func(d config.Definition) bool { return d.Shared })
	} else if list, err = config.LoadDefinitions(path); err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, &config.Error{File: path, What: message.New("declared_none")}
	}
	defined, faults, err := define(list, all.Factories())
	if err == nil && len(faults) > 0 {
		err = faults
	}
	if err != nil {
		return nil, nil, err
	}
	factories, secrets := split(defined)
	set, broken, err := setOf(ctx, withSections(c, factories), factories, secrets)
	if err != nil {
		return nil, nil, err
	}
	return set.Members(), broken, nil
}

// define compiles definitions. Those with faults are left out if they are of files that
// people pass on; the faults of others are an error.
func define(list []config.Definition, builtin []carriers.Factory) (out []definition, faults config.Errors, err error) {
	var wrong config.Errors
	seen := map[string]bool{}
	for _, one := range list {
		d, found, err := compile(one, builtin)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 && seen[d.Info.Name] {
			found = config.Errors{one.Fault("name", message.New("declared_twice"))}
		}
		switch {
		case len(found) > 0 && one.Shared:
			faults = append(faults, found...)
		case len(found) > 0:
			wrong = append(wrong, found...)
		default:
			seen[d.Info.Name] = true
			out = append(out, d)
		}
	}
	if len(wrong) > 0 {
		return nil, nil, wrong
	}
	return out, faults, nil
}

// compile compiles one definition. The errors are faults of the file; err is anything else.
func compile(from config.Definition, builtin []carriers.Factory) (out definition, wrong config.Errors, err error) {
	var d declared.Definition
	if wrong, err = config.Problems(from.Bind(&d)); err != nil || len(wrong) > 0 {
		return out, wrong, err
	}
	d.Order, d.Shared = from.Keys("status"), from.Shared
	headers, err := from.Headers()
	if wrong, err = config.Problems(err); err != nil || len(wrong) > 0 {
		return out, wrong, err
	}
	out.secrets = map[string]config.Secret{}
	for name, secret := range headers {
		d.Secrets = append(d.Secrets, name)
		out.secrets[declared.HeaderSetting(name)] = secret
	}
	slices.Sort(d.Secrets)
	if len(d.Exec) > 0 && !d.Shared {
		if wrong, err = config.Problems(from.Trust(d.Exec[0])); err != nil || len(wrong) > 0 {
			return out, wrong, err
		}
	}
	var replaced *carriers.Factory
	if i := slices.IndexFunc(builtin, func(f carriers.Factory) bool { return f.Info.Name == d.Name }); i >= 0 {
		replaced = &builtin[i]
	}
	f, err := declared.New(d, replaced)
	if faults, ok := errors.AsType[declared.Errors](err); ok {
		for _, one := range faults {
			wrong = append(wrong, from.Fault(one.Key, one.What))
		}
		return out, wrong, nil
	}
	f.File = from.File
	out.Factory = f
	return out, nil, err
}

// replace returns the built-in carriers with those that are defined: in the place of
// the one with the same name, or behind all others.
func replace(builtin []carriers.Factory, defined []carriers.Factory) []carriers.Factory {
	out := slices.Clone(builtin)
	for _, f := range defined {
		if i := slices.IndexFunc(out, func(old carriers.Factory) bool { return old.Info.Name == f.Info.Name }); i >= 0 {
			out[i] = f
		} else {
			out = append(out, f)
		}
	}
	return out
}

func split(list []definition) (factories []carriers.Factory, secrets map[string]map[string]config.Secret) {
	secrets = map[string]map[string]config.Secret{}
	for _, d := range list {
		factories = append(factories, d.Factory)
		secrets[d.Info.Name] = d.secrets
	}
	return factories, secrets
}
