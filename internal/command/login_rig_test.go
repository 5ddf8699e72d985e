//go:build unix

package command

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers/all"
	"parcelwatch/internal/oauth"
	"parcelwatch/internal/oauth/oauthtest"
	"parcelwatch/internal/provider"
	"parcelwatch/store"
	"parcelwatch/store/driver"
	"parcelwatch/test/rig"
)

// tokenServer is a real Dovecot that accepts tokens signed by the test's service.
type tokenServer struct{ *rig.Dovecot }

// token returns a JWT for the user with the given validity.
func (r tokenServer) token(user string, good time.Duration) string {
	key, err := os.ReadFile(filepath.Join(r.Dir, "jwt.key"))
	if err != nil {
		return err.Error()
	}
	now := time.Now().Unix()
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		enc.EncodeToString(fmt.Appendf(nil, `{"sub":%q,"iat":%d,"exp":%d}`, user, now-10, now+int64(good/time.Second)))
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(text))
	return text + "." + enc.EncodeToString(sum.Sum(nil))
}

// TestTokensOpenARealMailbox logs in to Dovecot with both mechanisms through the whole
// program: login, daemon, renewal, and a revoked login.
func TestTokensOpenARealMailbox(t *testing.T) {
	for _, mechanism := range []string{"xoauth2", "oauthbearer"} {
		t.Run(mechanism, func(t *testing.T) {
			r := tokenServer{rig.StartDovecot(t, "auth_mechanisms = plain "+mechanism, nil)}
			user := "alice"
			service := oauthtest.Open(oauthtest.Config{Lives: 60, Access: func(int) string { return r.token(user, time.Hour) }})
			t.Cleanup(service.Close)
			dir := t.TempDir()
			path, storePath := filepath.Join(dir, "parcelwatch.toml"), filepath.Join(dir, "parcelwatch.db")
			text := fmt.Sprintf(`language = "en"
[[mailbox]]
name = "alice"
host = "127.0.0.1"
port = %d
ca = %q
username = "alice"
oauth2 = { provider = "microsoft", client_id = %q, endpoint = %q }
trusted_authserv = ["mx.demo.example"]
[[digest]]
to = ["alice@rig.test"]
at = ["08:00"]
[smtp]
host = "127.0.0.1"
port = 1
tls = "none"
from = "alice@rig.test"
[store]
path = %q
`, r.Port+1, r.CA(), oauthtest.ClientID, service.URL, storePath)
			var config strings.Builder
			config.WriteString(text)
			for _, f := range all.Factories() { // nothing leaves this machine
				fmt.Fprintf(&config, "[carriers.%s]\nenabled = false\n", f.Info.Name)
			}
			if err := os.WriteFile(path, []byte(config.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			user = "bob"
			if code, _, errs := command(t.Context(), "--config", path, "login"); code != exitFailed || !strings.Contains(errs, "log in as alice") {
				t.Fatalf("another account: exit status %d, %s", code, errs)
			}
			user = "alice"
			if code, out, errs := command(t.Context(), "--config", path, "login"); code != exitGood || !strings.Contains(out, "accepts the login") {
				t.Fatalf("exit status %d\n%s%s", code, out, errs)
			}
			before := service.Refreshes()
			d := startDaemon(t, path)
			wait(t, "an idle mailbox", func() bool {
				_, doc := statusOf(t, path)
				return len(doc.Mailboxes) == 1 && doc.Mailboxes[0].State == "idle"
			})
			r.Deliver(t, "alice", fmt.Sprintf(letter, "LP00710020030040", time.Now().Format(time.RFC1123Z)))
			wait(t, "a parcel", func() bool {
				_, out, _ := command(t.Context(), "--config", path, "list")
				return strings.Contains(out, "LP00710020030040")
			})
			if service.Refreshes() == before {
				t.Error("the token was not renewed")
			}
			d.stop()
			service.Revoke()
			d = startDaemon(t, path)
			wait(t, "a mailbox that is refused", func() bool {
				_, doc := statusOf(t, path)
				return len(doc.Mailboxes) == 1 && doc.Mailboxes[0].State == "refused" && strings.Contains(doc.Mailboxes[0].Error, "parcelwatch login alice")
			})
			d.stop()
			if kept, err := (storeVault{driver.At(storePath, nil), time.Now, store.Home}).Secret(t.Context(), oauth.Key(provider.Microsoft, "alice")); err != nil || strings.Contains(d.errs.String(), kept) {
				t.Errorf("kept: %v", err)
			}
			if strings.Contains(d.errs.String(), "eyJ") || strings.Contains(d.errs.String(), "refresh-") {
				t.Errorf("a token is in the log:\n%s", d.errs)
			}
		})
	}
}

// TestSetupAgainstARealServer pins an unknown certificate after asking.
func TestSetupAgainstARealServer(t *testing.T) {
	r := rig.StartDovecot(t, "", nil)
	p := newPlaceFor(t)
	c := p.servers()
	// The TLS mode is not given: setup must find STARTTLS.
	c.IMAP, c.IMAPTLS, c.Username, c.NoSample = fmt.Sprintf("127.0.0.1:%d", r.Port), "", "alice", true
	w, out := p.wizard(c, "en_US.UTF-8", "alice@demo.example", "secret", "no", "", "yes", "DE")
	_ = w.run(t.Context()) // the outgoing server does not know alice
	if !strings.Contains(out.String(), "is not signed by a trusted authority") || !strings.Contains(out.String(), "Login works") || w.box.Fingerprint == "" {
		t.Errorf("said:\n%s", out)
	}
	p.untouched()
}
