package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"parcelwatch/mailwatch/internal/wire"
)

// broken is what servers send against the grammar, and what the library is given.
var broken = []struct {
	name   string
	expect wire.Answer
	sent   string
	want   string
}{
	{"flags", wire.UID, "* FLAGS (\\Answered  \\Seen [css3-page] Perso/[x] 50%off \"\\\\Deleted\" \x80\x85\x04 \"q\" \\* Follow up Caf\xc3\xa9 \xd0\x9f)", `* FLAGS (\Answered \Seen \* Follow up Caf` + "\xc3\xa9)"},
	{"permanent flags", wire.UID, `* OK [PERMANENTFLAGS (\Answered tagit [css3-page] \* )] ok`, `* OK [PERMANENTFLAGS (\Answered tagit \*)] ok`},
	{"an error in brackets", wire.UID, `T7 OK [Error="Wrong]Server: x" AuthResult=0 Proxy=A:1993:SSL] LOGIN completed.`, `T7 OK LOGIN completed. (Error="Wrong]Server: x" AuthResult=0 Proxy=A:1993:SSL)`},
	{"an error without text", wire.UID, `T7 NO [Error="x y"]`, `T7 NO (Error="x y")`},
	{"a code that does not end", wire.UID, `* OK [Error="x y`, `* OK Error="x y`},
	{"codes without text, in small letters", wire.UID, "* OK [uidvalidity 5]\r\n* ok [UidNext 9]\r\n* OK [HIGHESTMODSEQ 0]\r\n* OK [UNSEEN 5]", "* OK [UIDVALIDITY 5]\r\n* OK [UIDNEXT 9]\r\n* OK\r\n* OK"},
	{"numbers of more than 32 bits", wire.UID, "* OK [UIDVALIDITY 1764307200000] x\r\n* OK [UIDVALIDITY 4294967296] x\r\n* OK [UIDNEXT 4294967296] x", "* OK [UIDVALIDITY 3370608640] x\r\n* OK [UIDVALIDITY 1] x\r\n* OK x"},
	{"blanks in capabilities", wire.UID, "* OK [CAPABILITY IMAP4  IMAP4rev1 ID ] hi\r\n* CAPABILITY IMAP4rev1 \"x\" IDLE ", "* OK [CAPABILITY IMAP4 IMAP4rev1 ID] hi\r\n* CAPABILITY IMAP4rev1 IDLE"},
	{"a parenthesis among capabilities", wire.UID, "* OK [CAPABILITY IMAP4 (] hi\r\n* CAPABILITY IMAP4rev1 A( IDLE", "* OK [CAPABILITY IMAP4] hi\r\n* CAPABILITY IMAP4rev1 IDLE"},
	{"blanks before numbers", wire.UID, "*  12 EXISTS\r\n* 12  RECENT\r\n*  3   EXPUNGE ", "* 12 EXISTS\r\n* 12 RECENT\r\n* 3 EXPUNGE"},
	{"blanks and lines that do not belong", wire.UID, "\r\n  T4 OK done\r\n\r\n* 1 EXISTS\r\n \r\n", "T4 OK done\r\n* 1 EXISTS"},
	{"unknown answers", wire.UID, "* XSTATUS 12 foo (bar \"baz\")\r\n* VANISHED 300\r\n* JMAPACCESS \"https://x.example\"\r\n* 5 ODD {3}\r\nT1 x\r\n* STATUS INBOX (X)\r\n* OK x", "* OK x"},
	{"an answer to somebody else", wire.UID, "A001 OK done\r\nT3 OK done", "T3 OK done"},
	{"ESEARCH without a tag", wire.UID, "* ESEARCH UID ALL 1,3:5\r\n* ESEARCH", "* ESEARCH (TAG \"\") UID ALL 1,3:5\r\n* ESEARCH (TAG \"\")"},
	{"SEARCH with blanks", wire.UID, "* SEARCH  3 5  9 \r\n* SEARCH 4 (MODSEQ 917 )\r\n* SEARCH ", "* SEARCH 3 5 9\r\n* SEARCH 4 (MODSEQ 917)\r\n* SEARCH"},
	{"names of folders", wire.UID, "* LIST (\\HasNoChildren [x]) \"/\" INBOX/Foo Bar\r\n* LIST () NIL [Gmail]\r\n* LIST () \" \" \xd0\x9f\xd0\x9f\r\n* LIST () \"/\" {3}\r\na b x", "* LIST (\\HasNoChildren) \"/\" \"INBOX/Foo Bar\"\r\n* LIST () NIL [Gmail]\r\n* LIST () \" \" \"\xd0\x9f\xd0\x9f\"\r\n* LIST () \"/\" {3}\r\na b"},
	{"flags before, between and after", wire.Body, "* 3 FETCH (FLAGS (\\Seen [x] \"q\" \\*))\r\n* 3 FETCH (UID 7 FLAGS (\\Seen) MODSEQ (12))\r\n* 3 FETCH (UID 7 RFC822.SIZE 9 BODY[] {3}\r\na)b FLAGS (\\Seen 50\"tv))\r\n* 3 FETCH (UID 7 FLAGS ())", "* 3 FETCH (UID 7 RFC822.SIZE 9 BODY[] {3}\r\na)b)"},
	{"items nobody asked for", wire.Body, "* 3 FETCH (X-GM-MSGID 1278 X-GM-LABELS (\"\\\\Inbox\" {2}\r\n)( x) UID 7 ENVELOPE ((a (b)) NIL) BODY[HEADER.FIELDS (\"FROM\" \"a]\")] {3}\r\nabc MODSEQ (5))", "* 3 FETCH (UID 7 BODY[] {3}\r\nabc)"},
	{"blanks and line ends in an answer", wire.Body, "* 3 FETCH ( UID  7   BODY[]<0>  {3}\r\nabc \r\n )\r\n* 4 FETCH (UID 8 BODY[] {1}\r\na\r\n)", "* 3 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n* 4 FETCH (UID 8 BODY[] {1}\r\na)"},
	{"a trailer", wire.Body, "* 3 FETCH (UID 7 BODY[] {3}\r\nabc) RFC822.SIZE 3)\r\n* 1 EXISTS", "* 3 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n* 1 EXISTS"},
	{"an answer in two, the text last", wire.Body, "* 3 FETCH (UID 7 RFC822.SIZE 5)\r\n* 3 FETCH (BODY[] {3}\r\nabc)", "* 3 FETCH (UID 7 RFC822.SIZE 5 BODY[] {3}\r\nabc)"},
	{"an answer in two, the text first", wire.Body, "* 3 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n* 3 FETCH (UID 7 RFC822.SIZE 5)", "* 3 FETCH (UID 7 BODY[] {3}\r\nabc)"},
	{"binary, quoted and no text", wire.Body, "* 3 FETCH (UID 7 BODY[] ~{3}\r\na\x00c)\r\n* 4 FETCH (UID 8 BODY[HEADER] \"a\\\"b\")\r\n* 5 FETCH (UID 9 BODY[] NIL)", "* 3 FETCH (UID 7 BODY[] {3}\r\na\x00c)\r\n* 4 FETCH (UID 8 BODY[] {3}\r\na\"b)\r\n* 5 FETCH (UID 9 BODY[] NIL)"},
	{"the UID after the text", wire.Body, "* 3 FETCH (BODY[] {3}\r\nabc UID 7)", "* 3 FETCH (BODY[] {3}\r\nabc UID 7)"},
	{"an answer that breaks off", wire.Body, "* 3 FETCH (UID 7 RFC822.SIZE 500 BODY[]\r\n* 4 FETCH (UID 8 BODY[] {1}\r\na)", "* 4 FETCH (UID 8 BODY[] {1}\r\na)"},
	{"no list", wire.UID, "* 301 FETCH FLAGS (\\Seen)\r\n* 0 FETCH (UID 4)\r\n* OK x", "* OK x"},
	{"UIDs with flags", wire.UID, "* 3 FETCH (FLAGS ())\r\n* 3 FETCH (FLAGS (\\Seen) UID 7)", "* 3 FETCH (UID 7)"},
	{"sizes with flags", wire.Size, "* 3 FETCH (FLAGS () UID 7)\r\n* 3 FETCH (UID 7 RFC822.SIZE 4)\r\n* 4 FETCH (UID 8)", "* 3 FETCH (UID 7 RFC822.SIZE 4)\r\n* 4 FETCH (UID 8)"},
	{"a line of 100 KB", wire.UID, "T5 OK " + strings.Repeat("x", 100_000) + "\r\n* 1 EXISTS", "T5 OK " + strings.Repeat("x", 64<<10-1) + "\r\n* 1 EXISTS"},
}

func TestBrokenAnswersAreMended(t *testing.T) {
	t.Parallel()
	for _, c := range broken {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for name, r := range map[string]io.Reader{"at once": strings.NewReader(greeting + c.sent + "\r\n"), "byte by byte": iotest.OneByteReader(strings.NewReader(greeting + c.sent + "\r\n"))} {
				m := wire.NewMender(r, &wire.Windows{})
				m.Expect(c.expect)
				got, err := io.ReadAll(m)
				if diff := cmp.Diff(greeting+c.want+"\r\n", string(got)); diff != "" || err != nil {
					t.Errorf("%s: %v %s", name, err, diff)
				}
			}
			if _, ok := understood(t, []byte(c.want+"\r\n"), alone); !ok && !strings.Contains(c.want, "T") {
				t.Error("the library does not read it")
			}
		})
	}
}

func TestAlertsAreReported(t *testing.T) {
	t.Parallel()
	var got []string
	m := wire.NewMender(strings.NewReader("* OK [ALERT] Your password expires in 3 days\r\n* NO [WEBALERT https://mail.example/signin?a=b] Web login required.\r\nT1 OK [alert] quota soon\r\nT2 NO [ALERT] in the error already\r\n* OK [ALERT]\r\n"), &wire.Windows{})
	m.Alert = func(text string) { got = append(got, text) }
	if _, err := io.Copy(io.Discard, m); err != nil {
		t.Fatal(err)
	}
	want := []string{"Your password expires in 3 days", "Web login required. https://mail.example/signin?a=b", "quota soon"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMendingEndsWithoutBounds(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"* 1 FETCH (", "* 1 FETCH (BODY[", "* 1 FETCH (BODY[] \"", "* 1 FETCH (X ", "* 1 FETCH (FLAGS (", "* OK [", "* FLAGS (", "* LIST (", "* ODD ", "", "T1 OK "} {
		for _, part := range []string{"(", "a", "a ", "\"\" ", "{1}\r\na ", "\r", "[", "(a b) "} {
			sent := greeting + head + strings.Repeat(part, 300<<10/len(part))
			m := wire.NewMender(strings.NewReader(sent), &wire.Windows{})
			if n, _ := io.Copy(io.Discard, m); n > 300<<10+1000 {
				t.Errorf("%q with %q: %d bytes", head, part, n)
			}
		}
	}
}

var codes = regexp.MustCompile(`(?i)\[(uidvalidity|uidnext|capability|permanentflags)`)

// misread is what the library reads wrongly. A response code that its line does not
// close extends into later lines. It never returns from a parenthesis among capabilities.
var misread = regexp.MustCompile(`(?i)\[[^\]\n]*\n|capability[^\n]*\(`)

// FuzzMendedLikeTheLibraryAlone: what the library reads alone it reads the same behind the
// mender.
func FuzzMendedLikeTheLibraryAlone(f *testing.F) {
	for _, s := range spoken {
		f.Add([]byte(s))
	}
	for _, c := range broken {
		f.Add([]byte(c.sent + "\r\n"))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		said = codes.ReplaceAllFunc(said, bytes.ToUpper) // the library ignores them in small letters
		if misread.Match(said) {
			t.Skip()
		}
		want, ok := understood(t, said, alone)
		got, mended := understood(t, said, func(r io.Reader) io.Reader { return wire.New(wire.NewMender(r, &wire.Windows{}), &wire.Windows{}) })
		if ok && (want != got || !mended) {
			t.Errorf("alone:\n%s\nmended (%v):\n%s", want, mended, got)
		}
	})
}

// understood returns what the library reads of what the program asks for, and whether it
// can read everything.
func understood(t *testing.T, said []byte, wrap func(io.Reader) io.Reader) (string, bool) {
	t.Helper()
	var out strings.Builder
	open := make(chan struct{})
	server := conn{said: wrap(io.MultiReader(strings.NewReader(greeting), gate{bytes.NewReader(said), open}))}
	c := imapclient.New(server, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				fmt.Fprintf(&out, "exists %d\n", *d.NumMessages)
			}
		},
	}})
	box := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true})
	found := c.UIDSearch(&imap.SearchCriteria{}, nil)
	mails := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true})
	folders := c.List("", "*", nil)
	close(open)
	ok := true
	var lines []string
	got, _ := mails.Collect()
	for _, m := range got {
		body := ""
		if len(m.BodySection) > 0 {
			body = string(m.BodySection[0].Bytes)
		}
		lines = append(lines, fmt.Sprintf("mail %d %d %q", m.UID, m.RFC822Size, body))
		ok = ok && m.UID != 0
	}
	names, _ := folders.Collect()
	for _, n := range names {
		lines = append(lines, fmt.Sprintf("folder %q", n.Mailbox))
	}
	if set, err := found.Wait(); set != nil {
		all, _ := json.Marshal(set.All)
		lines = append(lines, fmt.Sprintf("found %s %v", all, answer(err)))
	}
	data, err := box.Wait()
	lines = append(lines, fmt.Sprintf("box %d %v", data.NumMessages, answer(err)))
	<-c.Closed()
	err = c.Close()
	return out.String() + strings.Join(lines, "\n"), ok && (err == nil || errors.Is(err, net.ErrClosed))
}

// answer is what remains of an error of the server.
func answer(err error) string {
	if refusal, ok := errors.AsType[*imap.Error](err); ok {
		return fmt.Sprint(refusal.Type, refusal.Code, refusal.Text)
	}
	return strconv.FormatBool(err != nil)
}
