package mailwatch_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// report is a server as a public report describes it. Every mail must be read, in the
// first scan and afterwards, unless lost is set: the UID of the mail that it never shows.
type report struct {
	name, source string
	caps, greet  string
	hook         func(c *fakeConn, tag, command string) bool
	edit         func(line string) string
	extra        string // header fields of the first mail
	lost         uint32
	disorder     bool          // mail may come late or twice
	says         string        // in the folder's fault or the log
	logins       int           // at most, if nothing can be read at all
	wait         time.Duration // for new mail; 5 minutes if 0
}

// refusing answers commands that match with a status line.
func refusing(pattern, answer string) func(*fakeConn, string, string) bool {
	re := regexp.MustCompile(pattern)
	return func(c *fakeConn, tag, command string) bool {
		if !re.MatchString(command) {
			return false
		}
		c.say("%s %s", tag, answer)
		return true
	}
}

// before says a line before commands that match.
func before(pattern string, lines ...string) func(*fakeConn, string, string) bool {
	re := regexp.MustCompile(pattern)
	return func(c *fakeConn, _, command string) bool {
		if re.MatchString(command) {
			for _, l := range lines {
				c.say("%s", l)
			}
		}
		return false
	}
}

// replace changes lines with a regular expression.
func replace(pattern, with string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(line string) string { return re.ReplaceAllString(line, with) }
}

// bodies answers a FETCH of whole mails with a response of its own for each.
func bodies(response func(c *fakeConn, seq, uid uint32, text string)) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, command string) bool {
		byUID := strings.HasPrefix(command, "UID ")
		set := strings.Fields(strings.TrimPrefix(command, "UID "))
		if set[0] != "FETCH" || !strings.Contains(command, "BODY.PEEK[]") {
			return false
		}
		for i, uid := range c.f.uids() {
			seq := uint32(i + 1)
			if byUID && within(set[1], uid) || !byUID && within(set[1], seq) {
				response(c, seq, uid, c.f.mails[uid])
			}
		}
		c.say("%s OK done", tag)
		return true
	}
}

func flagsLine(name, source, flags string) report {
	return report{name: "flags: " + name, source: source, edit: func(line string) string {
		if strings.HasPrefix(line, "* FLAGS") {
			return "* FLAGS (" + flags + ")"
		}
		return line
	}}
}

func selectLine(name, source, line string) report {
	return report{name: "select: " + name, source: source, hook: before("^EXAMINE", line)}
}

// reports returns the servers. What cannot be read is not among them: a server that
// knows no EXAMINE, because SELECT would take the marks of new mail away.
func reports() []report {
	const yandex = "NO [UNAVAILABLE] UID SEARCH Backend error. sc=abc"
	known := map[*fakeConn]bool{}
	return append([]report{
		{name: "an id is wanted unannounced", source: "node-imap#908, himalaya#651 (NetEase)", caps: "IMAP4rev1 ID", hook: func(c *fakeConn, tag, command string) bool {
			if strings.HasPrefix(command, "ID (") {
				known[c] = true
			}
			if strings.HasPrefix(command, "EXAMINE") && !known[c] {
				c.say("%s NO EXAMINE Unsafe Login. Please contact kefu@provider.example for help", tag)
				return true
			}
			return false
		}, wait: 10 * time.Minute},
		{name: "an id ends the connection", source: "proxies", caps: "IMAP4rev1 IDLE ID", hook: func(c *fakeConn, _, command string) bool {
			if strings.HasPrefix(command, "ID (") {
				_ = c.Close()
				return true
			}
			return false
		}},
		{name: "an id is not answered", source: "proxies", caps: "IMAP4rev1 IDLE ID", hook: func(_ *fakeConn, _, command string) bool { return strings.HasPrefix(command, "ID (") }},
		{name: "authenticated but not connected", source: "MailKit#1494, imapflow#314 (Exchange)", hook: refusing("^(EXAMINE|SELECT|LIST)", "BAD User is authenticated but not connected."), logins: 6, says: "authenticated but not connected"},
		{name: "an error code after the login", source: "ruby/net-imap#597 (Exchange)", edit: replace(`^(\S+ OK) done$`, `$1 [Error="Some.WrongServerException:Cross Server access is not allowed" Proxy=X:1993:SSL Service=Imap4] completed.`)},
		{name: "capabilities change after the login", source: "MailKit#233 (QQ)", hook: refusing("^IDLE", "BAD no IDLE any more")},
		{name: "OK without a text", source: "go-imap#500", edit: replace(`^(\S+ OK) done$`, "$1")},
		{name: "unknown answers are ignored", source: "RFC 3501 2.2.2", hook: before("NOOP|SEARCH|FETCH", `* XSTATUS 12 foo (bar "baz")`, "* VANISHED 300")},
		{name: "JMAPACCESS", source: "RFC 9698", hook: before("NOOP|EXAMINE", `* JMAPACCESS "https://x.example"`)},
		{name: "progress", source: "rust-imap#179, RFC 9585", hook: before("FETCH", "* OK Searched 91% of the mailbox, ETA 0:01", `* OK [INPROGRESS ("x" 454 1000)] Processing`)},
		{name: "an alert", source: "RFC 3501 7.1", hook: before("^EXAMINE", "* OK [ALERT] Your password expires in 3 days"), says: "password expires in 3 days"},

		{name: "SEARCH ignores its criteria", source: "MailKit#1143, node-imap#686 (QQ)", hook: func(c *fakeConn, tag, command string) bool {
			if !strings.Contains(command, "SEARCH") {
				return false
			}
			c.search("", !strings.HasPrefix(command, "UID"))
			c.say("%s OK done", tag)
			return true
		}},
		{name: "SEARCH FROM is unavailable", source: "webmail-lite-8#74 (Yandex)", hook: refusing("SEARCH.*FROM", yandex)},
		{name: "SEARCH is unavailable", source: "webmail-lite-8#74 (Yandex)", hook: refusing("SEARCH", yandex)},
		{name: "SEARCH is refused", source: "S22.Imap#126 (QQ)", hook: refusing("SEARCH", "BAD UID SEARCH invalid argument")},
		{name: "SEARCH of a range is refused", source: "smtp4dev#2001", hook: refusing(`SEARCH.*UID \d+:`, "NO The criteria 'UID sequence' is not supported")},
		{name: "SEARCH with a modification sequence", source: "RFC 7162", edit: replace(`^(\* SEARCH .*\d)$`, "$1 (MODSEQ 917)")},
		{name: "SEARCH in several lines", source: "several servers", edit: func(line string) string {
			list, ok := strings.CutPrefix(line, "* SEARCH ")
			if !ok {
				return line
			}
			return "* SEARCH " + strings.ReplaceAll(list, " ", "\r\n* SEARCH ")
		}},
		{name: "ESEARCH is announced and refused", source: "proxies", caps: "IMAP4rev1 IDLE ESEARCH", hook: refusing("RETURN", "BAD unknown search key RETURN")},
		{name: "ESEARCH is announced, SEARCH answers", source: "proxies", caps: "IMAP4rev1 IDLE ESEARCH"},
		{name: "SEARCH ends with a space", source: "hMailServer, Domino", edit: replace(`^(\* SEARCH .*)$`, "$1 ")},
		{name: "SEARCH finds nothing from a UID on", source: "GNU mailutils imap4d 3.15, node-imap#63", hook: func(c *fakeConn, tag, command string) bool {
			if !strings.Contains(command, "SEARCH") || !strings.Contains(command, ":*") {
				return false
			}
			c.say("* SEARCH")
			c.say("%s OK done", tag)
			return true
		}},
		{name: "SEARCH lags behind", source: "indexes", hook: func(c *fakeConn, tag, command string) bool {
			if !strings.Contains(command, "SEARCH") {
				return false
			}
			c.say("* SEARCH")
			c.say("%s OK done", tag)
			return true
		}},

		{name: "a body is NIL", source: "imapsync#79", lost: 5, says: "set aside|not hand|withheld|deliver", hook: bodies(func(c *fakeConn, seq, uid uint32, text string) {
			if uid == 5 {
				c.say("* %d FETCH (UID 5 RFC822.SIZE %d BODY[] NIL)", seq, len(text))
				return
			}
			c.say("%s", c.f.item(seq, uid, "BODY", false))
		})},
		{name: "one mail is unavailable for ever", source: "imapsync#119, imap-backup#218, MailKit#358 (Yahoo)", lost: 5, hook: refuseBody(5, "NO [UNAVAILABLE] UID FETCH Server error - Please try again later")},
		{name: "one mail cannot be converted", source: "Exchange", lost: 5, hook: refuseBody(5, "NO The requested message could not be converted to an RFC-822 compatible format.")},
		{name: "a mail is in SEARCH and never in FETCH", source: "MailKit#1615, #908 (Office 365)", lost: 5, hook: bodies(func(c *fakeConn, seq, uid uint32, _ string) {
			if uid != 5 {
				c.say("%s", c.f.item(seq, uid, "BODY", false))
			}
		})},
		{name: "a space before the parenthesis", source: "jakarta mail-api#209 (QQ)", edit: replace(`(?s)^(\* \d+ FETCH .*)\)$`, "$1 )")},
		{name: "two spaces between items", source: "DavMail, imapclient#162", edit: replace(`^(\* \d+ FETCH \(UID \d+) `, "$1  ")},
		{name: "items that were not asked for", source: "Gmail", edit: replace(`^(\* \d+ FETCH \()(UID)`, "${1}X-GM-MSGID 1278455344230334865 MODSEQ (65402) $2")},
		{name: "flags before each answer", source: "RFC 3501 7.4.2", hook: bodies(func(c *fakeConn, seq, uid uint32, _ string) {
			c.say(`* %d FETCH (UID %d FLAGS (\Seen))`, seq, uid)
			c.say("%s", c.f.item(seq, uid, "BODY", false))
		})},
		{name: "an answer in two parts", source: "RFC 3501 7.4.2", hook: bodies(func(c *fakeConn, seq, uid uint32, text string) {
			c.say("* %d FETCH (UID %d RFC822.SIZE %d)", seq, uid, len(text))
			c.say("* %d FETCH (UID %d BODY[] {%d}\r\n%s)", seq, uid, len(text), text)
		})},
		{name: "a trailer", source: "Xeams", hook: bodies(func(c *fakeConn, seq, uid uint32, text string) {
			c.say("* %d FETCH (UID %d BODY[] {%d}\r\n%s) RFC822.SIZE %d)", seq, uid, len(text), text, len(text))
		})},
		{name: "in reverse order", source: "several servers", hook: func(c *fakeConn, tag, command string) bool {
			if !strings.HasPrefix(command, "UID FETCH ") || !strings.Contains(command, "BODY.PEEK[]") {
				return false
			}
			uids := c.f.uids()
			for i, uid := range slices.Backward(uids) {
				if within(strings.Fields(command)[2], uid) {
					c.say("%s", c.f.item(uint32(i+1), uid, "BODY", true))
				}
			}
			c.say("%s OK done", tag)
			return true
		}},
		{name: "each answer twice", source: "several servers", hook: bodies(func(c *fakeConn, seq, uid uint32, _ string) {
			c.say("%s", c.f.item(seq, uid, "BODY", false))
			c.say("%s", c.f.item(seq, uid, "BODY", false))
		})},
		{name: "flags with brackets between answers", source: "emailjs-imap-handler#6", hook: before("FETCH", `* 2 FETCH (FLAGS (\Seen NonJunk [x] "q" \*))`)},
		{name: "another program deletes mail", source: "RFC 2180", hook: before("FETCH.*PEEK", "* NO Some messages could not be FETCHed")},
		{name: "the daily limit is used up", source: "ha-email-sensor#16 (Gmail)", hook: refusing(`BODY\.PEEK\[\]`, "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)"), logins: 1, says: "bandwidth limits"},
		{name: "goodbye in the middle", source: "Exchange, AOL", hook: func(c *fakeConn, _, command string) bool {
			if strings.Contains(command, "BODY.PEEK[]") {
				c.say("* BYE Session expired, please login again.")
				_ = c.Close()
				return true
			}
			return false
		}, logins: 6, says: "Session expired"},
		{name: "server unavailable 15", source: "imapfilter#146 (Exchange)", hook: refusing("^EXAMINE", "NO Server Unavailable. 15"), logins: 6, says: "Server Unavailable. 15"},

		{name: "IDLE announces nothing", source: "Exchange, Yahoo", edit: func(line string) string { return line }, hook: func(c *fakeConn, tag, command string) bool {
			if command == "NOOP" {
				c.say("%s OK done", tag)
				return true
			}
			return false
		}, wait: 20 * time.Minute},
		{name: "IDLE is dropped with goodbye", source: "Outlook, AOL", hook: func(c *fakeConn, _, command string) bool {
			if command != "IDLE" {
				return false
			}
			c.say("+ idling")
			time.Sleep(8 * time.Second)
			c.say("* BYE Session expired, please login again")
			_ = c.Close()
			return true
		}},
		{name: "IDLE is done at once", source: "servers without IDLE behind a proxy", hook: refusing("^IDLE", "OK IDLE completed"), wait: 20 * time.Minute},
		{name: "IDLE is refused", source: "several servers", hook: refusing("^IDLE", "NO IDLE not allowed now"), wait: 20 * time.Minute},
		{name: "chatter while idle", source: "several servers", edit: replace(`^\+ idling$`, "+ idling\r\n* OK Still here\r\n* 5 RECENT\r\n* OK [HIGHESTMODSEQ 5] x\r\n* BAD odd")},
		{name: "no IDLE", source: "Seznam, ukr.net", caps: "IMAP4rev1", wait: 20 * time.Minute},
		{name: "an odd keyword while idle", source: "emailjs-imap-handler#6", hook: before("^NOOP", `* 3 FETCH (UID 3 FLAGS (\Seen [css3-page]))`)},

		selectLine("a code without a text", "MailKit#233, #358 (QQ, Yahoo)", "* OK [UNSEEN 5]"),
		selectLine("no modification sequence", "MailKit#233 (QQ)", "* OK [NOMODSEQ]"),
		selectLine("odd codes", "MailCore#1322", `* OK [MYRIGHTS "acdilrsw"] ACL`),
		selectLine("an error as a code", "ruby/net-imap#597", `* OK [Error="x y" Proxy=a:b] z`),
		selectLine("permanent flags with brackets", "emailjs-imap-handler#6", `* OK [PERMANENTFLAGS (\Answered tagit [css3-page] \*)] ok`),
		flagsLine("a star", "modern-email/defects#44 (Zoho)", `\Answered \Seen \*`),
		flagsLine("quoted", "MailKit#771 (InterMail)", `"\\Deleted" \Answered \Seen`),
		flagsLine("brackets", "emailjs-imap-handler#6, MailKit#390 (Dovecot)", `\Answered $label1 tagit [css3-page] kt`),
		flagsLine("control bytes", "thunderbird-android#4925 (Dovecot)", "\\Answered NonJunk \x80\x80\x85\x04 Junk"),
		flagsLine("outside ASCII", "modoboa#4207", "\\Answered Café Important! Perso/Travail"),
		flagsLine("spaces and percent", "himalaya#641 (Gmail)", `\Answered \Seen Follow up $Phishing 50% off`),
	}, append(shapes(), oddities()...)...)
}

// refuseBody refuses every FETCH of the text of one mail.
func refuseBody(uid uint32, answer string) func(*fakeConn, string, string) bool {
	return func(c *fakeConn, tag, command string) bool {
		if !bodyOf(command, uid) {
			return false
		}
		c.say("%s %s", tag, answer)
		return true
	}
}

// shapes are lines in other shapes, which many servers send.
func shapes() []report {
	var out []report
	for name, edit := range map[string]func(string) string{
		"no UIDVALIDITY": replace(`^\* OK \[UIDVALIDITY.*$`, "* OK ready"), "no UIDNEXT": replace(`^\* OK \[UIDNEXT.*$`, "* OK ready"),
		"UIDNEXT is too low": replace(`UIDNEXT \d+`, "UIDNEXT 3"), "codes in lower case": replace(`UIDVALIDITY`, "uidvalidity"),
		"ok in lower case": replace(`^(\S+) OK done$`, "$1 ok done"), "texts in UTF-8": replace(`OK done$`, "OK готово é\u00a0"),
		"texts in Latin-1": replace(`OK done$`, "OK bient\xf4t \xff"), "sizes of 0": replace(`RFC822.SIZE \d+`, "RFC822.SIZE 0"),
		"sizes far too high": replace(`RFC822.SIZE \d+`, "RFC822.SIZE 90000000"), "long lines": replace(`OK done$`, "OK "+strings.Repeat("x", 20_000)),
		"an id that is refused": replace(`^(\* CAPABILITY .*)$`, "$1 ID"), "empty texts": replace(`^(\S+ OK) done$`, "$1 "), "unknown capabilities": replace(`^(\* CAPABILITY .*)$`, "$1 X-CM-EXT-1 APPENDLIMIT=71680000 imap4REV1"),
		"UIDVALIDITY of 0": replace(`UIDVALIDITY 7`, "UIDVALIDITY 0"), "the largest UIDVALIDITY": replace(`UIDVALIDITY 7`, "UIDVALIDITY 4294967295"), "UIDVALIDITY in milliseconds": replace(`UIDVALIDITY 7`, "UIDVALIDITY 1764307200000"),
		"UIDNEXT beyond 32 bits": replace(`UIDNEXT \d+`, "UIDNEXT 4294967296"), "HIGHESTMODSEQ of 0": replace(`^\* FLAGS.*$`, "* OK [HIGHESTMODSEQ 0] none"),
		"no sizes": replace(`RFC822.SIZE \d+ `, ""), "the section in lower case": replace(`BODY\[HEADER\]`, "BODY[header]"),
	} {
		out = append(out, report{name: "shape: " + name, source: "several servers", edit: edit})
	}
	return out
}

// TestServersOfPublicReports runs the watcher against each server, in simulated time.
func TestServersOfPublicReports(t *testing.T) {
	for _, rep := range reports() {
		t.Run(fmt.Sprintf("%s (%s)", rep.name, rep.source), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { rep.run(t) })
		})
	}
}

func (rep report) run(t *testing.T) {
	t.Helper()
	s := startFake(message(shop, "one"), message(friend, "hello"), message(shop, "two"), message(friend, "bye"), message(shop, "three"), message(shop, "four"))
	if rep.caps != "" {
		s.caps = rep.caps
	}
	if rep.greet != "" {
		s.greet = rep.greet
	}
	s.mails[1] = strings.Replace(s.mails[1], "\r\n\r\n", "\r\n"+rep.extra+"\r\n", 1)
	s.hook, s.edit = rep.hook, rep.edit
	r := watch(account(s.pipeNet), newPositions(), &inbox{})
	pass(time.Minute)
	if rep.logins > 0 {
		if n := s.count(); n > rep.logins {
			t.Errorf("%d logins in a minute", n)
		}
	} else {
		pass(2 * time.Minute)
		rep.wants(t, s, r, "one", "two", "three", "four")
		s.mu.Lock()
		s.mails[7] = message(shop, "new")
		s.mu.Unlock()
		pass(max(rep.wait, 5*time.Minute))
		rep.wants(t, s, r, "one", "two", "three", "four", "new")
	}
	if said := r.log.String() + fmt.Sprint(r.state("INBOX").Fault, r.state("INBOX").Error); !regexp.MustCompile(rep.says).MatchString(said) {
		t.Errorf("does not say %q: %s", rep.says, said)
	}
	for _, c := range s.conns {
		if touched := regexp.MustCompile(`(?m)^\S+ (UID )?(STORE|SELECT|EXPUNGE|APPEND|COPY|MOVE) .*$`).FindString(c.commands()); touched != "" {
			t.Errorf("touched the mailbox: %s", touched)
		}
	}
	r.stop(t)
	s.stop(t)
}

// wants checks that the shop's mail was read once each, without the lost one.
func (rep report) wants(t *testing.T, s *fake, r *run, want ...string) {
	t.Helper()
	if rep.lost == 5 {
		want = append(append([]string{}, want[:2]...), want[3:]...)
	}
	got := r.inbox.subjects()
	if rep.disorder {
		slices.Sort(got)
		got = slices.Compact(got)
		slices.Sort(want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s\n%.3000s", diff, r.log, s.last().commands())
	}
}
