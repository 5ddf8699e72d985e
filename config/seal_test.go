package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/config"
)

const (
	key    = "correct horse battery staple, and more of it"
	inline = "# keep me\n[[mailbox]]\nhost = \"imap.example.net\"   # and me\nusername = \"anna\"\npassword = 'pass \"one\"'\n\n" +
		"[[mailbox]]\nname = \"work\"\nhost = \"imap.example.com\"\nusername = \"anna\"\n" +
		"oauth2 = { provider = \"google\", client_id = \"id\", client_secret = \"two\" }\n" +
		"[[digest]]\nto = [\"anna@example.net\"]\n[[channel]]\nurl = \"ntfy://three\"\n[[channel]]\nurl = { env = \"NTFY\" }\n[web]\npassword = \"\\u0444our\"\n"
)

func sealing(t *testing.T, key string) *config.Config {
	t.Helper()
	c := load(t, good)
	if key != "" {
		c.Store.Key = config.Plain(key)
	}
	return c
}

func seal(t *testing.T, c *config.Config, name, doc string) string {
	t.Helper()
	out, err := c.Seal(t.Context(), name, []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestASealedDocumentKeepsEverythingButItsSecrets(t *testing.T) {
	t.Parallel()
	c := sealing(t, key)
	got := seal(t, c, "anna", inline)
	for _, secret := range []string{"pass \"one\"", "two", "three", "our\"", "four"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is readable in\n%s", secret, got)
		}
	}
	if strings.Count(got, "\n") != strings.Count(inline, "\n") || !strings.HasPrefix(got, "# keep me\n") || !strings.Contains(got, "   # and me\n") || !strings.Contains(got, `{ env = "NTFY" }`) {
		t.Errorf("comments, order and other forms remain:\n%s", got)
	}
	h, err := c.Household("anna", "", []byte(got))
	if err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]config.Secret{
		`pass "one"`: h.Mailboxes[0].Password, "two": h.Mailboxes[1].OAuth2.ClientSecret, "ntfy://three": h.Channels[0].URL, "four": h.Web.Password,
	} {
		if want == "four" {
			want = "фour"
		}
		if got, err := s.Resolve(t.Context()); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	t.Run("twice is once", func(t *testing.T) {
		t.Parallel()
		if again := seal(t, c, "anna", got); again != got {
			t.Errorf("got\n%s", again)
		}
	})
	t.Run("the same secret looks different each time", func(t *testing.T) {
		t.Parallel()
		if again := seal(t, c, "anna", inline); again == got {
			t.Error("nonces repeat")
		}
	})
	t.Run("in a file with the name it opens too", func(t *testing.T) {
		t.Parallel()
		h, err := c.Household("anna", "/etc/h/anna.toml", []byte(got))
		if err != nil || h.CheckSealed(t.Context()) != nil {
			t.Errorf("got %v, %v", err, h.CheckSealed(t.Context()))
		}
	})
}

func TestASealedSecretOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	doc := seal(t, sealing(t, key), "anna", inline)
	lines := strings.Split(doc, "\n")
	cut := strings.Index(doc, "sealed = \"") + len("sealed = \"v1.12345678.") + 50
	flip := map[bool]string{true: "B", false: "A"}[doc[cut] == 'A']
	keyFile, missing := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "none", "key")
	if err := os.WriteFile(keyFile, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fromFile := load(t, good+"[store]\nkey = { file = '"+keyFile+"' }\n")
	for name, tt := range map[string]struct {
		c         *config.Config
		household string
		doc       string
		want      string
	}{
		"the right place":               {sealing(t, key), "anna", doc, ""},
		"the key in a file":             {fromFile, "anna", doc, ""},
		"another key":                   {sealing(t, key+"!"), "anna", doc, "household anna, line 5: mailbox.password: the secret was sealed with another key than the one in [store] key"},
		"no key":                        {sealing(t, ""), "anna", doc, "there is no [store] key"},
		"a short key":                   {sealing(t, "short"), "anna", doc, "openssl rand -base64 32"},
		"another household":             {sealing(t, key), "boris", doc, "household boris, line 5: mailbox.password: the secret was sealed for another household or setting"},
		"another setting":               {sealing(t, key), "anna", strings.Replace(doc, lines[len(lines)-2], lines[4], 1), "line 19: web.password: the secret was sealed for another"},
		"a byte of it":                  {sealing(t, key), "anna", doc[:cut] + flip + doc[cut+1:], "or it is damaged"},
		"a key that cannot be read":     {load(t, good+"[store]\nkey = { file = '"+missing+"' }\n"), "anna", doc, missing + ": no such file"},
		"a key id that is of no key":    {sealing(t, key), "anna", strings.Replace(doc, "v1.", "v1.0000", 1), "incomplete"},
		"a version that is yet to come": {sealing(t, key), "anna", strings.Replace(doc, "v1.", "v2.", 1), "incomplete"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := tt.c.Household(tt.household, "", []byte(tt.doc))
			if err == nil {
				err = h.CheckSealed(t.Context())
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSecretsAreNotStoredOpen(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ key, doc, want string }{
		"without a key":        {"", inline, "household anna, line 5: mailbox.password: a secret in the document needs [store] key"},
		"with a short key":     {"0123456789", inline, "line 5: mailbox.password: [store] key needs at least 32 characters"},
		"a proxy's password":   {key, strings.Replace(inline, "username", "proxy = \"socks5://a:b@127.0.0.1:1\"\nusername", 1), "line 4: mailbox.proxy: a proxy's address with a password cannot be sealed"},
		"a document with more": {key, inline + "[smtp]\nhost = \"x\"\n", "whole installation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sealing(t, tt.key).Seal(t.Context(), "anna", []byte(tt.doc))
			if err == nil || got != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
	t.Run("a document without secrets needs no key", func(t *testing.T) {
		t.Parallel()
		folder, err := filepath.Abs("/etc/h")
		if err != nil {
			t.Fatal(err)
		}
		doc := strings.ReplaceAll(anna, `file = "`, `file = "`+filepath.ToSlash(folder)+"/")
		if got := seal(t, sealing(t, ""), "anna", doc); got != doc {
			t.Errorf("got\n%s", got)
		}
	})
}

func TestHideLeavesNoSecret(t *testing.T) {
	t.Parallel()
	c := sealing(t, key)
	doc := "\ufeff" + strings.Replace(inline, "username", "proxy = \"socks5://a:b@127.0.0.1:1\"\nusername", 1)
	got, err := c.Hide("anna", "/etc/h/anna.toml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(got, []byte(`"(hidden)"`)); n != 5 || bytes.Contains(got, []byte("a:b@")) || bytes.Contains(got, []byte("two")) {
		t.Errorf("got %d hidden in\n%s", n, got)
	}
}

func TestTheConfigurationHasNoSealedSecrets(t *testing.T) {
	t.Parallel()
	_, err := config.Load(write(t, "[smtp]\npassword = { sealed = \"v1.00000000.AAAA\" }\n"))
	if err == nil || !strings.Contains(err.Error(), "unknown form") && !strings.Contains(err.Error(), "file, env, command") {
		t.Errorf("got %v", err)
	}
}
