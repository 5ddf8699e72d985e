package command

import (
	"context"
	"errors"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/setup"
)

// setupCmd holds the answers given by flags.
type setupCmd struct {
	Address      string       `help:"${help_setup_address}" placeholder:"ADDRESS"`
	PasswordFile string       `help:"${help_setup_password_file}" placeholder:"FILE"`
	Username     string       `help:"${help_setup_username}" placeholder:"NAME"`
	IMAP         string       `name:"imap" help:"${help_setup_imap}" placeholder:"HOST[:PORT]"`
	IMAPTLS      netx.TLSMode `name:"imap-tls" enum:",tls,starttls,none" default:"" help:"${help_setup_tls}" placeholder:"MODE"`
	SMTP         string       `name:"smtp" help:"${help_setup_smtp}" placeholder:"HOST[:PORT]"`
	SMTPTLS      netx.TLSMode `name:"smtp-tls" enum:",tls,starttls,none" default:"" help:"${help_setup_tls}" placeholder:"MODE"`
	CA           string       `name:"ca" help:"${help_setup_ca}" placeholder:"FILE"`
	Fingerprint  string       `help:"${help_setup_fingerprint}" placeholder:"sha256:..."`
	ClientID     string       `name:"client-id" help:"${help_setup_client_id}" placeholder:"ID"`
	ClientSecret string       `name:"client-secret-file" help:"${help_setup_client_secret}" placeholder:"FILE"`
	Endpoint     string       `name:"oauth-endpoint" hidden:""`
	Folders      []string     `help:"${help_setup_folders}" placeholder:"FOLDER"`
	Destination  string       `help:"${help_setup_destination}" placeholder:"COUNTRY"`
	Language     string       `help:"${help_language}" placeholder:"L"`
	Timezone     string       `help:"${help_setup_timezone}" placeholder:"ZONE"`
	Refuse       []string     `help:"${help_setup_refuse}" placeholder:"CARRIER"`
	To           []string     `help:"${help_setup_to}" placeholder:"ADDRESS"`
	At           []string     `help:"${help_setup_at}" placeholder:"08:00"`
	ISPDB        bool         `name:"ispdb" help:"${help_setup_ispdb}"`
	NoSample     bool         `help:"${help_setup_no_sample}"`
	Service      string       `enum:",yes,no" default:"" help:"${help_setup_service}" placeholder:"yes|no"`
	Yes          bool         `short:"y" help:"${help_setup_yes}"`
}

// Run asks for what is missing, tries every setting, and writes the configuration at the
// end. Nothing is changed before that, so it can be interrupted at any time.
func (c *setupCmd) Run(ctx context.Context, e *env) error {
	switch {
	case c.Language != "":
		e.speak(c.Language)
	case e.getenv("LC_ALL")+e.getenv("LC_MESSAGES")+e.getenv("LANG") == "":
		e.speak(setup.SystemLanguage())
	}
	w, err := newWizard(c, e)
	if err != nil {
		return err
	}
	err = w.run(ctx)
	if err != nil && (errors.Is(err, setup.ErrStopped) || ctx.Err() != nil) {
		e.print("")
		if w.written {
			return nil
		}
		return failed(e.say.T("setup_stopped"))
	}
	return err
}
