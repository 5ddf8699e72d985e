package imap_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

func TestFlagsAndUnreadMarksStayAsTheyAre(t *testing.T) {
	onEachServer(t, flagsStay)
}

func flagsStay(t *testing.T, b brand) {
	d := b.start(t, "")
	c := d.client(t, "alice")
	for i := range 6 {
		appendMail(t, c, "INBOX", shop, fmt.Sprint("old ", i))
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	for seq, flag := range map[uint32]imap.Flag{2: imap.FlagSeen, 4: imap.FlagFlagged} {
		if err := c.Store(imap.SeqSetNum(seq), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{flag}}, nil).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Unselect().Wait(); err != nil {
		t.Fatal(err)
	}
	before := d.seen(t)
	w := watch(t, d.account(t), newMemory())
	w.until(t, "first scan", 10*time.Second, func() bool { return len(w.subjects()) == 6 })
	w.until(t, "idle", 10*time.Second, w.in("INBOX", parcel.MailboxIdle))
	if diff := cmp.Diff(before, d.seen(t)); diff != "" {
		t.Errorf("seen by another client: %s", diff)
	}
	d.Deliver(t, "alice", message(shop, "new"))
	w.until(t, "new mail", 10*time.Second, w.has("new"))
	w.stop(t)
	if diff := cmp.Diff(strings.Replace(before, "unseen 5 of 6", "unseen 6 of 7", 1)+"7\n", d.seen(t)); diff != "" {
		t.Errorf("after new mail: %s", diff)
	}
}

func TestARecreatedFolderIsReadAgain(t *testing.T) {
	onEachServer(t, recreatedFolder)
}

func recreatedFolder(t *testing.T, b brand) {
	d := b.start(t, "")
	c := d.client(t, "alice")
	if err := c.Create("Shop", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	appendMail(t, c, "Shop", shop, "first life")
	a, p := d.account(t), newMemory()
	a.Folders = []string{"Shop"}
	w := watch(t, a, p)
	w.until(t, "first scan", 10*time.Second, w.has("first life"))
	if err := c.Delete("Shop").Wait(); err != nil {
		t.Fatal(err)
	}
	w.until(t, "the folder is missed", 30*time.Second, func() bool { return strings.Contains(w.state("Shop").Error, `there is no folder "Shop"`) })
	if err := c.Create("Shop", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	appendMail(t, c, "Shop", shop, "second life")
	t.Logf("read %v after it was made again", w.until(t, "second life", 30*time.Second, w.has("second life")))
	w.stop(t)
}

func TestExpungedAndMovedMail(t *testing.T) {
	onEachServer(t, movedMail)
}

func movedMail(t *testing.T, b brand) {
	d := b.start(t, "")
	c := d.client(t, "alice")
	if err := c.Create("Other", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	w := watch(t, d.account(t), newMemory())
	w.until(t, "idle", 10*time.Second, w.in("INBOX", parcel.MailboxIdle))
	for i := range 20 {
		appendMail(t, c, "INBOX", shop, fmt.Sprint("here ", i))
	}
	w.until(t, "all", 10*time.Second, func() bool { return len(w.subjects()) == 20 })
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Move(imap.SeqSet{{Start: 5, Stop: 15}}, "Other").Wait(); err != nil {
		t.Fatal(err)
	}
	appendMail(t, c, "INBOX", shop, "after the gap")
	w.until(t, "mail behind a gap", 10*time.Second, w.has("after the gap"))
	if _, err := c.Select("Other", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Move(imap.SeqSetNum(1), "INBOX").Wait(); err != nil { // comes back under a new UID
		t.Fatal(err)
	}
	w.until(t, "mail moved in", 10*time.Second, func() bool { return len(w.subjects()) == 22 })
	if got := w.state("INBOX"); got.State != parcel.MailboxIdle {
		t.Errorf("state: %+v", got)
	}
	w.stop(t)
}

func TestPollingWhereIdleIsOff(t *testing.T) {
	onEachServer(t, polling)
}

func polling(t *testing.T, b brand) {
	d := b.start(t, b.noIdle)
	w := watch(t, d.account(t), newMemory())
	w.until(t, "polling", 10*time.Second, w.in("INBOX", parcel.MailboxPolling))
	d.Deliver(t, "alice", message(shop, "polled"))
	t.Logf("found after %v with a poll of 1 s", w.until(t, "mail", 10*time.Second, w.has("polled")))
	w.stop(t)
}

func TestThreeFoldersOfTwoAccounts(t *testing.T) {
	onEachServer(t, threeFolders)
}

func threeFolders(t *testing.T, b brand) {
	d := b.start(t, "")
	for _, user := range []string{"alice", "bob"} {
		c := d.client(t, user)
		folders := []string{"INBOX", "Einkäufe", "Archive/Ärger & more"}
		for _, f := range folders[1:] {
			if err := c.Create(f, nil).Wait(); err != nil {
				t.Fatal(err)
			}
		}
		a := d.account(t)
		a.Auth, a.Folders = password(user, "secret"), folders
		w := watch(t, a, newMemory())
		for _, f := range folders {
			appendMail(t, c, f, shop, user+" in "+f)
		}
		w.until(t, user, 15*time.Second, func() bool { return len(w.subjects()) == 3 })
		w.stop(t)
	}
}

// TestWhatIsToldWhereLoginFails shows the one line a person gets.
func TestWhatIsToldWhereLoginFails(t *testing.T) {
	onEachServer(t, failedLogins)
}

func failedLogins(t *testing.T, b brand) {
	d := b.start(t, "")
	local := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+strconv.Itoa(d.Port+1))
	}
	cases := []loginCase{
		{"all is well", func(*mailwatch.Account) {}, ""},
		{"starttls", func(a *mailwatch.Account) { a.TLS, a.Port = netx.TLSStart, d.Port }, ""},
		{"plain on loopback", func(a *mailwatch.Account) { a.TLS, a.Port = netx.TLSNone, d.Port }, ""},
		{"a wrong password", func(a *mailwatch.Account) { a.Auth = password("alice", "wrong") }, "127.0.0.1 refuses the login ("},
		{"a password in another script", func(a *mailwatch.Account) { a.Auth = password("alice", "пароль\"\\") }, "127.0.0.1 refuses the login ("},
		{"a certificate nobody knows", func(a *mailwatch.Account) { a.TLSConfig = nil }, "not signed by a trusted authority; set ca = FILE, or fingerprint = \"sha256:"},
		{"a certificate for others", func(a *mailwatch.Account) { a.Host, a.Dial = "other.test", local }, "the certificate is not for other.test; set host to the name it was issued for: localhost, imap.rig.test"},
		{"no such host", func(a *mailwatch.Account) { a.Host = "no-such-host.invalid" }, "no-such-host.invalid"},
		{"TLS where there is none", func(a *mailwatch.Account) { a.Port = d.Port }, "does not start the connection with TLS"},
		{"nothing there", func(a *mailwatch.Account) { a.Port = 1 }, "nothing listens on 127.0.0.1:1"},
		{"a wrong folder", func(a *mailwatch.Account) { a.Folders = []string{"Nowhere"} }, `there is no folder "Nowhere" on 127.0.0.1; correct folders, there are: "INBOX"`},
	}
	if b.more {
		cases = append(cases, moreCases(t, d)...)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := d.account(t)
			c.change(&a)
			report, err := mailwatch.Check(t.Context(), a)
			if err == nil && len(report.Watched) == 1 {
				err = report.Watched[0].Err
			}
			got := locale.English(mailwatch.Fault(err, a))
			t.Log(got)
			if (c.want == "") != (err == nil) || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// loginCase is an account that is changed before it is tried.
type loginCase struct {
	name   string
	change func(*mailwatch.Account)
	want   string // empty where it works
}

// moreCases need tokens, or a second certificate.
func moreCases(t *testing.T, d *server) []loginCase {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(d.Dir, "jwt.key"))
	if err != nil {
		t.Fatal(err)
	}
	local := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+strconv.Itoa(d.Port+1))
	}
	return []loginCase{
		{"an expired certificate", func(a *mailwatch.Account) { a.Host, a.Dial = "expired.test", local }, "the certificate of expired.test is not valid today"},
		{"a token", func(a *mailwatch.Account) { a.Auth = bearer(token(key, "alice", time.Hour)) }, ""},
		{"an old token", func(a *mailwatch.Account) { a.Auth = bearer(token(key, "alice", -time.Hour)) }, "127.0.0.1 refuses the OAuth2 token"},
		{"a forged token", func(a *mailwatch.Account) { a.Auth = bearer(token([]byte("other"), "alice", time.Hour)) }, "127.0.0.1 refuses the OAuth2 token"},
	}
}

func bearer(token string) mailwatch.Authenticator {
	return func(context.Context) (mailwatch.Credential, error) {
		return mailwatch.Credential{Username: "alice", Token: token}, nil
	}
}

// token is what a provider's token service gives out.
func token(key []byte, user string, life time.Duration) string {
	now := time.Now()
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		enc.EncodeToString(fmt.Appendf(nil, `{"sub":%q,"iat":%d,"exp":%d}`, user, now.Add(-2*time.Hour).Unix(), now.Add(life).Unix()))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + enc.EncodeToString(mac.Sum(nil))
}
