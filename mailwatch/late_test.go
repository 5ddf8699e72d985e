package mailwatch_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestNewMailIsFoundWhateverSearchAndFetchShow runs servers that show new mail late, out of
// order, or in one command only.
func TestNewMailIsFoundWhateverSearchAndFetchShow(t *testing.T) {
	empty := say("UID SEARCH UID ", "* SEARCH")
	cases := []struct {
		name   string
		hidden time.Duration // of mail 3, in every command, while mail 4 is shown
		exists bool          // EXISTS counts it meanwhile
		hook   func(c *fakeConn, tag, command string) bool
	}{
		{name: "SEARCH finds no new mail", hook: empty},
		{name: "SEARCH finds only the newest", hook: say("UID SEARCH UID ", "* SEARCH 4")},
		{name: "SEARCH is refused", hook: refuse("UID SEARCH UID ", "NO not supported")},
		{name: "FETCH of new UIDs is refused", hook: refuse(":* (UID)", "NO no such range")},
		{
			name: "FETCH of new UIDs shows nothing",
			hook: func(c *fakeConn, tag, command string) bool {
				if !strings.Contains(command, ":* (UID)") {
					return false
				}
				c.say("%s OK done", tag)
				return true
			},
		},
		{
			name: "only FETCH by sequence number shows it",
			hook: func(c *fakeConn, tag, command string) bool {
				if strings.Contains(command, ":* (UID)") {
					c.say("%s OK done", tag)
					return true
				}
				return empty(c, tag, command)
			},
		},
		{name: "an older mail is shown 4 s after a younger one", hidden: 4 * time.Second},
		{name: "an older mail is shown minutes after a younger one", hidden: 5 * time.Minute},
		{name: "an older mail is counted and shown minutes after a younger one", hidden: 5 * time.Minute, exists: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startFake(message(shop, "one"), message(friend, "hello"))
				s.hook = c.hook
				r := watch(account(s.pipeNet), newPositions(), &inbox{})
				pass(20 * time.Second)
				three := message(shop, "three")
				s.mu.Lock()
				s.mails[4] = message(shop, "four")
				if s.counted = c.exists; c.hidden == 0 {
					s.mails[3] = three
				}
				s.mu.Unlock()
				pass(c.hidden)
				s.mu.Lock()
				s.mails[3], s.counted = three, false
				s.mu.Unlock()
				pass(3 * time.Minute)
				want := []string{"one", "three", "four"}
				if c.hidden > 0 {
					want = []string{"one", "four", "three"}
				}
				if diff := cmp.Diff(want, r.inbox.subjects()); diff != "" && c.hidden != 4*time.Second || len(r.inbox.subjects()) != 3 {
					t.Errorf("%s\n%s\n%s", diff, r.log, s.last().commands())
				}
				if got := r.positions.get("INBOX").UID; got != 4 {
					t.Errorf("checkpoint: %d", got)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}

func TestAFolderThatIsRenumberedInASessionIsReadWithTheNextProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"))
		var renumbered atomic.Bool
		s.hook = func(c *fakeConn, tag, command string) bool {
			if !renumbered.Load() || !strings.HasPrefix(command, "EXAMINE") {
				return false
			}
			c.say("* 1 EXISTS")
			c.say("* OK [UIDVALIDITY 8] ok")
			c.say("%s OK done", tag)
			return true
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(5 * time.Minute)
		s.mu.Lock()
		renumbered.Store(true)
		s.mails[1] = message(shop, "another")
		s.mu.Unlock()
		pass(time.Minute + 10*time.Second)
		if diff := cmp.Diff([]string{"one", "another"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestWhatTheServerWantsPeopleToReadIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"))
		s.hook = func(c *fakeConn, _, command string) bool {
			if strings.HasPrefix(command, "EXAMINE") {
				c.say("* OK [ALERT] Your password expires in 3 days")
			}
			return false
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(10 * time.Minute)
		if got := strings.Count(r.log.String(), "password expires in 3 days"); got != 1 {
			t.Errorf("logged %d times: %s", got, r.log)
		}
		r.stop(t)
		s.hook = func(c *fakeConn, tag, command string) bool {
			if !strings.HasPrefix(command, "LOGIN") {
				return false
			}
			c.say("* NO [WEBALERT https://mail.example/signin] Web login required.")
			c.say("%s NO [ALERT] Please log in via your web browser", tag)
			return true
		}
		r = watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		if got := r.state("INBOX").Error; !strings.Contains(got, "via your web browser; Web login required. https://mail.example/signin") {
			t.Errorf("got %s", got)
		}
		r.stop(t)
		s.stop(t)
	})
}
