package imap_test

import (
	"encoding/json"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mailboxLine is what `status --json` says of a folder.
type mailboxLine struct {
	Name, Folder, State, Error string
	Since                      *time.Time
	LastMail                   *time.Time `json:"last_mail"`
	LastCheck                  *time.Time `json:"last_check"`
}

func (p *program) status(t *testing.T) mailboxLine {
	t.Helper()
	var doc struct{ Mailboxes []mailboxLine }
	if err := json.Unmarshal([]byte(p.say(t, "status", "--json")), &doc); err != nil || len(doc.Mailboxes) != 1 {
		return mailboxLine{}
	}
	return doc.Mailboxes[0]
}

// TestStatusSaysOfAMailboxWhatIsSo follows a mailbox of a real server from good to
// bad to good again, by the words of two languages.
func TestStatusSaysOfAMailboxWhatIsSo(t *testing.T) {
	words := map[string]struct{ idle, polling, broken, mail, check string }{
		"en": {"waiting for mail since ", "looking from time to time since ", "cannot be read since ", "last mail just now", "last check just now"},
		"ru": {"ждёт писем с ", "проверяется время от времени с ", "не читается с ", "последнее письмо только что", "последняя проверка только что"},
	}
	onEachServer(t, func(t *testing.T, b brand) {
		for language, want := range words {
			t.Run(language, func(t *testing.T) {
				d := b.start(t, "")
				link := startProxy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+1)))
				p := newProgram(t, d, link.port(), language)
				p.start(t)
				p.becomes(t, "idle", 20*time.Second)
				at := p.status(t)
				if at.Since == nil || at.LastCheck == nil || at.LastMail != nil || time.Since(*at.Since) > 20*time.Second {
					t.Errorf("before any mail: %+v", at)
				}
				d.Deliver(t, "alice", shipment(numbered(1), 1))
				waitFor(t, "the last mail", 20*time.Second, func() bool { return p.status(t).LastMail != nil })
				line := p.line(t)
				if !strings.Contains(line, want.idle) || !strings.Contains(line, want.mail) || !strings.Contains(line, want.check) {
					t.Errorf("idle: %s", line)
				}
				t.Log(line)
				if now := p.status(t); !now.Since.Equal(*at.Since) {
					t.Errorf("it idles since %v, and now since %v", at.Since, now.Since)
				}

				link.set(refusing)
				link.cut(true)
				p.becomes(t, "broken", 20*time.Second)
				line = p.line(t)
				if !strings.Contains(line, want.broken) || p.status(t).Error == "" {
					t.Errorf("broken: %s", line)
				}
				t.Log(line)
				link.set(healthy)
				p.becomes(t, "idle", 40*time.Second)
				if now := p.status(t); now.Error != "" || !now.Since.After(*at.Since) {
					t.Errorf("again: %+v", now)
				}
				p.end(t, os.Interrupt)
				if now := p.status(t); now.State != "unknown" || now.LastMail == nil {
					t.Errorf("stopped: %+v", now)
				}
			})
		}
		t.Run("without IDLE", func(t *testing.T) {
			d := b.start(t, b.noIdle)
			p := newProgram(t, d, d.Port+1, "ru")
			p.start(t)
			p.becomes(t, "polling", 20*time.Second)
			if line := p.line(t); !strings.Contains(line, words["ru"].polling) || !strings.Contains(line, words["ru"].check) {
				t.Errorf("polling: %s", line)
			}
		})
	})
}

// becomes waits for a state of the mailbox.
func (p *program) becomes(t *testing.T, state string, limit time.Duration) {
	t.Helper()
	waitFor(t, state, limit, func() bool {
		time.Sleep(100 * time.Millisecond) // each look is a process
		return p.status(t).State == state
	})
}

// line is the mailbox's in the status that people read.
func (p *program) line(t *testing.T) string {
	t.Helper()
	for line := range strings.SplitSeq(p.say(t, "status"), "\n") {
		if strings.Contains(line, "INBOX") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
