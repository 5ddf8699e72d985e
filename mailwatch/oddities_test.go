package mailwatch_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// counted calls with how many commands of a kind a server has seen.
func counted(part string, hook func(c *fakeConn, n int, tag, command string) bool) func(*fakeConn, string, string) bool {
	n := 0
	return func(c *fakeConn, tag, command string) bool {
		if !strings.Contains(command, part) {
			return false
		}
		n++
		return hook(c, n, tag, command)
	}
}

// first acts on the first commands of a kind only.
func first(n int, part, answer string) func(*fakeConn, string, string) bool {
	return counted(part, func(c *fakeConn, nth int, tag, _ string) bool {
		if nth <= n {
			c.say("%s %s", tag, answer)
		}
		return nth <= n
	})
}

// body answers one mail in a form of its own and the others as usual.
func body(uid uint32, form func(seq uint32, text string) string) func(*fakeConn, string, string) bool {
	return bodies(func(c *fakeConn, seq, n uint32, text string) {
		if n == uid {
			c.say("%s", form(seq, text))
			return
		}
		c.say("%s", c.f.item(seq, n, "BODY", false))
	})
}

// oddities returns servers whose answers are odd in a way that several servers share.
func oddities() []report {
	var began time.Time
	soon := func() bool {
		if began.IsZero() {
			began = time.Now()
		}
		return time.Since(began) < 15*time.Second
	}
	return slices.Concat(oddSessions(), oddSearches(), []report{
		{name: "a literal is longer than announced", source: "wrong counts", hook: body(5, func(seq uint32, text string) string {
			return fmt.Sprintf("* %d FETCH (UID 5 RFC822.SIZE %d BODY[] {%d}\r\n%s)", seq, len(text), len(text)-20, text)
		})},
		{name: "the text of a mail is missing", source: "MailKit#1997 (Yandex)", lost: 5, hook: body(5, func(seq uint32, _ string) string {
			return fmt.Sprintf("* %d FETCH (UID 5 RFC822.SIZE 500 BODY[]", seq)
		})},
		{name: "a text is empty", source: "Exchange", lost: 5, hook: body(5, func(seq uint32, text string) string {
			return fmt.Sprintf(`* %d FETCH (UID 5 RFC822.SIZE %d BODY[] "")`, seq, len(text))
		})},
		{name: "NUL and bare line feeds", source: "several servers", hook: body(5, func(seq uint32, text string) string {
			text = strings.ReplaceAll(strings.Replace(text, "Body", "Bo\x00dy", 1), "\r\n", "\n")
			text = strings.Replace(text, "\n", "\r\n", 5)
			return fmt.Sprintf("* %d FETCH (UID 5 RFC822.SIZE %d BODY[] {%d}\r\n%s)", seq, len(text), len(text), text)
		})},
		{name: "an answer in two parts, the text first", source: "RFC 3501 7.4.2", hook: bodies(func(c *fakeConn, seq, uid uint32, text string) {
			c.say("* %d FETCH (UID %d BODY[] {%d}\r\n%s)", seq, uid, len(text), text)
			c.say("* %d FETCH (UID %d RFC822.SIZE %d)", seq, uid, len(text))
		})},
		{name: "flags after each answer", source: "RFC 3501 7.4.2", hook: bodies(func(c *fakeConn, seq, uid uint32, _ string) {
			c.say("%s", c.f.item(seq, uid, "BODY", false))
			c.say(`* %d FETCH (UID %d FLAGS (\Seen))`, seq, uid)
		})},
		{name: "flags without UID before each answer", source: "RFC 3501 7.4.2", hook: bodies(func(c *fakeConn, seq, uid uint32, _ string) {
			c.say(`* %d FETCH (FLAGS (\Seen))`, seq)
			c.say("%s", c.f.item(seq, uid, "BODY", false))
		})},
		{name: "the UID comes last", source: "several servers", hook: bodies(func(c *fakeConn, seq, uid uint32, _ string) {
			c.say("%s", c.f.item(seq, uid, "BODY", true))
		})},
		{name: "one mail is left out for a while", source: "MailKit#1615 (Office 365)", disorder: true, hook: bodies(func(c *fakeConn, seq, uid uint32, _ string) {
			if uid != 5 || !soon() {
				c.say("%s", c.f.item(seq, uid, "BODY", false))
			}
		})},
		{name: "one mail is refused for a while, the others are sent", source: "Yahoo", disorder: true, hook: func(c *fakeConn, tag, command string) bool {
			return soon() && refuseBody(5, "NO [UNAVAILABLE] UID FETCH Server error - Please try again later")(c, tag, command)
		}},
		{name: "a header of 1 MB", source: "very long lines", extra: "X-Long: " + strings.Repeat("a", 1_000_000) + "\r\n"},
	})
}

func oddSessions() []report {
	unasked := before("^NOOP", "* CAPABILITY IMAP4rev1 IDLE", `* FLAGS (\Seen)`, "* OK [CAPABILITY IMAP4rev1 IDLE] x", `* LIST () "/" INBOX`, "* STATUS INBOX (MESSAGES 3)", "* VANISHED 3")
	return []report{
		{name: "a login before the greeting", source: "tunnels", greet: "* PREAUTH ready"},
		{name: "a greeting without a text", source: "several servers", greet: "* OK"},
		{name: "capabilities in lower case", source: "several servers", caps: "imap4rev1 idle literal+"},
		{name: "lines that are empty", source: "several servers", hook: before("FETCH|SEARCH", "")},
		{name: "NOOP is refused", source: "hypothetical", hook: refusing("^NOOP", "BAD unknown command"), wait: 20 * time.Minute},
		{name: "ID is refused", source: "servers that announce it wrongly", caps: "IMAP4rev1 IDLE ID", hook: refusing("^ID ", "BAD invalid command")},
		{name: "LOGOUT is not answered", source: "several servers", hook: func(_ *fakeConn, _, command string) bool { return command == "LOGOUT" }},
		// Not at the first NOOP: the library's own CAPABILITY after the login would be superfluous then. Sent late, it waits for
		// the end of IDLE at a mutex, where a bubble's time stands still.
		{name: "known answers that nobody asked for", source: "several servers", hook: counted("NOOP", func(c *fakeConn, n int, tag, command string) bool {
			return n > 1 && unasked(c, tag, command)
		})},
		{name: "throttled", source: "MailKit#1396 (Gmail)", edit: replace(`OK done$`, "OK done [THROTTLED]")},
		{name: "a slow greeting", source: "tarpits", hook: counted("CAPABILITY", func(_ *fakeConn, n int, _, _ string) bool {
			if n == 1 {
				time.Sleep(15 * time.Second)
			}
			return false
		})},
		{name: "the folder is new each time it is opened", source: "GNU mailutils imap4d 3.15", disorder: true, hook: func() func(*fakeConn, string, string) bool {
			n := 100
			return func(c *fakeConn, tag, command string) bool {
				if !strings.HasPrefix(command, "EXAMINE") {
					return false
				}
				n++
				c.told = c.f.exists()
				c.say("* %d EXISTS", c.told)
				c.say("* OK [UIDVALIDITY %d] ok", n)
				c.say("%s OK done", tag)
				return true
			}
		}()},
		{name: "IDLE ends without goodbye", source: "several servers", hook: func(c *fakeConn, _, command string) bool {
			if command != "IDLE" {
				return false
			}
			c.say("+ idling")
			time.Sleep(8 * time.Second)
			_ = c.Close()
			return true
		}},
		{name: "a bare plus", source: "several servers", edit: replace(`^\+ idling$`, "+")},
		{name: "the end of IDLE is refused", source: "several servers", hook: idle(func(c *fakeConn, tag string) { c.say("%s NO IDLE terminated", tag) })},
		{name: "the end of IDLE is not answered", source: "iCloud, Yahoo", hook: idle(func(*fakeConn, string) {}), wait: 20 * time.Minute},
		{name: "EXISTS jumps", source: "several servers", hook: before("^NOOP", "* 0 EXISTS", "* 6 EXISTS")},
	}
}

// idle answers IDLE, and its end in a way of its own.
func idle(done func(c *fakeConn, tag string)) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, command string) bool {
		if command != "IDLE" {
			return false
		}
		c.say("+ idling")
		if line, ok := c.line(); ok && line == "DONE" {
			done(c, tag)
		}
		return true
	}
}

func oddSearches() []report {
	return []report{
		{name: "SEARCH has no answer", source: "several servers", hook: refusing("SEARCH.*FROM", "OK done")},
		{name: "SEARCH is unavailable twice", source: "Yandex", hook: first(2, "SEARCH", "NO [UNAVAILABLE] UID SEARCH Backend error")},
		{name: "a date in quotes is refused", source: "strict parsers", hook: refusing(`SINCE "`, "BAD expected date")},
		{name: "ESEARCH without a tag", source: "proxies", caps: "IMAP4rev1 IDLE ESEARCH", edit: replace(`^\* SEARCH (.*\d)$`, "* SEARCH $1\r\n* ESEARCH UID ALL 1")},
		{name: "UID SEARCH gives sequence numbers", source: "smtp4dev#1519", hook: func(c *fakeConn, tag, command string) bool {
			keys, ok := strings.CutPrefix(command, "UID SEARCH ")
			if ok {
				c.search(keys, true)
				c.say("%s OK done", tag)
			}
			return ok
		}},
		{name: "SEARCH knows only what EXAMINE knew", source: "indexes that lag", hook: func() func(*fakeConn, string, string) bool {
			known := map[*fakeConn]int{}
			return func(c *fakeConn, tag, command string) bool {
				if strings.HasPrefix(command, "EXAMINE") {
					known[c] = c.f.exists()
				}
				if !strings.Contains(command, "SEARCH") || known[c] == c.f.exists() {
					return false
				}
				c.say("* SEARCH")
				c.say("%s OK done", tag)
				return true
			}
		}()},
	}
}
