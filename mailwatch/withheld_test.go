package mailwatch_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/store"
)

// bodyOf reports whether a command requests the whole text of a mail.
func bodyOf(command string, uid uint32) bool {
	at := strings.Index(command, "FETCH ")
	return at >= 0 && strings.Contains(command, "BODY.PEEK[]") && within(strings.Fields(command[at:])[1], uid)
}

// TestWithheldMailIsReadWhenTheServerHasIt runs servers that do not deliver mail 3 for a
// time: the others are not delayed, and mail 3 is named and read later.
func TestWithheldMailIsReadWhenTheServerHasIt(t *testing.T) {
	refusing := func(answer string) func(*fakeConn, string, string) bool {
		return func(c *fakeConn, tag, command string) bool {
			if !bodyOf(command, 3) {
				return false
			}
			c.say("%s %s", tag, answer)
			return true
		}
	}
	answering := func(with string) func(*fakeConn, string, string) bool {
		return func(c *fakeConn, tag, command string) bool {
			if !bodyOf(command, 3) {
				return false
			}
			for _, uid := range c.f.uids() {
				if set := strings.Fields(command[strings.Index(command, "FETCH "):])[1]; !within(set, uid) {
					continue
				}
				if uid != 3 {
					c.say("%s", c.f.item(uid, uid, "BODY", false))
				} else if with != "" {
					c.say("* 3 FETCH (UID 3 RFC822.SIZE 300 BODY[] %s)", with)
				}
			}
			c.say("%s OK done", tag)
			return true
		}
	}
	for name, hook := range map[string]func(*fakeConn, string, string) bool{
		"unavailable":      refusing("NO [UNAVAILABLE] Server error - Please try again later"),
		"a bug":            refusing("NO [SERVERBUG] Internal error occurred"),
		"without a code":   refusing("NO UID FETCH Server error while fetching messages"),
		"not convertible":  refusing("NO The requested message could not be converted"),
		"BAD":              refusing("BAD parse error"),
		"left out":         answering(""),
		"NIL":              answering("NIL"),
		"an empty string":  answering(`""`),
		"an empty literal": answering("{0}\r\n"),
	} {
		for _, ages := range []time.Duration{12 * time.Second, 50 * time.Minute, 30 * time.Hour} {
			t.Run(fmt.Sprint(name, " for ", ages), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := startFake(message(shop, "one"), message(friend, "hello"), message(shop, "two"), message(shop, "three"))
					start := time.Now()
					s.hook = func(c *fakeConn, tag, command string) bool {
						return time.Since(start) < ages && hook(c, tag, command)
					}
					p := newPositions()
					r := watch(account(s.pipeNet), p, &inbox{})
					pass(11 * time.Second)
					if diff := cmp.Diff([]string{"one", "three"}, r.inbox.subjects()); diff != "" {
						t.Errorf("%s\n%s\n%s", diff, r.log, s.last().commands())
					}
					if asides := p.setAside(); len(asides) != 1 || !strings.Contains(asides[0], `home/INBOX/3 "two"`) || !strings.Contains(asides[0], "tried again") {
						t.Errorf("named: %q", asides)
					}
					r.stop(t)
					r = watch(account(s.pipeNet), p, r.inbox) // the store remembers
					pass(ages + 5*time.Hour)
					if diff := cmp.Diff([]string{"one", "three", "two"}, r.inbox.subjects()); diff != "" {
						t.Errorf("%s\n%s", diff, r.log)
					}
					if len(p.withheld) != 0 {
						t.Errorf("still waiting: %v", p.withheld)
					}
					if got := p.get("INBOX"); got != (store.Checkpoint{UIDValidity: 7, UID: 4, Scanned: true}) {
						t.Errorf("checkpoint: %+v", got)
					}
					r.stop(t)
					s.stop(t)
				})
			})
		}
	}
}

func TestMailThatIsNeverHandedOverIsGivenUpAfterDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"), message(shop, "two"))
		asked := 0
		s.hook = func(c *fakeConn, tag, command string) bool {
			if !bodyOf(command, 1) {
				return false
			}
			asked++
			c.say("%s NO damaged", tag)
			return true
		}
		p := newPositions()
		r := watch(account(s.pipeNet), p, &inbox{})
		pass(6 * 24 * time.Hour)
		if asides := p.setAside(); len(asides) != 2 || strings.Contains(asides[1], "tried again") || len(p.withheld) != 0 {
			t.Errorf("%q, waiting %v", asides, p.withheld)
		}
		if asked > 150 {
			t.Errorf("asked %d times", asked)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestAServerThatRefusesEverythingIsAskedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mails, want []string
		for i := range 100 {
			mails, want = append(mails, message(shop, strconv.Itoa(i))), append(want, strconv.Itoa(i))
		}
		s := startFake(mails...)
		var commands atomic.Int64
		var well atomic.Bool
		s.hook = func(c *fakeConn, tag, command string) bool {
			if well.Load() || !strings.Contains(command, "BODY.PEEK[]") {
				return false
			}
			commands.Add(1)
			c.say("%s NO [UNAVAILABLE] Backend error", tag)
			return true
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		told := false // between two tries the folder is on IDLE, without an error
		for range 360 {
			pass(10 * time.Second)
			told = told || strings.Contains(r.state("INBOX").Error, "Backend error")
		}
		if !told || commands.Load() > 600 {
			t.Errorf("%d commands, state %+v", commands.Load(), r.state("INBOX"))
		}
		well.Store(true)
		pass(5 * time.Hour)
		got := r.inbox.subjects()
		slices.SortFunc(got, func(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		r.stop(t)
		s.stop(t)
	})
}
