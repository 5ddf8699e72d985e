package mailwatch_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/mail"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

// namer is a server whose only folder, "Einkäufe", has the name form required by the
// enabled extensions.
type namer struct {
	only string // must be enabled before anything else works

	mu      sync.Mutex
	enabled string
	opened  []string
}

func (n *namer) hook(c *fakeConn, tag, command string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	verb, rest, _ := strings.Cut(command, " ")
	switch verb {
	case "LOGIN":
		n.enabled = "" // new connection
		return false
	case "ENABLE":
		n.enabled = rest
		c.say("* ENABLED %s", rest)
		c.say("%s OK done", tag)
		return true
	case "EXAMINE":
		n.opened = append(n.opened, rest)
		want := `"Eink&AOQ-ufe"`
		if n.enabled != "" {
			want = `"Einkäufe"`
		}
		if rest == want && (n.only == "" || n.enabled == n.only) {
			return false
		}
		c.say("%s NO [CANNOT] no such folder", tag)
		return true
	}
	return false
}

func TestFoldersAreNamedAsTheServerReadsThem(t *testing.T) {
	cases := []struct{ name, caps, only string }{
		{"a server of old", "IMAP4rev1 IDLE", ""},
		{"UTF-8 is offered and not needed", "IMAP4rev1 IDLE ENABLE UTF8=ACCEPT", ""},
		{"UTF-8 is demanded", "IMAP4rev1 IDLE ENABLE UTF8=ONLY", "UTF8=ACCEPT"},
		{"both revisions", "IMAP4rev1 IMAP4rev2 IDLE", ""},
		{"the new revision alone", "IMAP4rev2", "IMAP4rev2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &namer{only: c.only}
				s := startFake(message(shop, "one"))
				s.caps, s.hook = c.caps, n.hook
				a := account(s.pipeNet)
				a.Folders = []string{"Einkäufe"}
				r := watch(a, newPositions(), &inbox{})
				pass(10 * time.Second)
				if diff := cmp.Diff([]string{"one"}, r.inbox.subjects()); diff != "" {
					t.Errorf("%s; opened %q\n%s", diff, n.opened, r.log)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}

// TestSendersInOtherScriptsAreSearchedForInASCII: some servers refuse a SEARCH with a
// CHARSET, others a UTF-8 one without it.
func TestSendersInOtherScriptsAreSearchedForInASCII(t *testing.T) {
	for name, answer := range map[string]string{
		"the charset is refused":     "NO [BADCHARSET (US-ASCII)] what is that",
		"the command is not grasped": "BAD syntax",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				letter := strings.Replace(message(shop, "one"), "AliExpress <transaction@notice.aliexpress.com>", "Магазин <заказ@aliexpress.com>", 1)
				foreign := strings.Replace(message(shop, "two"), "AliExpress <transaction@notice.aliexpress.com>", "Друг <друг@xn--e1afmkfd.xn--p1ai>", 1)
				raw := strings.Replace(message(shop, "three"), "AliExpress <transaction@notice.aliexpress.com>", "Друг <друг@пример.рф>", 1)
				s := startFake(letter, foreign, raw, message(friend, "hello"))
				s.hook = func(c *fakeConn, tag, command string) bool {
					if !strings.Contains(command, "SEARCH") || !strings.Contains(command, "CHARSET") && strings.IndexFunc(command, func(r rune) bool { return r > '~' }) < 0 {
						return false
					}
					c.say("%s %s", tag, answer)
					return true
				}
				a := account(s.pipeNet)
				a.Senders = mail.NewSenders(mail.Choice{Others: []string{"заказ@aliexpress.com", "пример.рф"}})
				r := watch(a, newPositions(), &inbox{})
				pass(10 * time.Second)
				if diff := cmp.Diff([]string{"one", "two", "three"}, r.inbox.subjects()); diff != "" {
					t.Errorf("%s\n%s", diff, r.log)
				}
				if said := s.last().commands(); strings.Contains(said, "CHARSET") {
					t.Errorf("said: %s", said)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}

func TestAListOfFoldersThatNobodyCanReadHidesNothingElse(t *testing.T) {
	for name, line := range map[string]string{
		"a name that is no UTF-7": `* LIST () "/" "Bücher & mehr"`,
		"a name cut short":        `* LIST () "/" "Eink&AOQ"`,
		"a name in another set":   "* LIST () \"/\" \"Eink\xe4ufe\"",
		"words":                   "* LIST what a nice day",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startFake(message(shop, "one"))
				s.hook = func(c *fakeConn, tag, command string) bool {
					if !strings.HasPrefix(command, "LIST") {
						return false
					}
					c.say("%s", line)
					c.say("%s OK done", tag)
					return true
				}
				report, err := mailwatch.Check(t.Context(), account(s.pipeNet))
				if err != nil || len(report.Watched) != 1 || report.Watched[0].Err != nil || report.Watched[0].Candidates != 1 {
					t.Errorf("got %+v, %v", report, err)
				}
				s.stop(t)
			})
		})
	}
}

func TestFoldersAreListedInEveryForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"))
		s.hook = func(c *fakeConn, tag, command string) bool {
			if !strings.HasPrefix(command, "LIST") {
				return false
			}
			c.say("* LIST () \"/\" {5}\r\nINBOX")
			c.say(`* LIST (\Noselect) "/" "[Gmail]"`)
			c.say(`* LIST (\All) "/" "[Gmail]/&BBIEQQRP- &BD8EPgRHBEIEMA-"`)
			c.say("* LIST () NIL \"Посылки\"")
			c.say("* LIST () \"/\" {11}\r\nA \"b\" \\ c d")
			c.say("%s OK done", tag)
			return true
		}
		report, err := mailwatch.Check(t.Context(), account(s.pipeNet))
		want := []string{`A "b" \ c d`, "INBOX", "[Gmail]/Вся почта", "Посылки"}
		if diff := cmp.Diff(want, report.Folders); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		s.stop(t)
	})
}

func TestTextsInEveryFormAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"), message(shop, "two"), message(shop, "three"))
		s.caps = "IMAP4rev1 IDLE LITERAL+"
		s.hook = func(c *fakeConn, tag, command string) bool {
			if !strings.Contains(command, "FETCH") || !strings.Contains(command, "BODY.PEEK[]") {
				return false
			}
			c.say(`* 1 FETCH (BODY[] "" UID 1)`) // an empty text first, which is not a mail
			c.say(`* 1 FETCH (UID 1 BODY[] {%d}`+"\r\n%s)", len(s.mails[1]), s.mails[1])
			c.say("* 2 FETCH (UID 2 RFC822.SIZE %d BODY[] NIL)", len(s.mails[2]))
			c.say("* 3 FETCH (FLAGS (\\Seen $Forwarded) UID 3 INTERNALDATE \" 2-Mar-2026 10:00:00 +0300\" BODY[] {%d}\r\n%s)", len(s.mails[3]), s.mails[3])
			c.say("%s OK done", tag)
			return true
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(10 * time.Second)
		if diff := cmp.Diff([]string{"one", "three"}, r.inbox.subjects()); diff != "" {
			t.Errorf("%s\n%s", diff, r.log)
		}
		if asides := r.positions.setAside(); len(asides) != 1 || !strings.Contains(asides[0], "home/INBOX/2") {
			t.Errorf("set aside: %q", asides)
		}
		if got := r.state("INBOX"); got.State != parcel.MailboxIdle {
			t.Errorf("state: %+v", got)
		}
		r.stop(t)
		s.stop(t)
	})
}
