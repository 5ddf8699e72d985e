package imap_test

import (
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

// mailboxLine is what `status --json` says of a folder.
type mailboxLine struct {
	Name, Folder, State, Error string
	Since                      *time.Time
	LastMail                   *time.Time `json:"last_mail"`
	LastCheck                  *time.Time `json:"last_check"`
}

func status(t *testing.T, p *rig.Program) mailboxLine {
	t.Helper()
	var doc struct{ Mailboxes []mailboxLine }
	if err := json.Unmarshal([]byte(p.Say("status", "--json")), &doc); err != nil || len(doc.Mailboxes) != 1 {
		return mailboxLine{}
	}
	return doc.Mailboxes[0]
}

// TestStatusSaysOfAMailboxWhatIsSo follows a mailbox of a real server from good to
// bad to good again, by the words of two languages.
func TestStatusSaysOfAMailboxWhatIsSo(t *testing.T) {
	words := map[string]struct{ idle, polling, broken, mail, check string }{
		"en": {"waiting for email since ", "checked from time to time since ", "cannot be read since ", "last email just now", "last check just now"},
		"ru": {"ждёт писем с ", "проверяется время от времени с ", "не читается с ", "последнее письмо только что", "последняя проверка только что"},
	}
	onEachServer(t, func(t *testing.T, b brand) {
		for language, want := range words {
			t.Run(language, func(t *testing.T) {
				d := b.start(t, "")
				link := startProxy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+1)))
				p := newProgram(t, d, link.Port(), language)
				p.Run()
				becomes(t, p, "idle", 20*time.Second)
				at := status(t, p)
				if at.Since == nil || at.LastCheck == nil || at.LastMail != nil || time.Since(*at.Since) > 20*time.Second {
					t.Errorf("before any mail: %+v", at)
				}
				d.Deliver(t, "alice", shipment(numbered(1), 1))
				rig.Await(t, "the last mail", 20*time.Second, func() bool { return status(t, p).LastMail != nil })
				said := line(t, p)
				if !strings.Contains(said, want.idle) || !strings.Contains(said, want.mail) || !strings.Contains(said, want.check) {
					t.Errorf("idle: %s", said)
				}
				t.Log(said)
				if now := status(t, p); !now.Since.Equal(*at.Since) {
					t.Errorf("it idles since %v, and now since %v", at.Since, now.Since)
				}

				link.Set(rig.Refusing)
				link.Cut(true)
				becomes(t, p, "broken", 20*time.Second)
				said = line(t, p)
				if !strings.Contains(said, want.broken) || status(t, p).Error == "" {
					t.Errorf("broken: %s", said)
				}
				t.Log(said)
				link.Set(rig.Healthy)
				becomes(t, p, "idle", 40*time.Second)
				if now := status(t, p); now.Error != "" || !now.Since.After(*at.Since) {
					t.Errorf("again: %+v", now)
				}
				p.End()
				if now := status(t, p); now.State != "unknown" || now.LastMail == nil {
					t.Errorf("stopped: %+v", now)
				}
			})
		}
		t.Run("without IDLE", func(t *testing.T) {
			d := b.start(t, b.noIdle)
			p := newProgram(t, d, d.Port+1, "ru")
			p.Run()
			becomes(t, p, "polling", 20*time.Second)
			if said := line(t, p); !strings.Contains(said, words["ru"].polling) || !strings.Contains(said, words["ru"].check) {
				t.Errorf("polling: %s", said)
			}
		})
	})
}

// becomes waits for a state of the mailbox.
func becomes(t *testing.T, p *rig.Program, state string, limit time.Duration) {
	t.Helper()
	rig.Await(t, state, limit, func() bool {
		time.Sleep(100 * time.Millisecond) // each look is a process
		return status(t, p).State == state
	})
}

// line is the mailbox's in the status that people read.
func line(t *testing.T, p *rig.Program) string {
	t.Helper()
	for line := range strings.SplitSeq(p.Say("status"), "\n") {
		if strings.Contains(line, "INBOX") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
