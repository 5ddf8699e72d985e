package pgtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Pooler is a pgbouncer in transaction mode before a server.
type Pooler struct {
	dir     string
	port    int
	process *exec.Cmd
	exited  chan struct{}
}

// Pool starts a pgbouncer for all databases of the server. The error is
// ErrNotInstalled if there is none. Stop it.
func (c *Cluster) Pool(ctx context.Context) (p *Pooler, err error) {
	const program = "/usr/sbin/pgbouncer"
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("pgbouncer: %w (apt-get install pgbouncer)", ErrNotInstalled)
	}
	p = &Pooler{}
	defer func() {
		if err != nil {
			p.Stop()
			err = fmt.Errorf("start pgbouncer: %w", err)
		}
	}()
	if p.dir, err = os.MkdirTemp("", "pgbouncer"); err != nil {
		return nil, err
	}
	if p.port, err = FreePort(); err != nil {
		return nil, err
	}
	users, settings := filepath.Join(p.dir, "users"), filepath.Join(p.dir, "pgbouncer.ini")
	text := fmt.Sprintf("[databases]\n* = host=127.0.0.1 port=%d\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\n"+
		"auth_type = trust\nauth_file = %s\npool_mode = transaction\nmax_client_conn = 200\ndefault_pool_size = 20\nserver_idle_timeout = 2\n", c.Port, p.port, users)
	for file, text := range map[string]string{users: fmt.Sprintf("%q \"\"\n", User), settings: text} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	if err := give(p.dir); err != nil {
		return nil, err
	}
	var log bytes.Buffer
	cmd := as(exec.Command(program, "-q", settings)) //nolint:noctx // ended by Stop
	cmd.Stderr = &log
	exited := make(chan struct{})
	if err := launch(cmd, exited); err != nil {
		return nil, err
	}
	p.process, p.exited = cmd, exited
	return p, await(ctx, exited, &log, func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.Addr())
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// Addr returns where the pooler listens.
func (p *Pooler) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// Stop ends the pooler and removes its files.
func (p *Pooler) Stop() {
	if p.process != nil {
		_ = p.process.Process.Kill()
		<-p.exited
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
}
