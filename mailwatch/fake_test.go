package mailwatch_test

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fake is a small IMAP server that can misbehave: hook sees every command first and
// returns true if it has answered it.
type fake struct {
	*pipeNet
	caps  string
	greet string
	hook  func(c *fakeConn, tag, command string) bool
	// edit changes a line of the server before it is sent; nil for none.
	edit func(line string) string

	mu    sync.Mutex
	mails map[uint32]string
	// counted adds a mail to EXISTS that no command shows.
	counted bool
	done    sync.WaitGroup
}

type fakeConn struct {
	net.Conn
	f     *fake
	lines *bufio.Reader
	told  int // as EXISTS
}

func startFake(mails ...string) *fake {
	f := &fake{pipeNet: newPipeNet(), caps: "IMAP4rev1 IDLE", greet: "* OK ready", mails: map[uint32]string{}}
	for i, m := range mails {
		f.mails[uint32(i+1)] = m
	}
	f.done.Go(func() {
		for {
			c, err := f.Accept()
			if err != nil {
				return
			}
			f.done.Go(func() { (&fakeConn{Conn: c, f: f, lines: bufio.NewReader(c)}).serve() })
		}
	})
	return f
}

func (f *fake) stop(t *testing.T) {
	t.Helper()
	_ = f.Close()
	f.done.Wait()
}

func (f *fake) uids() []uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []uint32
	for uid := uint32(1); uid < 1000; uid++ {
		if _, ok := f.mails[uid]; ok {
			out = append(out, uid)
		}
	}
	return out
}

func (c *fakeConn) say(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if c.f.edit != nil {
		line = c.f.edit(line)
	}
	fmt.Fprint(c, line+"\r\n")
}

func (c *fakeConn) line() (string, bool) {
	line, err := c.lines.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err == nil
}

func (c *fakeConn) serve() {
	defer c.Close()
	if c.f.greet != "" {
		c.say("%s", c.f.greet)
	}
	for {
		line, ok := c.line()
		if !ok {
			return
		}
		tag, command, _ := strings.Cut(line, " ")
		if c.f.hook != nil && c.f.hook(c, tag, command) {
			continue
		}
		if !c.answer(tag, command) {
			return
		}
	}
}

// answer responds correctly.
func (c *fakeConn) answer(tag, command string) bool {
	verb, rest, _ := strings.Cut(command, " ")
	if verb == "UID" {
		verb, rest, _ = strings.Cut(rest, " ")
	}
	switch verb {
	case "CAPABILITY":
		c.say("* CAPABILITY %s", c.f.caps)
	case "LIST":
		c.say(`* LIST () "/" INBOX`)
	case "EXAMINE":
		uids := c.f.uids()
		c.told = c.f.exists()
		c.say("* %d EXISTS", c.told)
		c.say(`* FLAGS (\Answered \Seen)`)
		c.say("* OK [UIDVALIDITY 7] ok")
		if len(uids) > 0 {
			c.say("* OK [UIDNEXT %d] ok", uids[len(uids)-1]+1)
		}
	case "NOOP":
		if n := c.f.exists(); n != c.told {
			c.told = n
			c.say("* %d EXISTS", n)
		}
	case "SEARCH":
		c.search(rest, !strings.HasPrefix(command, "UID"))
	case "FETCH":
		c.fetch(rest, !strings.HasPrefix(command, "UID"))
	case "IDLE":
		c.say("+ idling")
		if done, ok := c.line(); !ok || done != "DONE" {
			return false
		}
	case "LOGOUT":
		c.say("* BYE see you")
		c.say("%s OK done", tag)
		return false
	}
	c.say("%s OK done", tag)
	return true
}

func (f *fake) exists() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counted {
		return len(f.mails) + 1
	}
	return len(f.mails)
}

func (c *fakeConn) search(keys string, sequence bool) {
	out := []string{"* SEARCH"}
	for seq, uid := range c.f.uids() {
		if set, ok := strings.CutPrefix(keys, "UID "); ok && !within(strings.Fields(set)[0], uid) {
			continue
		}
		if strings.Contains(keys, "FROM") && !strings.Contains(c.f.mails[uid], "aliexpress.com") {
			continue
		}
		if sequence {
			uid = uint32(seq + 1)
		}
		out = append(out, strconv.FormatUint(uint64(uid), 10))
	}
	c.say("%s", strings.Join(out, " "))
}

func (c *fakeConn) fetch(args string, sequence bool) {
	set, items, _ := strings.Cut(args, " ")
	for seq, uid := range c.f.uids() {
		number := uid
		if sequence {
			number = uint32(seq + 1)
		}
		if within(set, number) {
			c.say("%s", c.f.item(uint32(seq+1), uid, items, false))
		}
	}
}

// item writes a FETCH response, with the UID after the text if late.
func (f *fake) item(seq, uid uint32, items string, late bool) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	raw := f.mails[uid]
	text, section := raw, "BODY[]"
	switch {
	case strings.Contains(items, "HEADER"):
		head, _, _ := strings.Cut(raw, "\r\n\r\n")
		text, section = head+"\r\n\r\n", "BODY[HEADER]"
	case !strings.Contains(items, "BODY"):
		return fmt.Sprintf("* %d FETCH (UID %d)", seq, uid)
	}
	body := fmt.Sprintf("RFC822.SIZE %d %s {%d}\r\n%s", len(raw), section, len(text), text)
	if late {
		return fmt.Sprintf("* %d FETCH (%s UID %d)", seq, body, uid)
	}
	return fmt.Sprintf("* %d FETCH (UID %d %s)", seq, uid, body)
}

// within reports whether a sequence set contains n.
func within(set string, n uint32) bool {
	for part := range strings.SplitSeq(set, ",") {
		first, last, isRange := strings.Cut(part, ":")
		low, _ := strconv.Atoi(first)
		high := low
		if isRange {
			if high, _ = strconv.Atoi(last); last == "*" {
				high = 1 << 31
			}
		}
		if int(n) >= low && int(n) <= high {
			return true
		}
	}
	return false
}
