//go:build linux

package imap_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/test/rig"
)

// wire is a link of its own between a network namespace, where the watcher's
// connections begin, and this machine. Its packets can be dropped.
type wire struct {
	name   string // of the namespace
	server string // this machine's address on the link
}

// startWire makes a link that goes with the test, or skips the test where this
// machine lets nobody do so.
func startWire(t *testing.T) *wire {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("skipped: network namespaces need root")
	}
	for _, tool := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: needs %s (packages iproute2 nftables)", tool)
		}
	}
	dice := rand.IntN(1 << 14)
	w := &wire{name: fmt.Sprintf("pwtest%04x", dice), server: fmt.Sprintf("198.18.%d.%d", dice>>6, dice&63<<2|1)}
	if out, err := tool(t, "ip", "netns", "add", w.name); err != nil {
		t.Skipf("skipped: no network namespace can be made here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := tool(t, "ip", "netns", "del", w.name); err != nil {
			t.Errorf("remove the namespace: %s", out)
		}
	})
	inside := strings.TrimSuffix(w.server, strconv.Itoa(dice&63<<2|1)) + strconv.Itoa(dice&63<<2|2)
	if out, err := tool(t, "ip", "link", "add", w.name, "type", "veth", "peer", "name", "wire", "netns", w.name); err != nil {
		t.Skipf("skipped: no link into a network namespace here: %s", out)
	}
	for _, line := range []string{
		"ip addr add " + w.server + "/30 dev " + w.name,
		"ip link set " + w.name + " up",
		"ip -n " + w.name + " addr add " + inside + "/30 dev wire",
		"ip -n " + w.name + " link set wire up",
	} {
		if out, err := tool(t, strings.Fields(line)...); err != nil {
			t.Fatalf("%s: %s", line, out)
		}
	}
	if out, err := w.filter("", ""); err != nil {
		t.Skipf("skipped: no packet filter in a network namespace here: %s", out)
	}
	return w
}

// rule replaces what happens to packets that enter the namespace and that leave
// it; without either all pass.
func (w *wire) rule(t *testing.T, in, out string) {
	t.Helper()
	if out, err := w.filter(in, out); err != nil {
		t.Fatalf("packet filter: %v: %s", err, out)
	}
}

func (w *wire) filter(in, out string) ([]byte, error) {
	text := "add table inet test\ndelete table inet test\n"
	if in != "" {
		text += fmt.Sprintf(`table inet test {
	chain in { type filter hook input priority 0; %s; }
	chain out { type filter hook output priority 0; %s; }
}`, in, out)
	}
	cmd := exec.CommandContext(context.Background(), "ip", "netns", "exec", w.name, "nft", "-f", "-")
	cmd.Stdin = strings.NewReader(text)
	return cmd.CombinedOutput()
}

// dial opens connections that begin in the namespace: a socket stays where it
// was made.
func (w *wire) dial(port int) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		runtime.LockOSThread() // not unlocked where the way back fails: the thread ends with the goroutine
		home, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			return nil, err
		}
		defer home.Close()
		there, err := os.Open("/run/netns/" + w.name)
		if err != nil {
			return nil, err
		}
		defer there.Close()
		if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
			return nil, err
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(w.server, strconv.Itoa(port)))
		if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
			return nil, err
		}
		runtime.UnlockOSThread()
		return conn, err
	}
}

func tool(t *testing.T, command ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(context.Background(), command[0], command[1:]...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// TestDroppedPacketsAreNoticedWithin90Seconds loses real packets on a link of
// its own under a connection that idles, at the daemon's pace.
func TestDroppedPacketsAreNoticedWithin90Seconds(t *testing.T) {
	rig.Need(t)
	t.Parallel()
	const pass, drop = "policy accept", "policy drop"
	for _, c := range []struct{ name, in, out string }{
		{"every packet is dropped", drop, drop},
		{"what the server says is dropped", drop, pass},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			link := startWire(t)
			d, w := overWire(t, link, func(*mailwatch.Account) {})
			link.rule(t, c.in, c.out)
			took := w.until(t, "notice", 90*time.Second, w.in("INBOX", parcel.MailboxBroken))
			t.Logf("noticed after %v: %s", took.Round(time.Millisecond), w.state("INBOX").Error)
			d.Deliver(t, "alice", message(shop, "meanwhile"))
			link.rule(t, "", "")
			t.Logf("back after %v", w.until(t, "back", 90*time.Second, w.has("meanwhile")).Round(time.Millisecond))
			w.stop(t)
		})
	}
}

// TestMailComesThroughALinkThatLosesPackets loses three packets in ten of what the
// server says.
func TestMailComesThroughALinkThatLosesPackets(t *testing.T) {
	rig.Need(t)
	t.Parallel()
	const mails, loss = 10, "numgen random mod 100 < 30 counter drop"
	link := startWire(t)
	d, w := overWire(t, link, func(a *mailwatch.Account) { a.Probe = 5 * time.Second })
	link.rule(t, loss, "policy accept")
	began := time.Now()
	for i := range mails { // each on its own, or a few packets carry them all
		subject := fmt.Sprint("mail ", i)
		d.Deliver(t, "alice", message(shop, subject))
		w.until(t, subject, 2*time.Minute, w.has(subject))
	}
	t.Logf("%d mails after %v", mails, time.Since(began).Round(time.Millisecond))
	counted, err := tool(t, "ip", "netns", "exec", link.name, "nft", "list", "table", "inet", "test")
	if err != nil || strings.Contains(counted, "counter packets 0 ") {
		t.Errorf("no packet was lost: %v\n%s", err, counted)
	}
	t.Log(lost(counted))
	link.rule(t, "", "")
	w.stop(t)
	for i, s := range w.subjects() {
		if want := fmt.Sprint("mail ", i); s != want {
			t.Fatalf("%q was handed over where %q was due", s, want)
		}
	}
}

// lost are the counters of the packet filter.
func lost(listing string) string {
	var out []string
	for line := range strings.SplitSeq(listing, "\n") {
		if _, counter, ok := strings.Cut(line, "counter "); ok {
			out = append(out, counter)
		}
	}
	return "lost: " + strings.Join(out, ", ")
}

// overWire watches a Dovecot over the link, at the daemon's pace, and returns
// once it idles.
func overWire(t *testing.T, link *wire, change func(*mailwatch.Account)) (*server, *watched) {
	t.Helper()
	d := startDovecot(t, "", nil)
	p := startProxyBy(t, link.server, net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+1)), (&net.Dialer{}).DialContext)
	a := d.account(t)
	a.Probe, a.Poll, a.Retry = 0, 0, 0 // the defaults
	a.Dial = link.dial(p.Port())
	change(&a)
	w := watch(t, a, newMemory())
	w.until(t, "idle", 20*time.Second, w.in("INBOX", parcel.MailboxIdle))
	d.Deliver(t, "alice", message(shop, "mail before"))
	w.until(t, "push", 20*time.Second, w.has("mail before"))
	w.forget()
	calm()
	return d, w
}
