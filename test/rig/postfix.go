package rig

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Postfix is an SMTP server that delivers to a Dovecot.
type Postfix struct {
	Dir  string
	Port int // submission with STARTTLS; Port+1 with TLS from the first byte
}

// NewPostfix is a server in dir that is not started yet. Other users of the
// system must be able to enter dir.
func NewPostfix(ctx context.Context, dir string) (*Postfix, error) {
	port, err := FreePorts(ctx, 2)
	if err != nil {
		return nil, fmt.Errorf("postfix: %w", err)
	}
	return &Postfix{Dir: dir, Port: port}, nil
}

// Up starts the server and returns once it answers. Logins are those of d, and
// mail goes there.
func (p *Postfix) Up(ctx context.Context, d *Dovecot) error {
	return run(ctx, nil, "postfix.sh", p.Dir, strconv.Itoa(p.Port), filepath.Join(d.Dir, "tls"),
		filepath.Join(d.Dir, "run", "auth-client"), strconv.Itoa(d.Port+2))
}

// Down ends the server.
func (p *Postfix) Down(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "postfix", "-c", filepath.Join(p.Dir, "etc"), "stop")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("stop postfix: %w: %s", err, out)
	}
	return nil
}
