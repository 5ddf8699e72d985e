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
// configuration. The file may be the configuration itself.
func Defined(ctx context.Context, c *config.Config, path string) ([]carriers.Member, error) {
	var list []config.Definition
	var err error
	if full, absErr := filepath.Abs(path); absErr == nil && full == c.Path {
		list = slices.DeleteFunc(c.Definitions(), func(d config.Definition) bool { return d.Shared })
	} else if list, err = config.LoadDefinitions(path); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &config.Error{File: path, What: message.New("declared_none")}
	}
	defined, err := define(list, all.Factories())
	if err != nil {
		return nil, err
	}
	factories, secrets := split(defined)
	own := *c
	own.Carriers = map[string]config.Carrier{}
	for _, f := range factories {
		if section, ok := c.Carriers[f.Info.Name]; ok {
			own.Carriers[f.Info.Name] = section
		}
	}
	set, _, err := setOf(ctx, &own, factories, secrets)
	if err != nil {
		return nil, err
	}
	return set.Members(), nil
}

// define compiles definitions. The error lists what is wrong with all of them.
func define(list []config.Definition, builtin []carriers.Factory) ([]definition, error) {
	var out []definition
	var wrong config.Errors
	seen := map[string]bool{}
	for _, one := range list {
		d, faults, err := compile(one, builtin)
		if err != nil {
			return nil, err
		}
		if wrong = append(wrong, faults...); len(faults) > 0 {
			continue
		}
		if seen[d.Info.Name] {
			wrong = append(wrong, one.Fault("name", message.New("declared_twice")))
		}
		seen[d.Info.Name] = true
		out = append(out, d)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return out, nil
}

// compile compiles one definition. The errors are faults of the file; err is anything else.
func compile(from config.Definition, builtin []carriers.Factory) (out definition, wrong config.Errors, err error) {
	var d declared.Definition
	if wrong, err = problems(from.Bind(&d)); err != nil || len(wrong) > 0 {
		return out, wrong, err
	}
	d.Order, d.Shared = from.Keys("status"), from.Shared
	headers, err := from.Headers()
	if wrong, err = problems(err); err != nil || len(wrong) > 0 {
		return out, wrong, err
	}
	out.secrets = map[string]config.Secret{}
	for name, secret := range headers {
		d.Secrets = append(d.Secrets, name)
		out.secrets[declared.HeaderSetting(name)] = secret
	}
	slices.Sort(d.Secrets)
	if len(d.Exec) > 0 && !d.Shared {
		if wrong, err = problems(from.Trust(d.Exec[0])); err != nil || len(wrong) > 0 {
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
	f.File, f.Replaces = from.File, replaced != nil
	out.Factory = f
	return out, nil, err
}

// problems returns the problems of a file that an error lists, or any other error.
func problems(err error) (config.Errors, error) {
	if list, ok := errors.AsType[config.Errors](err); ok {
		return list, nil
	}
	if one, ok := errors.AsType[*config.Error](err); ok {
		return config.Errors{one}, nil
	}
	return nil, err
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
