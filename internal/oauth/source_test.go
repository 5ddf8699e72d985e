package oauth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parcelwatch/internal/oauth"
	"parcelwatch/internal/oauth/oauthtest"
	"parcelwatch/internal/provider"
)

func TestAnAccessTokenIsUsedUntilItRunsOutAndRotationIsKept(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{})
	v, now := newVault(), &clock{at: time.Now()}
	src := source(s, v, now, nil)
	if err := src.Keep(t.Context(), login(t, s)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		pass time.Duration
		want string
	}{{0, "access-1"}, {30 * time.Minute, "access-1"}, {29 * time.Minute, "access-2"}, {0, "access-2"}} {
		now.at = now.at.Add(step.pass)
		if got, err := src.Token(t.Context()); got != step.want || err != nil {
			t.Fatalf("after %s: got %q, %v, want %q", step.pass, got, err, step.want)
		}
	}
	if raw, _ := v.Secret(t.Context(), oauth.Key(provider.Microsoft, me)); !strings.Contains(raw, "refresh-2") {
		t.Errorf("the rotated token is not kept: %s", raw)
	}
	// Another process finds the renewed token.
	if got, err := source(s, v, now, nil).Token(t.Context()); got != "access-2" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestManyFoldersRenewOnce(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{})
	v, now := newVault(), &clock{at: time.Now()}
	src := source(s, v, now, nil)
	if err := src.Keep(t.Context(), login(t, s)); err != nil {
		t.Fatal(err)
	}
	now.at = now.at.Add(59 * time.Minute)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if got, err := src.Token(t.Context()); got != "access-2" || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	wg.Wait()
	if n := s.Refreshes(); n != 2 {
		t.Errorf("%d tokens were given, want the login's and one more", n)
	}
}

// rival renews the token between the first reading and the renewal.
type rival struct {
	*vault
	before func()
}

func (r *rival) Secret(ctx context.Context, name string) (string, error) {
	raw, err := r.vault.Secret(ctx, name)
	if before := r.before; before != nil {
		r.before = nil
		before()
	}
	return raw, err
}

func TestATokenThatAnotherProcessUsedUpIsReadAgain(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{Lives: 60}) // never valid for long enough: each call renews
	v, now := newVault(), &clock{at: time.Now()}
	other := source(s, v, now, nil)
	if err := other.Keep(t.Context(), login(t, s)); err != nil {
		t.Fatal(err)
	}
	r := &rival{vault: v}
	r.before = func() {
		if _, err := other.Token(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if got, err := source(s, r, now, nil).Token(t.Context()); got != "access-3" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestARotatedTokenOutlivesAVaultThatIsFull(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{Lives: 60})
	v, now := newVault(), &clock{at: time.Now()}
	var out bytes.Buffer
	src := source(s, v, now, slog.New(slog.NewTextHandler(&out, nil)))
	if err := src.Keep(t.Context(), login(t, s)); err != nil {
		t.Fatal(err)
	}
	v.full = errors.New("disk full")
	for _, want := range []string{"access-2", "access-3"} {
		if got, err := src.Token(t.Context()); got != want || err != nil {
			t.Fatalf("got %q, %v, want %q", got, err, want)
		}
	}
	v.full = nil
	if _, err := src.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if raw, _ := v.Secret(t.Context(), oauth.Key(provider.Microsoft, me)); !strings.Contains(raw, "refresh-4") {
		t.Errorf("kept: %s", raw)
	}
	if s := out.String(); !strings.Contains(s, "disk full") || strings.Contains(s, "refresh-") || strings.Contains(s, "access-") {
		t.Errorf("log: %s", s)
	}
}

func TestARevokedLoginIsFinalAndABrokenServiceIsNot(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{Lives: 60})
	src := source(s, newVault(), &clock{at: time.Now()}, nil)
	if _, err := src.Token(t.Context()); !errors.Is(err, oauth.ErrNoLogin) || !oauth.Final(err) {
		t.Errorf("before a login: %v", err)
	}
	if err := src.Keep(t.Context(), login(t, s)); err != nil {
		t.Fatal(err)
	}
	s.Break(http.StatusServiceUnavailable)
	if _, err := src.Token(t.Context()); err == nil || oauth.Final(err) || !strings.Contains(err.Error(), "503") {
		t.Errorf("a broken service: %v", err)
	}
	s.Break(0)
	if _, err := src.Token(t.Context()); err != nil {
		t.Errorf("a mended service: %v", err)
	}
	s.Revoke()
	if _, err := src.Token(t.Context()); !errors.Is(err, oauth.ErrEnded) || !oauth.Final(err) {
		t.Errorf("a revoked login: %v", err)
	}
}

func TestALoginForAnotherApplicationIsNone(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{})
	v, now := newVault(), &clock{at: time.Now()}
	if err := source(s, v, now, nil).Keep(t.Context(), login(t, s)); err != nil {
		t.Fatal(err)
	}
	a := app(s, provider.Microsoft)
	a.ClientID = "other"
	if _, err := oauth.NewSource(a, me, v, oauth.Options{HTTP: client(), Now: now.now}).Token(t.Context()); !errors.Is(err, oauth.ErrNoLogin) {
		t.Errorf("got %v", err)
	}
	if err := v.SetSecret(t.Context(), oauth.Key(provider.Microsoft, me), "{"); err != nil {
		t.Fatal(err)
	}
	if _, err := source(s, v, now, nil).Token(t.Context()); !errors.Is(err, oauth.ErrNoLogin) {
		t.Errorf("damaged: %v", err)
	}
}

func TestNoVerbLogOrEncoderShowsAToken(t *testing.T) {
	t.Parallel()
	token := login(t, open(t, oauthtest.Config{}))
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", token)
	fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d %v\n", token, token, token, token, token, token, token, &token)
	if err := json.NewEncoder(&out).Encode(token); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Contains(s, "access-") || strings.Contains(s, "refresh-") || !strings.Contains(s, "(hidden)") {
		t.Errorf("shown: %s", s)
	}
}

func TestTheNumberOfAReasonIsKept(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{Lives: 60})
	src := source(s, newVault(), &clock{at: time.Now()}, nil)
	if err := src.Keep(t.Context(), login(t, s)); err != nil {
		t.Fatal(err)
	}
	s.Revoke()
	_, err := src.Token(t.Context())
	if err == nil || !strings.HasSuffix(err.Error(), ": AADSTS70000") || strings.Contains(err.Error(), "refresh-") {
		t.Errorf("got %v", err)
	}
}

func TestAnErrorDoesNotRepeatWhatWasSent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	s := open(t, oauthtest.Config{Lives: 60})
	v, now := newVault(), &clock{at: time.Now()}
	src := source(s, v, now, nil)
	raw, _ := json.Marshal(map[string]any{"client_id": oauthtest.ClientID, "refresh": long})
	if err := v.SetSecret(t.Context(), oauth.Key(provider.Microsoft, me), string(raw)); err != nil {
		t.Fatal(err)
	}
	_, err := src.Token(t.Context())
	if !errors.Is(err, oauth.ErrEnded) || strings.Contains(err.Error(), "xxx") {
		t.Errorf("got %v", err)
	}
}
