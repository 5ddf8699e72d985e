package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
)

const (
	box    = "[[mailbox]]\nhost = \"imap.example.org\"\nusername = \"me\"\npassword = \"x\"\n"
	digest = "[[digest]]\nto = [\"me@example.org\"]\n"
	smtp   = "[smtp]\nhost = \"smtp.example.org\"\nfrom = \"me@example.org\"\n"
	rule   = "[[rule]]\nname = \"x\"\nsender = \"shop.example\"\n"
)

func TestNeedNamesWhatCannotBe(t *testing.T) {
	t.Parallel()
	certificate := strings.Repeat("AB:", 31) + "AB"
	for name, tt := range map[string]struct {
		text string
		need config.Section
		line int
		key  string
		want string
	}{
		"no mailbox at all":               {"", config.NeedMailbox, 0, "mailbox", "setup"},
		"no digest at all":                {"", config.NeedDigest, 0, "digest", "[[digest]]"},
		"no mail server":                  {"", config.NeedSMTP, 0, "smtp.host", "is missing"},
		"no host":                         {"[[mailbox]]\nusername = \"me\"\npassword = \"x\"\n", config.NeedMailbox, 1, "mailbox.host", "is missing"},
		"a host with a scheme":            {strings.Replace(box, "imap.", "https://imap.", 1), config.NeedMailbox, 2, "mailbox.host", "without ://"},
		"no user":                         {strings.Replace(box, "username = \"me\"\n", "", 1), config.NeedMailbox, 1, "mailbox.username", "is missing"},
		"no password":                     {strings.Replace(box, "password = \"x\"\n", "", 1), config.NeedMailbox, 1, "mailbox.password", "is missing"},
		"a port out of range":             {box + "port = 99999\n", config.NeedMailbox, 5, "mailbox.port", "65535"},
		"password and oauth2":             {box + "oauth2 = { provider = \"google\", client_id = \"a\" }\n", config.NeedMailbox, 5, "mailbox.oauth2", "cannot stand together"},
		"an unknown provider":             {strings.Replace(box, "password = \"x\"", "oauth2 = { provider = \"gogle\", client_id = \"a\" }", 1), config.NeedMailbox, 4, "mailbox.oauth2.provider", `"google"`},
		"no client id":                    {strings.Replace(box, "password = \"x\"", "oauth2 = { provider = \"google\" }", 1), config.NeedMailbox, 4, "mailbox.oauth2.client_id", "is missing"},
		"tokens over plain http":          {strings.Replace(box, "password = \"x\"", "oauth2 = { provider = \"google\", client_id = \"a\", endpoint = \"http://login.example\" }", 1), config.NeedMailbox, 4, "mailbox.oauth2.endpoint", "this machine only"},
		"plain text over the network":     {box + "tls = \"none\"\n", config.NeedMailbox, 5, "mailbox.tls", "this machine only"},
		"a fingerprint without TLS":       {"[smtp]\nhost = \"localhost\"\nfrom = \"a@b.c\"\ntls = \"none\"\nfingerprint = \"sha256:" + certificate + "\"\n", config.NeedSMTP, 4, "smtp.tls", "cannot stand together"},
		"a short fingerprint":             {box + "fingerprint = \"sha256:AB\"\n", config.NeedMailbox, 5, "mailbox.fingerprint", "64"},
		"authority and fingerprint":       {box + "ca = \"x\"\nfingerprint = \"sha256:" + certificate + "\"\n", config.NeedMailbox, 6, "mailbox.fingerprint", "cannot stand together"},
		"two mailboxes of one name":       {box + box, config.NeedMailbox, 5, "mailbox.name", "two mailboxes"},
		"no folder":                       {box + "folders = []\n", config.NeedMailbox, 5, "mailbox.folders", "at least one"},
		"a folder twice":                  {box + "folders = [\"a\", \"a\"]\n", config.NeedMailbox, 5, "mailbox.folders", "twice"},
		"a forwarder that is no address":  {box + "forwarders = [\"partner\"]\n", config.NeedMailbox, 5, "mailbox.forwarders", "mail address"},
		"a password without a user":       {smtp + "password = \"x\"\n", config.NeedSMTP, 1, "smtp.username", "is missing"},
		"a user without a password":       {smtp + "username = \"x\"\n", config.NeedSMTP, 1, "smtp.password", "is missing"},
		"a sender that is no address":     {strings.Replace(smtp, "me@", "me at ", 1), config.NeedSMTP, 3, "smtp.from", "mail address"},
		"nobody to tell":                  {"[[digest]]\nto = []\n", config.NeedDigest, 2, "digest.to", "at least one address"},
		"a recipient that is no address":  {"[[digest]]\nto = [\"me@example.org\", \"you\"]\n", config.NeedDigest, 2, "digest.to", "mail address"},
		"times and cron":                  {digest + "at = [\"08:00\"]\ncron = \"0 8 * * *\"\n", config.NeedDigest, 4, "digest.cron", "cannot stand together"},
		"a cron of three fields":          {digest + "cron = \"0 8 *\"\n", config.NeedDigest, 3, "digest.cron", "five fields"},
		"a cron with a zone of its own":   {digest + "cron = \"TZ=UTC 0 8 * * *\"\n", config.NeedDigest, 3, "digest.cron", "five fields"},
		"no time at all":                  {digest + "at = []\n", config.NeedDigest, 3, "digest.at", "at least one time"},
		"a mailbox that is not there":     {strings.Replace(box, "host", "name = \"home\"\nhost", 1) + digest + "mailboxes = [\"hone\"]\n", config.NeedDigest, 8, "digest.mailboxes", `"home"`},
		"an unknown status":               {digest + "urgent = [\"delivred\"]\n", config.NeedDigest, 3, "digest.urgent", `"delivered"`},
		"an unknown language of a digest": {digest + "language = \"xx\"\n", config.NeedDigest, 3, "digest.language", "unknown language"},
		"two digests of one name":         {digest + "name = \"a\"\n" + digest + "name = \"a\"\n", config.NeedDigest, 6, "digest.name", "two digests"},
		"a channel without address":       {"[[channel]]\nname = \"x\"\n", config.NeedChannels, 1, "channel.url", "is missing"},
		"two channels of one name":        {"[[channel]]\nname = \"x\"\nurl = \"y\"\n[[channel]]\nname = \"x\"\nurl = \"z\"\n", config.NeedChannels, 5, "channel.name", "two channels"},
		"a channel's unknown status":      {"[[channel]]\nurl = \"x\"\nurgent = [\"x\"]\n", config.NeedChannels, 3, "channel.urgent", "unknown status"},
		"a rule without name":             {"[[rule]]\nsender = \"a.b\"\nbody = '(?P<number>x)'\n", config.NeedRules, 1, "rule.name", "is missing"},
		"a rule without sender":           {"[[rule]]\nname = \"x\"\nbody = '(?P<number>x)'\n", config.NeedRules, 1, "rule.sender", "is missing"},
		"a rule that finds nothing":       {rule + "body = 'x'\n", config.NeedRules, 1, "rule", "number or order"},
		"a rule with an unknown group":    {rule + "body = '(?P<number>x)(?P<ordr>x)'\n", config.NeedRules, 4, "rule.body", `"order"`},
		"a rule's sender cut short":       {strings.Replace(rule, "shop.example", "a@", 1) + "body = '(?P<number>x)'\n", config.NeedRules, 3, "rule.sender", "mail address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := load(t, tt.text)
			err := c.Need(tt.need)
			var e *config.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a *config.Error", err)
			}
			if e.Line != tt.line || e.Key != tt.key || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("got line %d, key %q, %q\nwant line %d, key %q, words %q", e.Line, e.Key, e.Error(), tt.line, tt.key, tt.want)
			}
		})
	}
}

func TestACommandNeedsOnlyTheSectionsItUses(t *testing.T) {
	t.Parallel()
	c := load(t, "[[mailbox]]\nname = \"half\"\n"+smtp)
	if err := c.Need(config.NeedSMTP, config.NeedRules, config.NeedChannels); err != nil {
		t.Errorf("a half mailbox disturbs the rest: %v", err)
	}
	if err := c.Need(config.NeedMailbox); err == nil {
		t.Error("a half mailbox passes")
	}
	if err := config.Default().Need(config.NeedMailbox); err == nil {
		t.Error("no mailbox passes")
	}
}

func TestWhatIsPossiblePasses(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"localhost", "127.0.0.1", "::1", "127.9.9.9"} {
		c := load(t, strings.Replace(box, "imap.example.org", host, 1)+"tls = \"none\"\n")
		if err := c.Need(config.NeedMailbox); err != nil {
			t.Errorf("%s without TLS: %v", host, err)
		}
	}
	c := load(t, box+"fingerprint = \"SHA256:"+strings.Repeat("AB:", 31)+"AB\"\n")
	if err := c.Need(config.NeedMailbox); err != nil || c.Mailboxes[0].Fingerprint != "sha256:"+strings.Repeat("ab", 32) {
		t.Errorf("a fingerprint as openssl prints it: %v, %s", err, c.Mailboxes[0].Fingerprint)
	}
	c = load(t, digest+"cron = \"0 8 * * 1-5\"\n"+digest)
	if err := c.Need(config.NeedDigest); err != nil || c.Digests[1].Name != "digest-2" || c.Digests[0].At != nil {
		t.Errorf("cron: %v, %+v", err, c.Digests)
	}
	c = load(t, strings.Replace(box, "password = \"x\"", "oauth2 = { provider = \"microsoft\", client_id = \"a\" }", 1))
	if err := c.Need(config.NeedMailbox); err != nil || c.Mailboxes[0].OAuth2.ClientID != "a" {
		t.Errorf("oauth2: %v", err)
	}
}

var posts = map[string][]config.Setting{
	"russianpost": {{Name: "login", Required: true}, {Name: "password", Secret: true, Required: true}},
	"novaposhta":  {{Name: "key", Secret: true}},
	"upu":         nil,
}

func TestCarrierConfigsAreCheckedAgainstWhatCarriersTake(t *testing.T) {
	t.Parallel()
	c := load(t, `
[carriers.russianpost]
login = "me"
password = { env = "X" }
endpoint = "http://127.0.0.1:8080/"
[carriers.upu]
enabled = false
proxy = "socks5://127.0.0.1:9050"
`)
	got, err := c.CarrierConfigs(posts)
	if err != nil {
		t.Fatal(err)
	}
	if r := got["russianpost"]; !r.Enabled || r.Endpoint != "http://127.0.0.1:8080" || r.Missing != nil {
		t.Errorf("russianpost: %+v", r)
	}
	if u := got["upu"]; u.Enabled || u.Proxy.URL().Port() != "9050" {
		t.Errorf("upu: %+v", u)
	}
	if n, ok := got["novaposhta"]; !ok || !n.Enabled || n.Missing != nil {
		t.Errorf("novaposhta needs no section: %+v", n)
	}
	none, err := config.Default().CarrierConfigs(posts)
	if diff := cmp.Diff([]string{"login", "password"}, none["russianpost"].Missing); diff != "" || err != nil {
		t.Errorf("without a section: %v %s", err, diff)
	}
}

func TestHalfACredentialIsAnErrorWithItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[carriers.russianpost]\nlogin = \"me\"\n":                             "2: carriers.russianpost.login: password is missing, and the carrier needs both",
		"[carriers.russianpost]\npassword = { env = \"X\" }\n":                 "2: carriers.russianpost.password: login is missing, and the carrier needs both",
		"[carriers.russianpost]\nlogin = \"\"\npassword = { env = \"X\" }\n":   "3: carriers.russianpost.password: login is missing, and the carrier needs both",
		"[carriers.russianpost]\nlogin = \"\"\nenabled = true\n":               "",
		"[carriers.russianpost]\nlogin = \"me\"\npassword = { env = \"X\" }\n": "",
	} {
		_, err := load(t, text).CarrierConfigs(posts)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestUrgentMailWaitsAtNightByDefault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "22:00-07:00", `quiet = "23:30-06:00"`: "23:30-06:00", `quiet = "00:00-00:00"`: "00:00-00:00"} {
		quiet := load(t, "[[digest]]\nto = [\"me@example.org\"]\n"+text+"\n").Digests[0].Quiet
		if got := quiet.From.String() + "-" + quiet.To.String(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestCarrierSettingsAreResolved(t *testing.T) {
	t.Setenv("PARCELWATCH_TEST_SECRET", "s3cret")
	c := load(t, "[carriers.russianpost]\nlogin = \"me\"\npassword = { env = \"PARCELWATCH_TEST_SECRET\" }\n")
	all, err := c.CarrierConfigs(posts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := all["russianpost"].Resolve(t.Context())
	if diff := cmp.Diff(map[string]string{"login": "me", "password": "s3cret"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	t.Setenv("PARCELWATCH_TEST_SECRET", "")
	if _, err := all["russianpost"].Resolve(t.Context()); err == nil || !strings.Contains(err.Error(), "password: ") {
		t.Errorf("got %v, want the setting's name", err)
	}
	if s := fmt.Sprintf("%+v %#v", all, all); strings.Contains(s, `"me"`) {
		t.Errorf("a login is shown: %s", s)
	}
}

func TestCarrierConfigsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[carriers.rusianpost]\nlogin = \"x\"\n":                    ":1: carriers.rusianpost: unknown carrier, did you mean \"russianpost\"?",
		"[carriers.upu]\nkey = \"x\"\n":                             ":2: carriers.upu.key: unknown key, expected one of: enabled, endpoint, proxy",
		"[carriers.upu]\nenabled = \"no\"\n":                        ":2: carriers.upu.enabled: true or false is expected",
		"[carriers.upu]\nproxy = \"x\"\n":                           ":2: carriers.upu.proxy: an address of a proxy",
		"[carriers.upu]\nendpoint = \"x\"\n":                        ":2: carriers.upu.endpoint: an address in quotes",
		"[carriers.upu]\nendpoint = 3\n":                            ":2: carriers.upu.endpoint: an address in quotes",
		"[carriers.upu]\nendpoint = \"http://example.org\"\n":       ":2: carriers.upu.endpoint: plain http",
		"[carriers.upu]\nendpoint = \"https://example.org/x\"\n":    ":2: carriers.upu.endpoint: only scheme and host",
		"[carriers.upu]\nendpoint = \"https://u:p@example.org\"\n":  ":2: carriers.upu.endpoint: only scheme and host",
		"[carriers.russianpost]\npassword = { fil = \"x\" }\n":      ":2: carriers.russianpost.password: unknown form of a secret",
		"[carriers]\nrussianpost = { logn = \"x\" }\n":              ":2: carriers.russianpost.logn: unknown key, did you mean \"login\"?",
		"[carriers.russianpost]\n[carriers.russianpost.password]\n": ":2: carriers.russianpost.password: exactly one of these",
	} {
		_, err := load(t, text).CarrierConfigs(posts)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
