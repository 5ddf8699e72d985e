package mailwatch_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// TestServersThatMisbehave runs a watcher against misbehaving servers: the readable mail
// must arrive once and in order, and the rest must be reported.
func TestServersThatMisbehave(t *testing.T) {
	all := []string{"one", "two", "three"}
	cases := []struct {
		name   string
		caps   string
		hook   func(c *fakeConn, tag, command string) bool
		wait   time.Duration
		want   []string
		asides []string // parts of what is set aside
	}{
		{
			name: "sends the text before the UID",
			hook: func(c *fakeConn, tag, command string) bool {
				if !strings.Contains(command, "FETCH") {
					return false
				}
				set, items, _ := strings.Cut(command[strings.Index(command, "FETCH ")+6:], " ")
				for _, uid := range c.f.uids() {
					if within(set, uid) {
						c.say("%s", c.f.item(uid, uid, items, true))
					}
				}
				c.say("%s OK done", tag)
				return true
			},
			want: all,
		},
		{
			name: "answers SEARCH with zero and with numbers that are not there",
			hook: func(c *fakeConn, tag, command string) bool {
				if !strings.Contains(command, "SEARCH") {
					return false
				}
				c.say("* SEARCH 0 1 3 5 4294967295")
				c.say("%s OK done", tag)
				return true
			},
			want: all,
		},
		{
			name: "answers ESEARCH with everything there could be",
			caps: "IMAP4rev1 IDLE ESEARCH",
			hook: func(c *fakeConn, tag, command string) bool {
				if !strings.HasPrefix(command, "UID SEARCH") {
					return false
				}
				c.say("* ESEARCH (TAG %q) UID ALL 1:4294967295", tag)
				c.say("%s OK done", tag)
				return true
			},
			want: all,
		},
		{name: "refuses SEARCH FROM", hook: refuse("FROM", "NO not supported"), want: all},
		{name: "refuses every SEARCH", hook: refuse("UID SEARCH", "BAD CLIENTBUG"), want: all},
		{name: "has no SEARCH FROM for the moment, always", hook: refuse("FROM \"", "NO [UNAVAILABLE] Backend error"), wait: 10 * time.Second, want: all},
		{name: "has no SEARCH for the moment, always", hook: refuse("SEARCH", "NO [SERVERBUG] Internal error occurred"), wait: 20 * time.Second, want: all},
		{name: "finds nothing at all", hook: say("SEARCH", "* SEARCH"), want: all},
		{name: "does not know NOOP", hook: refuse("NOOP", "BAD unknown command"), want: all},
		{name: "does not know HEADER.FIELDS", hook: refuse("HEADER.FIELDS", "BAD unknown section"), want: all},
		{
			name: "finds nothing by FROM", hook: say("FROM \"", "* SEARCH"), want: all,
		},
		{
			name: "drops the connection on every SEARCH FROM",
			hook: func(c *fakeConn, _, command string) bool {
				if strings.Contains(command, "SEARCH") && strings.Contains(command, "FROM") {
					_ = c.Close()
				}
				return false
			},
			wait: time.Minute, want: all,
		},
		{
			name: "offers IDLE and refuses it",
			hook: refuse("IDLE", "BAD not today"), want: all,
		},
		{
			name: "announces a change of flags in the middle of a fetch",
			hook: func(c *fakeConn, _, command string) bool {
				if strings.HasPrefix(command, "UID FETCH") && strings.Contains(command, "BODY.PEEK[]") {
					c.say(`* 3 FETCH (UID 3 FLAGS (\Seen))`)
				}
				return false
			},
			want: all,
		},
		{
			name: "answers for one mail what nobody can read",
			hook: poison(3, `* 3 FETCH (UID 3 X-GM-LABELS ("a"))`),
			wait: 5 * time.Minute, want: []string{"one", "three"}, asides: []string{`home/INBOX/3 "two"`, "ends the connection"},
		},
		{
			name: "breaks down over one mail",
			hook: poison(3, ""),
			wait: 5 * time.Minute, want: []string{"one", "three"}, asides: []string{`home/INBOX/3 "two"`, "ends the connection"},
		},
		{
			name: "sends far more than the mail has",
			hook: poison(3, "* 3 FETCH (UID 3 BODY[] {900000000}"+strings.Repeat("\r\nbomb", 3_000_000)),
			wait: 5 * time.Minute, want: []string{"one", "three"}, asides: []string{`home/INBOX/3 "two"`, "ends the connection"},
		},
		{
			name: "does not hand a mail over",
			hook: func(c *fakeConn, tag, command string) bool {
				if !strings.Contains(command, "BODY.PEEK[]") || !within(strings.Fields(command[strings.Index(command, "FETCH"):])[1], 3) {
					return false
				}
				c.say("%s NO message is damaged", tag)
				return true
			},
			want: []string{"one", "three"}, asides: []string{`home/INBOX/3 "two"`, "message is damaged"},
		},
		{
			name: "has a moment of weakness",
			hook: func() func(c *fakeConn, tag, command string) bool {
				left := 3
				return func(c *fakeConn, tag, command string) bool {
					if left == 0 || !strings.Contains(command, "BODY.PEEK[]") {
						return false
					}
					left--
					c.say("%s NO [UNAVAILABLE] try again later", tag)
					return true
				}
			}(),
			wait: 2 * time.Minute, want: all,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startFake(message(shop, "one"), message(friend, "hello"), message(shop, "two"), message(friend, "bye"), message(shop, "three"))
				s.hook = c.hook
				if c.caps != "" {
					s.caps = c.caps
				}
				r := watch(account(s.pipeNet), newPositions(), &inbox{})
				pass(c.wait + time.Second)
				if diff := cmp.Diff(c.want, r.inbox.subjects()); diff != "" {
					t.Errorf("%s\n%s\n%s", diff, r.log, s.last().commands())
				}
				if got := r.positions.get("INBOX"); got != (store.Checkpoint{UIDValidity: 7, UID: 5, Scanned: true}) {
					t.Errorf("position: got %+v", got)
				}
				asides := strings.Join(r.positions.setAside(), "\n")
				for _, want := range c.asides {
					if !strings.Contains(asides, want) {
						t.Errorf("set aside: %q, want %q", asides, want)
					}
				}
				if len(c.asides) == 0 && asides != "" {
					t.Errorf("set aside: %q", asides)
				}
				if got := r.state("INBOX"); got.Error != "" {
					t.Errorf("state: %+v", got)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}

// refuse refuses every command that contains a word.
func refuse(word, answer string) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, command string) bool {
		if !strings.Contains(command, word) {
			return false
		}
		c.say("%s %s", tag, answer)
		return true
	}
}

// say answers every command that contains a word with one line.
func say(word, line string) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, command string) bool {
		if !strings.Contains(command, word) {
			return false
		}
		c.say("%s", line)
		c.say("%s OK done", tag)
		return true
	}
}

// poison ends every connection on which the body of the mail is requested.
func poison(uid uint32, answer string) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, _, command string) bool {
		at := strings.Index(command, "FETCH ")
		if at < 0 || !strings.Contains(command, "BODY.PEEK[]") || !within(strings.Fields(command[at:])[1], uid) {
			return false
		}
		if answer != "" {
			c.say("%s", answer)
			return true
		}
		_ = c.Close()
		return true
	}
}

func TestSearchesThatIgnoreTheirCriteriaCostNoBodies(t *testing.T) {
	everything := func(c *fakeConn, tag, command string) bool {
		if !strings.Contains(command, "SEARCH") {
			return false
		}
		c.search("ALL", !strings.HasPrefix(command, "UID"))
		c.say("%s OK done", tag)
		return true
	}
	synctest.Test(t, func(t *testing.T) {
		old := strings.Replace(message(shop, "old"), "Date: ", "Date: Mon, 01 Jan 1990 12:00:00 +0000\r\nX-Date: ", 1)
		mails := []string{old}
		for i := range 300 {
			mails = append(mails, message(friend, "f"+strconv.Itoa(i)))
		}
		s := startFake(append(mails, message(shop, "one"))...)
		s.hook = everything
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		if diff := cmp.Diff([]string{"one"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		for line := range strings.Lines(s.last().commands()) {
			if strings.Contains(line, "BODY.PEEK[]") && !strings.Contains(line, "UID FETCH 302 ") {
				t.Errorf("reads whole mails: %s", line)
			}
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestMailThatIsGoneWhileItIsFetchedIsNoProblem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mails []string
		for i := range 9 {
			mails = append(mails, message(shop, strconv.Itoa(i)))
		}
		s := startFake(mails...)
		s.hook = func(c *fakeConn, _, command string) bool {
			if strings.Contains(command, "BODY.PEEK[]") {
				s.mu.Lock()
				delete(s.mails, 4)
				delete(s.mails, 5)
				s.mu.Unlock()
			}
			return false
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		if diff := cmp.Diff([]string{"0", "1", "2", "5", "6", "7", "8"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		if got := r.positions.setAside(); len(got) != 0 {
			t.Errorf("set aside: %q", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestCheckAndRecentWithoutSearchReadHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mails []string
		for i := range 30 {
			mails = append(mails, message(friend, "f"+strconv.Itoa(i)), message(shop, strconv.Itoa(i)))
		}
		s := startFake(mails...)
		s.hook = refuse("SEARCH", "NO not here")
		report, err := mailwatch.Check(t.Context(), account(s.pipeNet))
		if err != nil || report.Watched[0].Candidates != 30 || report.Watched[0].Messages != 60 {
			t.Errorf("got %+v, %v", report, err)
		}
		in := &inbox{}
		if err := mailwatch.Recent(t.Context(), account(s.pipeNet), time.Hour, 4, in.handle); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"26", "27", "28", "29"}, in.subjects()); diff != "" {
			t.Error(diff)
		}
		s.stop(t)
	})
}

func TestServersThatAskForAnIDAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"))
		s.caps = "IMAP4rev1 IDLE ID"
		known := false
		s.hook = func(c *fakeConn, tag, command string) bool {
			switch {
			case strings.HasPrefix(command, "ID ("):
				known = true
			case strings.HasPrefix(command, "EXAMINE") && !known:
				c.say("%s NO Unsafe Login. Please contact the provider", tag)
				return true
			}
			return false
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		if got := r.state("INBOX"); got.State != parcel.MailboxIdle || len(r.inbox.subjects()) != 1 {
			t.Errorf("got %+v", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestAServerThatNumbersBackwardsIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"))
		p := newPositions()
		if err := p.SaveCheckpoint(t.Context(), "home", "INBOX", store.Checkpoint{UIDValidity: 7, UID: 500, Scanned: true}); err != nil {
			t.Fatal(err)
		}
		r := watch(account(s.pipeNet), p, &inbox{})
		settle()
		if !strings.Contains(r.log.String(), "the server numbers new mail below the place reached") {
			t.Errorf("log:\n%s", r.log)
		}
		r.stop(t)
		s.stop(t)
	})
}
