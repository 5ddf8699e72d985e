package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parcelwatch/mailwatch/internal/wire"
)

// spoken is what servers say, a response each.
var spoken = []string{
	"* FLAGS (\\Answered \\Seen $Forwarded)\r\n",
	"* OK [PERMANENTFLAGS (\\Seen \\*)] Limited\r\n* 172 EXISTS\r\n* OK [UIDVALIDITY 3857529045] UIDs valid\r\n* OK [UIDNEXT 4392] Predicted\r\nT1 OK [READ-ONLY] done\r\n",
	"* SEARCH 2 84 882\r\nT2 OK done\r\n",
	"* ESEARCH (TAG \"T2\") UID ALL 17,900:905\r\nT2 OK done\r\n",
	"* 1 FETCH (UID 7 RFC822.SIZE 44 BODY[HEADER.FIELDS (FROM)] {14}\r\nFrom: (x) <a@b)\r\nT3 OK done\r\n",
	"* 2 FETCH (FLAGS (\\Seen) UID 8 BODY[] \"short \\\" (one\")\r\n",
	"* 3 FETCH (UID 9 BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 10 1)(\"text\" \"html\" NIL NIL NIL \"8bit\" 20 2) \"mixed\"))\r\n",
	"* LIST (\\HasNoChildren) \"/\" \"A (b\"\r\n* LIST () \"/\" {3}\r\nc{9\r\nT4 OK done\r\n",
	"* NO [ALERT] {5}\r\n* 3 EXPUNGE\r\n* BYE \"bye\r\n",
	"* OK [X \r\n* LIST () {100}\r\n] y\r\n* 5 EXISTS\r\n",
	"T9 NO what\r\n", "+ go on\r\n", "* 5 OK (z\r\n", "* THREAD (1 (2)(3))\r\n", "* ID (\"a\" \"\r\n\")\r\n", "\r\n", "* 1 FETCH (\x01", "* OK [X \n\x01]\n\x01",
}

// FuzzLikeTheLibraryAlone: what the library reads alone it reads the same behind the
// reader, and what would exhaust its stack does not reach it.
func FuzzLikeTheLibraryAlone(f *testing.F) {
	for _, s := range spoken {
		f.Add([]byte(s))
	}
	f.Add([]byte(strings.Join(spoken, "")))
	f.Add([]byte("* LIST () \"\\\"(\" a\r\n* 1 FETCH (BODY[] {3}\r\n\x01\x01\x01 BODYSTRUCTURE \x01"))
	debug.SetMaxStack(2 << 20)
	f.Fuzz(func(t *testing.T, said []byte) {
		nested := bytes.ReplaceAll(said, []byte{1}, bytes.Repeat([]byte("("), deep))
		passed, err := io.ReadAll(wire.New(io.MultiReader(strings.NewReader(greeting), bytes.NewReader(nested)), &wire.Windows{}))
		if errors.Is(err, wire.ErrBounds) {
			read(t, passed[len(greeting):], alone) // survives
			return
		}
		if err != nil || !bytes.Equal(passed[len(greeting):], nested) {
			t.Fatalf("passed on %q, %v", passed, err)
		}
		if a, b := read(t, nested, alone), read(t, nested, behind); a != b {
			t.Errorf("alone:\n%s\nbehind the reader:\n%s", a, b)
		}
	})
}

// greeting comes before everything.
const greeting = "* OK [CAPABILITY IMAP4rev1] ready\r\n"

// gate lets a reader wait.
type gate struct {
	io.Reader
	open chan struct{}
}

func (g gate) Read(p []byte) (int, error) { <-g.open; return g.Reader.Read(p) }

// conn is a connection on which only reading matters.
type conn struct {
	net.Conn
	said io.Reader
}

func (c conn) Read(p []byte) (int, error)     { return c.said.Read(p) }
func (conn) Write(p []byte) (int, error)      { return len(p), nil }
func (conn) Close() error                     { return nil }
func (conn) SetReadDeadline(time.Time) error  { return nil }
func (conn) SetWriteDeadline(time.Time) error { return nil }

func alone(r io.Reader) io.Reader  { return r }
func behind(r io.Reader) io.Reader { return wire.New(r, &wire.Windows{}) }

// read returns what the library makes of a server's words.
func read(t *testing.T, said []byte, wrap func(io.Reader) io.Reader) string {
	t.Helper()
	var out strings.Builder
	note := func(what string, got any, err error) {
		text := fmt.Sprint(err)
		if at := strings.Index(text, "panic reading response"); at >= 0 {
			text = text[:at]
		}
		shown, _ := json.Marshal(got) // follows pointers
		fmt.Fprintf(&out, "%s: %s %s\n", what, shown, text)
	}
	open := make(chan struct{})
	server := conn{said: wrap(io.MultiReader(strings.NewReader(greeting), gate{bytes.NewReader(said), open}))}
	var announced []string
	c := imapclient.New(server, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Expunge: func(n uint32) { announced = append(announced, fmt.Sprint("expunge ", n)) },
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				announced = append(announced, fmt.Sprint("exists ", *d.NumMessages))
			}
		},
	}})
	box := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true})
	found := c.UIDSearch(&imap.SearchCriteria{}, nil)
	mails := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true})
	folders := c.List("", "*", nil)
	close(open)
	got, err := mails.Collect()
	for _, m := range got {
		note("mail", m, nil)
	}
	note("mails", len(got), err)
	names, err := folders.Collect()
	for _, n := range names {
		note("folder", n, nil)
	}
	note("folders", len(names), err)
	set, err := found.Wait()
	if set != nil {
		note("found", set.All, err)
	}
	_, err = box.Wait()
	note("box", nil, err)
	<-c.Closed()
	note("announced", announced, nil)
	return out.String()
}
