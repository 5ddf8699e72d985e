package command

import "context"

type checkCmd struct {
	Carriers bool `help:"${help_check_carriers}"`
	JSON     bool `help:"${help_json}"`
}

// Run checks the configuration, the store, mailboxes, channels and carriers.
func (c *checkCmd) Run(ctx context.Context, e *env) error { return c.run(ctx, e) }
