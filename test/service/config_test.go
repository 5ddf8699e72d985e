package service_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers/all"
	"parcelwatch/test/rig"
)

const (
	configFile = "/etc/parcelwatch/parcelwatch.toml"
	storeFile  = "/var/lib/parcelwatch/parcelwatch.db"
	dropIn     = "/etc/systemd/system/parcelwatch.service.d/secrets.conf"
)

// settings are what differs between the configurations of these tests.
type settings struct {
	file     string // configFile where empty
	password string // where the mailbox's is; a credential of systemd's where empty
	imap     int    // the Dovecot's own port where 0
	smtp     int    // nobody listens where 0
	post     string // address of a Russian Post; none where empty
	more     string
}

// configure writes the configuration as root would: the password of the mailbox
// is a credential of systemd's, the other one a file of its own.
func configure(t *testing.T, b *box, d *rig.Dovecot, s settings) {
	t.Helper()
	if s.file == "" {
		s.file = configFile
	}
	if s.password == "" {
		s.password = `{ credential = "imap" }`
		b.put(t, "/etc/credstore/imap.pass", rig.Password)
		b.put(t, dropIn, "[Service]\nLoadCredential=imap:/etc/credstore/imap.pass\n")
	}
	if s.imap == 0 {
		s.imap = d.Port + 1
	}
	if s.smtp == 0 {
		s.smtp = 9
	}
	ca, err := os.ReadFile(d.CA())
	if err != nil {
		t.Fatal(err)
	}
	b.put(t, filepath.Join(filepath.Dir(s.file), "ca.pem"), string(ca))
	b.put(t, filepath.Join(filepath.Dir(s.file), "smtp.pass"), "anything")
	var text strings.Builder
	fmt.Fprintf(&text, `language = "en"
timezone = "Europe/Berlin"
[[mailbox]]
name = "home"
host = "127.0.0.1"
port = %d
ca = "ca.pem"
username = "alice"
password = %s
trusted_authserv = ["mx.rig.test"]
[[digest]]
to = ["alice@rig.test"]
at = ["04:44"]
quiet = "00:00-00:00"
[smtp]
host = "127.0.0.1"
port = %d
tls = "none"
username = "alice"
password = { file = "smtp.pass" }
from = "parcels@rig.test"
%s
`, s.imap, s.password, s.smtp, s.more)
	for _, f := range all.Factories() { // nothing leaves this machine
		if s.post != "" && f.Info.Name == "russianpost" {
			fmt.Fprintf(&text, "[carriers.russianpost]\nendpoint = %q\nlogin = \"me\"\npassword = { file = \"smtp.pass\" }\n", s.post)
			continue
		}
		fmt.Fprintf(&text, "[carriers.%s]\nenabled = false\n", f.Info.Name)
	}
	b.put(t, s.file, text.String())
}

// The steps that these tests' mails tell.
const (
	collected = "collected by the carrier"
	coming    = "out for delivery" // this one is told at once
)

// letter is a package-level mail of the shop.
func letter(number, step string) string {
	return strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.rig.test; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com
From: AliExpress <transaction@notice.aliexpress.com>
To: alice@rig.test
Subject: Package %[1]s: %[3]s
Message-ID: <%[1]s.%[4]d@notice.aliexpress.com>
Date: %[2]s
MIME-Version: 1.0
Content-Type: text/html; charset=UTF-8

<html><body><p>Your package %[1]s has an update.</p></body></html>
`, number, time.Now().Format(time.RFC1123Z), step, len(step)), "\n", "\r\n")
}

// number is the nth number of Russian Post.
func number(n int) string { return rig.Number(10_000_000+n, "RU") }
