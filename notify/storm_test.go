package notify_test

import (
	"context"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/netx"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// house is a mail server in fake time: each session has the script of its time; without
// a script, connections fail.
type house struct {
	at func(call int, now time.Time) *script

	mu    sync.Mutex
	calls []call
}

type call struct {
	when   time.Time
	script *script
}

func (h *house) dial(ctx context.Context, network, address string) (net.Conn, error) {
	h.mu.Lock()
	s := h.at(len(h.calls)+1, time.Now())
	h.calls = append(h.calls, call{time.Now(), s})
	h.mu.Unlock()
	if s == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	return s.pipe(ctx, network, address)
}

// arrived returns which mails the server has read to the end, when and for whom, whether
// or not the client received the confirmation.
func (h *house) arrived() (who []string, ids map[string]bool) {
	ids = map[string]bool{}
	for _, c := range h.calls {
		if c.script == nil || len(c.script.taken()) == 0 {
			continue
		}
		_, id, _ := strings.Cut(c.script.taken()[0], "Message-Id: <")
		id, _, _ = strings.Cut(id, ">")
		ids[id] = true
		if strings.HasPrefix(c.script.dot, "4") || strings.HasPrefix(c.script.dot, "5") {
			continue
		}
		for _, line := range c.script.said() {
			if to, ok := strings.CutPrefix(line, "RCPT TO:<"); ok && strings.HasPrefix(c.script.answer(line, "250"), "250") {
				who = append(who, c.when.Format("01-02 15:04 ")+strings.TrimSuffix(to, ">"))
			}
		}
	}
	return who, ids
}

// day runs a digest made at eight o'clock on 1 January and returns its message as of
// 8 January.
func day(t *testing.T, h *house, to ...string) store.Message {
	t.Helper()
	m := twoParcels()
	a := me("08:00")
	a.To = to
	sender := &notify.SMTP{Host: "127.0.0.1", Port: 25, TLS: netx.TLSNone, Dial: h.dial}
	n := notify.New(config(a), m, m, sender, notify.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	synctest.Wait()
	m.move(1, parcel.Export)
	until(8, 0, 0)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(m.messages) != 1 {
		t.Fatalf("%d mails were made", len(m.messages))
	}
	return m.messages[0]
}

func TestADigestThroughAStorm(t *testing.T) {
	t.Parallel()
	one := []string{"a@example.org"}
	three := []string{"a@example.org", "b@example.org", "c@example.org"}
	first := func(s *script) func(int, time.Time) *script {
		return func(n int, _ time.Time) *script {
			if n == 1 {
				return s
			}
			return &script{}
		}
	}
	back := time.Date(2000, 1, 4, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		at     func(call int, now time.Time) *script
		to     []string
		want   []string
		states string // final states of the recipients
	}{
		{
			"down for three days", func(_ int, now time.Time) *script {
				if now.Before(back) {
					return nil
				}
				return &script{}
			}, one, []string{"01-04 11:38 a@example.org"}, "sent",
		},
		{
			"greylisted for an hour", func(_ int, now time.Time) *script {
				if now.Before(time.Date(2000, 1, 1, 9, 0, 0, 0, time.UTC)) {
					return &script{answers: map[string]string{"RCPT": "451 4.7.1 come later"}}
				}
				return &script{}
			}, one, []string{"01-01 09:38 a@example.org"}, "sent",
		},
		{"cut after DATA", first(&script{answers: map[string]string{"DATA": "-"}}), one, []string{"01-01 08:01 a@example.org"}, "sent"},
		{
			// The last bytes were in transit: the client cannot know whether the dot arrived.
			"cut in the middle of the mail", first(&script{cutAfter: 20}), one, []string{"01-01 08:10 a@example.org"}, "sent",
		},
		{"put off after the mail", first(&script{dot: "452 4.3.1 disk full"}), one, []string{"01-01 08:01 a@example.org"}, "sent"},
		{
			"accepted but connection lost", first(&script{dot: "-"}), one,
			[]string{"01-01 08:00 a@example.org", "01-01 08:10 a@example.org"},
			"sent",
		},
		{
			"one of three recipients refused", first(&script{answers: map[string]string{"RCPT TO:<b@example.org>": "550 5.1.1 no such user"}}), three,
			[]string{"01-01 08:00 a@example.org", "01-01 08:00 c@example.org"},
			"sent refused sent",
		},
		{
			"one of three recipients greylisted", first(&script{answers: map[string]string{"RCPT TO:<b@example.org>": "450 4.7.1 later"}}), three,
			[]string{"01-01 08:00 a@example.org", "01-01 08:00 c@example.org", "01-01 08:01 b@example.org"},
			"sent sent sent",
		},
		{"refused for good", func(int, time.Time) *script { return &script{dot: "554 5.7.1 no"} }, one, nil, "refused"},
		{"down for ever", func(int, time.Time) *script { return nil }, one, nil, "waiting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := &house{at: c.at}
				m := day(t, h, c.to...)
				who, ids := h.arrived()
				if diff := cmp.Diff(c.want, who); diff != "" {
					t.Errorf("arrived (-want +got):\n%s", diff)
				}
				most := 1
				if c.states == "refused" {
					most = 5 // a mail for each day until it is given up
				}
				if len(ids) > most || len(ids) > 0 && !ids[m.ID] {
					t.Errorf("Message-IDs %v, want at most %d, and %s", ids, most, m.ID)
				}
				var states []string
				for _, f := range m.Deliveries {
					states = append(states, string(f.State))
				}
				if got := strings.Join(states, " "); got != c.states {
					t.Errorf("the recipients' copies are %s, want %s", got, c.states)
				}
			})
		})
	}
}
