package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/store/sqlite"
)

// running returns an app that runs on an empty store.
func running(t *testing.T, cfg *config.Config) *App {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	a, err := New(t.Context(), cfg, Deps{Store: db, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return a
}

// counting returns a configuration with a secret from a command, and the number of times
// that the command has run.
func counting(t *testing.T) (cfg *config.Config, ran func() int) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the command is a shell's")
	}
	dir := t.TempDir()
	path, count := filepath.Join(dir, "parcelwatch.toml"), filepath.Join(dir, "count")
	text := fmt.Sprintf("[carriers.seventeentrack]\nkey = { command = ['sh', '-c', 'echo x >> %s; echo secret'] }\n", count)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return cfg, func() int {
		raw, err := os.ReadFile(count)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(raw), "x")
	}
}

func TestAReloadRunsASecretCommandOnce(t *testing.T) {
	t.Parallel()
	cfg, ran := counting(t)
	a := running(t, cfg)
	before := a.life.Load()
	if err := a.Reload(t.Context(), cfg, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if n := ran(); n != 2 {
		t.Errorf("the command ran %d times for a start and a reload", n)
	}
	for a.life.Load() == before {
		runtime.Gosched()
	}
}

func TestAConfigurationThatDoesNotFitChangesNothing(t *testing.T) {
	t.Parallel()
	a := running(t, config.Default())
	before := a.life.Load()
	bad := config.Default()
	bad.Mailboxes = []config.Mailbox{{Name: "work", Server: config.Server{CA: filepath.Join(t.TempDir(), "none.pem")}}}
	if err := a.Reload(t.Context(), bad, func() error { t.Error("it is committed"); return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing authority: %v", err)
	}
	full := errors.New("the disk is full")
	if err := a.Reload(t.Context(), config.Default(), func() error { return full }); !errors.Is(err, full) {
		t.Errorf("a log that cannot be opened: %v", err)
	}
	if a.life.Load() != before {
		t.Error("the configuration was replaced")
	}
}
