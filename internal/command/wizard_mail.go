package command

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
	"parcelwatch/internal/setup"
	"parcelwatch/internal/textx"
	"parcelwatch/mailwatch"
)

const (
	probeTime = 5 * time.Second
	sinceDays = 60
)

// discoverer returns a discoverer that uses the real network.
func discoverer(ispdb bool) setup.Discoverer {
	d := &tls.Dialer{NetDialer: &net.Dialer{Timeout: probeTime}, Config: &tls.Config{MinVersion: tls.VersionTLS12}}
	return setup.Discoverer{
		Names: net.DefaultResolver,
		HTTP:  &http.Client{Timeout: probeTime, Transport: netx.Bounded(&http.Transport{Proxy: http.ProxyFromEnvironment})},
		Probe: func(ctx context.Context, s netx.Server) bool {
			ctx, cancel := context.WithTimeout(ctx, probeTime)
			defer cancel()
			conn, err := d.DialContext(ctx, "tcp", s.String())
			if err != nil {
				return false
			}
			return conn.Close() == nil
		},
		ISPDB: ispdb,
	}
}

// address asks for the mail address. A mailbox that is already configured is changed, any
// other is added.
func (w *wizard) address(ctx context.Context) error {
	usual := w.ownAddress()
	var address string
	err := w.again(ctx, query{"--address", w.c.Address, usual, "setup_address"}, func(s string) (err error) {
		address, w.domain, err = setup.ParseAddress(s)
		return err
	})
	if err != nil {
		return err
	}
	w.index = len(w.cfg.Mailboxes)
	for i, m := range w.cfg.Mailboxes {
		if strings.EqualFold(m.Username, address) || i == 0 && strings.EqualFold(usual, address) || w.c.Username != "" && strings.EqualFold(m.Username, w.c.Username) {
			w.index, w.kept, w.box = i, true, m
			break
		}
	}
	if !w.kept {
		w.box = config.Mailbox{Name: w.name(), Folders: []string{"INBOX"}, Since: config.Duration(sinceDays * 24 * time.Hour)}
	}
	w.found = setup.Found{Username: address, SMTPUsername: address}
	w.from = address
	return nil
}

// ownAddress returns the address of the first mailbox: its user name or, if that is not
// an address, the sender of digests.
func (w *wizard) ownAddress() string {
	if len(w.cfg.Mailboxes) == 0 {
		return ""
	}
	for _, text := range []string{w.cfg.Mailboxes[0].Username, w.cfg.SMTP.From} {
		if address, _, err := setup.ParseAddress(text); err == nil {
			return address
		}
	}
	return ""
}

// name returns a name for a new mailbox: its domain, with a number if that is taken.
func (w *wizard) name() string {
	base, _, _ := strings.Cut(w.domain, ".")
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name += "-" + string(rune('0'+n%10))
		}
		if n > 9 || !slices.ContainsFunc(w.cfg.Mailboxes, func(m config.Mailbox) bool { return m.Name == name }) {
			return name
		}
	}
}

// servers determines the servers to log in to. Uncertain ones are confirmed first: no
// password is sent to a server the user has not seen.
func (w *wizard) servers(ctx context.Context) error {
	if err := w.given(); err != nil {
		return err
	}
	if w.kept && w.c.IMAP == "" {
		w.found.IMAP, w.found.Username = w.box.Server.Server, w.box.Username
		w.found.Provider, _ = provider.ByHost(w.box.Host)
		w.say1(w.say.T("setup_servers_kept", "IMAP", w.found.IMAP))
		return nil
	}
	if w.found.IMAP.IsZero() || w.found.SMTP.IsZero() {
		if err := w.search(ctx); err != nil {
			return err
		}
	}
	if w.c.Username != "" {
		w.found.Username, w.found.SMTPUsername = w.c.Username, w.c.Username
	}
	return nil
}

// given reads the servers from the flags.
func (w *wizard) given() error {
	for _, one := range []struct {
		flag, text string
		mode       netx.TLSMode
		to         *netx.Server
	}{{"--imap", w.c.IMAP, w.c.IMAPTLS, &w.found.IMAP}, {"--smtp", w.c.SMTP, w.c.SMTPTLS, &w.found.SMTP}} {
		if one.text == "" {
			continue
		}
		if err := parseServer(one.flag, one.text, one.mode, one.to); err != nil {
			return usage(one.flag + ": " + w.wrong(err))
		}
	}
	return nil
}

// search discovers the servers that no flag specifies.
func (w *wizard) search(ctx context.Context) error {
	imap, smtp := w.found.IMAP, w.found.SMTP
	w.progress.Show(w.say.T("setup_searching", "Domain", w.domain))
	found, err := w.discover.Discover(ctx, w.from)
	w.progress.Clear()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		w.found = found
	}
	sure := err == nil && found.Sure(w.domain)
	if !imap.IsZero() {
		w.found.IMAP, sure = imap, true
	}
	if !smtp.IsZero() {
		w.found.SMTP = smtp
	}
	if w.found.IMAP.IsZero() {
		w.say1(w.say.T("setup_servers_none", "Domain", w.domain))
		return w.askServer(ctx, "setup_imap", &w.found.IMAP)
	}
	out := w.say.T("setup_word_unknown")
	if !w.found.SMTP.IsZero() {
		out = w.found.SMTP.String()
	}
	origin := cmp.Or(string(w.found.Origin), "given") // by flags
	w.say1(w.say.T("setup_servers_"+origin, "Domain", w.domain, "IMAP", w.found.IMAP, "SMTP", out))
	if sure {
		return nil
	}
	if w.c.Yes {
		return usage(w.say.T("setup_servers_unsure", "Flag", "--imap "+w.found.IMAP.String()))
	}
	agreed, err := w.yes(ctx, true, "setup_servers_agree", "IMAP", w.found.IMAP)
	if err != nil || agreed {
		return err
	}
	return w.askServer(ctx, "setup_imap", &w.found.IMAP)
}

// askServer asks for the server of a protocol, setup_imap or setup_smtp. The present one
// is the default.
func (w *wizard) askServer(ctx context.Context, id string, server *netx.Server) error {
	flag, usual := "--"+strings.TrimPrefix(id, "setup_"), ""
	if !server.IsZero() {
		usual = server.String()
	}
	return w.again(ctx, query{flag, "", usual, id}, func(s string) error {
		if s == usual {
			return nil
		}
		return parseServer(flag, s, "", server)
	})
}

// parseServer parses the value of --imap or --smtp.
func parseServer(flag, text string, mode netx.TLSMode, to *netx.Server) error {
	implicit, start := 993, 143
	if flag == "--smtp" {
		implicit, start = 465, 587
	}
	s, err := netx.ParseServer(text, mode, implicit, start)
	if err == nil {
		*to = s
	}
	return err
}

// folders offers the other folders if the watched ones contain no mail of the shop.
func (w *wizard) folders(ctx context.Context) error {
	if len(w.c.Folders) > 0 {
		w.box.Folders = w.c.Folders
		return nil
	}
	mails := 0
	for _, f := range w.report.Watched {
		mails += f.Candidates
	}
	var others []string
	for _, f := range w.report.Folders {
		if !slices.Contains(w.box.Folders, f) && len(others) < mailwatch.MaxFolders {
			others = append(others, f)
		}
	}
	if mails > 0 || len(others) == 0 || w.c.Yes {
		return nil
	}
	return w.offer(ctx, others)
}

func (w *wizard) offer(ctx context.Context, others []string) error {
	box := w.box
	box.Folders = others
	account, err := w.account(box)
	if err != nil {
		return err
	}
	w.progress.Show(w.say.T("setup_looking"))
	report, err := mailwatch.Check(ctx, account)
	w.progress.Clear()
	if err != nil {
		return ctx.Err() // optional; the folders chosen so far are usable
	}
	var filled []string
	for _, f := range report.Watched {
		if f.Candidates > 0 {
			filled = append(filled, f.Folder)
			w.say1(w.say.T("setup_folder", "Folder", textx.Line(f.Folder, 80), "Mails", f.Candidates))
		}
	}
	if filled == nil {
		return nil
	}
	yes, err := w.yes(ctx, true, "setup_folders_agree")
	if yes {
		w.box.Folders = append(w.box.Folders, filled...)
		w.box.Folders = w.box.Folders[:min(len(w.box.Folders), mailwatch.MaxFolders)]
	}
	return err
}

// fileSecret reads the secret from the file given by a flag.
func (e *env) fileSecret(flag, path string) (string, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the person names the file
	if err != nil {
		return "", usage(flag + ": " + e.words(err))
	}
	text := strings.TrimRight(strings.TrimPrefix(string(raw), "\ufeff"), "\r\n")
	if text == "" || strings.ContainsAny(text, "\r\n\x00") {
		return "", usage(flag + ": " + e.say.T("setup_one_line", "Path", path))
	}
	return text, nil
}
