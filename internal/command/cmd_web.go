package command

import (
	"context"
	"errors"
	"regexp"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/api"
	"parcelwatch/internal/cli"
	"parcelwatch/store"
)

type webCmd struct {
	Open  webOpenCmd `cmd:"" help:"${help_web_open}"`
	Token tokenCmd   `cmd:"" help:"${help_token}"`
}

// The commands for the tokens of other programs.
type (
	tokenCmd struct {
		Add    tokenAddCmd    `cmd:"" help:"${help_token_add}"`
		List   tokenListCmd   `cmd:"" help:"${help_token_list}"`
		Remove tokenRemoveCmd `cmd:"" help:"${help_token_remove}"`
	}
	tokenAddCmd struct {
		Name  string `arg:""`
		Write bool   `help:"${help_token_write}"`
	}
	tokenListCmd   struct{}
	tokenRemoveCmd struct {
		Name string `arg:""`
	}
)

// Run makes a token and prints it.
func (c *tokenAddCmd) Run(ctx context.Context, e *env) error {
	if !regexp.MustCompile(`^[\pL\pN][\pL\pN ._-]{0,39}$`).MatchString(c.Name) {
		return usage(e.say.T("token_name"))
	}
	scope := api.Read
	if c.Write {
		scope = api.Write
	}
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		token, err := api.AddToken(ctx, db, c.Name, scope, e.now())
		if err != nil {
			return e.tokenFailed(err, c.Name)
		}
		e.print(token)
		return nil
	})
}

// Run lists the names of the tokens.
func (tokenListCmd) Run(ctx context.Context, e *env) error {
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		all, err := api.Tokens(ctx, db)
		if err != nil {
			return err
		}
		t := cli.NewTable(40)
		for _, one := range all {
			t.Row(one.Name, e.say.T(either(one.Scope == api.Write, "token_write", "token_read")), one.Created.Format(time.DateOnly))
		}
		return t.Write(e.out)
	})
}

// Run makes a token invalid.
func (c *tokenRemoveCmd) Run(ctx context.Context, e *env) error {
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		if err := api.RemoveToken(ctx, db, c.Name); err != nil {
			return e.tokenFailed(err, c.Name)
		}
		e.print(e.say.T("token_removed", "Name", c.Name))
		return nil
	})
}

func (e *env) tokenFailed(err error, name string) error {
	for known, id := range map[error]string{api.ErrTokenName: "token_twice", api.ErrTokenCount: "token_many", api.ErrNoToken: "token_none"} {
		if errors.Is(err, known) {
			return failed(e.say.T(id, "Name", name))
		}
	}
	return err
}
