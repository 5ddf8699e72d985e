package service_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers/all"
	"parcelwatch/test/rig"
)

// TestTheReadmeOnAFreshMachine walks the three lines of the README's "Install" on a Debian that has nothing, in both of its
// languages: package, setup, service; then the first digest and the page. It logs how long each part took.
func TestTheReadmeOnAFreshMachine(t *testing.T) {
	for _, language := range []string{"en", "ru"} {
		t.Run(language, func(t *testing.T) { firstHour(t, language) })
	}
}

func firstHour(t *testing.T, language string) {
	t.Helper()
	b := startBox(t)
	d := rig.StartDovecot(t, "", nil)
	m := startMailServer(t)
	deb := b.buildPackage(t, "0.9.2")
	d.Deliver(t, "alice", letter("RB123456785CN", collected))
	ca, err := os.ReadFile(d.CA())
	if err != nil {
		t.Fatal(err)
	}
	b.put(t, "/etc/ssl/certs/ca-certificates.crt", string(ca)) // to this machine a provider like any other
	if err := os.Chmod(filepath.Join(b.root, "etc", "ssl", "certs", "ca-certificates.crt"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.put(t, "/root/mail.pass", rig.Password+"\n")
	began := time.Now()
	lap := func(what string) { t.Logf("%6.1f s  %s", time.Since(began).Seconds(), what) }

	b.run(t, "apt-get", "install", "-qy", "--no-install-recommends", deb)
	lap("installed")
	refuse := make([]string, 0, len(all.Factories()))
	for _, f := range all.Factories() { // nothing leaves this machine
		refuse = append(refuse, f.Info.Name)
	}
	said := b.run(t, "parcelwatch", "setup", "--yes", "--address", "alice@rig.test", "--username", "alice", "--password-file", "/root/mail.pass",
		"--imap", "127.0.0.1:"+strconv.Itoa(d.Port+1), "--smtp", "127.0.0.1:"+strconv.Itoa(m.port), "--smtp-tls", "none",
		"--destination", "DE", "--language", language, "--timezone", noon(), "--to", "alice@rig.test", "--at", "08:00",
		"--refuse", strings.Join(refuse, ","), "--no-sample", "--page", "no", "--service", "yes")
	lap("set up")
	if !strings.Contains(said, "RB123456785CN") {
		t.Errorf("setup does not show the parcel in the mailbox:\n%s", said)
	}
	until(t, patience, "the mailbox idles", func() bool { return b.idle(t) })
	lap("the service runs")
	until(t, 4*time.Minute, "the first digest is sent", func() bool { return len(m.ids()) > 0 })
	lap("the first digest")
	if !b.knows(t, "RB123456785CN") {
		t.Error("the parcel is not listed")
	}
	check := b.try(t, "parcelwatch", "check")
	if foreign := map[string]string{"en": "почт", "ru": "mailbox "}[language]; strings.Contains(check, foreign) {
		t.Errorf("check speaks another language:\n%s", check)
	}

	page := freePort(t)
	config, err := os.ReadFile(filepath.Join(b.root, configFile))
	if err != nil {
		t.Fatal(err)
	}
	b.put(t, configFile, string(config)+fmt.Sprintf("\n[web]\nlisten = \"127.0.0.1:%d\"\n", page))
	b.run(t, "parcelwatch", "service", "install")
	b.run(t, "parcelwatch", "service", "reload")
	until(t, patience, "the page opens", func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/", page), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		defer func() { _ = answer.Body.Close() }()
		return answer.StatusCode == http.StatusOK
	})
	lap("the page opens")
}

// noon returns a time zone in which it is about noon now, so that no quiet hours hold a message back.
func noon() string { return fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-12) }

// freePort returns a port on which nobody listens now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	addr, _ := l.Addr().(*net.TCPAddr)
	return addr.Port
}
