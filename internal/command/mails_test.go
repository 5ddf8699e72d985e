package command

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mailsAt(t *testing.T, path string, in io.Reader) (names, mails []string, failed error) {
	t.Helper()
	for m, err := range mailsIn(path, in) {
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		names, mails = append(names, m.name), append(mails, string(m.raw))
	}
	return names, mails, failed
}

func TestMailsAreFoundInEveryKindOfFile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"one mail":                         {"Subject: a\n\nbody\n", []string{"Subject: a\n\nbody\n"}},
		"a mail that mentions From":        {"Subject: a\n\nFrom here\n\nFrom there\n", []string{"Subject: a\n\nFrom here\n\nFrom there\n"}},
		"an mbox of two":                   {"From x\nSubject: a\n\nbody\n\nFrom y Mon Mar  2 08:12:00 2026\nSubject: b\n\nbody\n", []string{"Subject: a\n\nbody\n\n", "Subject: b\n\nbody\n"}},
		"quoted separators":                {"From x\nSubject: a\n\n>From me\n>>From you\n>other\n", []string{"Subject: a\n\nFrom me\n>From you\n>other\n"}},
		"a separator without a blank":      {"From x\nSubject: a\n\nbody\nFrom inside\nbody\n", []string{"Subject: a\n\nbody\nFrom inside\nbody\n"}},
		"carriage returns":                 {"From x\r\nSubject: a\r\n\r\nb\r\n\r\nFrom y@example.org Mon Mar  2 08:12:00 2026\r\nSubject: b\r\n", []string{"Subject: a\r\n\r\nb\r\n\r\n", "Subject: b\r\n"}},
		"a sentence that begins with From": {"From x\nSubject: a\n\nHi,\n\nFrom the warehouse it went to customs.\n\nFrom 2024 on:\nbye\n", []string{"Subject: a\n\nHi,\n\nFrom the warehouse it went to customs.\n\nFrom 2024 on:\nbye\n"}},
		"a separator without a header":     {"From x\nSubject: a\n\nFrom y Mon Mar  2 08:12:00 2026\nno header: here\n", []string{"Subject: a\n\nFrom y Mon Mar  2 08:12:00 2026\nno header: here\n"}},
		"separators of several programs": {
			"From - Mon Mar  2 08:12:00 2026\nSubject: a\n\nFrom 1700000000000000001@xxx Mon Mar 02 08:12:00 +0000 2026\nX-GM-Thread: 1\n\nFrom MAILER-DAEMON Mon Mar 2 08:12 2026\nSubject: c\n\nFrom ???@??? Mon Mar 02 08:12:00 2026\nSubject: d\n\nFrom a@example.org Mon Mar  2 08:12:00 UTC 2026\nSubject: e\n",
			[]string{"Subject: a\n\n", "X-GM-Thread: 1\n\n", "Subject: c\n\n", "Subject: d\n\n", "Subject: e\n"},
		},
		"an mbox that ends in the air": {"From x\nSubject: a", []string{"Subject: a"}},
		"an empty mbox":                {"From x\n", nil},
		"a very long line":             {"From x\nSubject: a\n\n" + strings.Repeat("x", 300_000) + "\n", []string{"Subject: a\n\n" + strings.Repeat("x", 300_000) + "\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, err := mailsAt(t, "-", strings.NewReader(tt.text))
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v %.300s", err, diff)
			}
		})
	}
}

func TestFoldersOfMails(t *testing.T) {
	t.Parallel()
	dir, flags := filepath.Join(t.TempDir(), "a [b] *c"), ":2,S"
	if runtime.GOOS == "windows" { // Windows allows neither of them in a file name
		dir, flags = filepath.Join(t.TempDir(), "a [b] c"), ";2,S"
	}
	for name, text := range map[string]string{
		"maildir/cur/2" + flags: "Subject: seen\n", "maildir/new/1": "Subject: new\n", "maildir/tmp/3": "Subject: half\n", "maildir/x.eml": "no\n",
		"folder/b.eml": "Subject: b\n", "folder/a.eml": "Subject: a\n", "folder/note.txt": "no\n", "none/x.txt": "no\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for folder, want := range map[string][]string{
		"maildir": {"Subject: seen\n", "Subject: new\n"},
		"folder":  {"Subject: a\n", "Subject: b\n"},
	} {
		names, got, err := mailsAt(t, filepath.Join(dir, folder), nil)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || !strings.HasPrefix(names[0], dir) {
			t.Errorf("%s: %v %s %s", folder, err, names, diff)
		}
	}
	for _, path := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "absent")} {
		if _, got, err := mailsAt(t, path, nil); got != nil || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	n := 0
	for _, err := range mailsIn(filepath.Join(dir, "folder"), nil) {
		if err != nil {
			t.Error(err)
		}
		n++
		break
	}
	if n != 1 {
		t.Errorf("after a break: %d", n)
	}
}

func FuzzMailsIn(f *testing.F) {
	f.Add("From x\nSubject: a\n\n>From b\n\nFrom y\n")
	f.Add("\n\nFrom \n\nFrom \n")
	f.Fuzz(func(t *testing.T, text string) {
		size := 0
		for m, err := range mailsIn("-", strings.NewReader(text)) {
			if err != nil {
				t.Fatal(err)
			}
			size += len(m.raw)
		}
		if size > len(text) {
			t.Fatalf("%d bytes of %d", size, len(text))
		}
	})
}

func TestCellsAreNoFormulas(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "Lamp": "Lamp", "=cmd()": "'=cmd()", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=x": "'=x"} {
		if got := cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestOwnMailsAreTakenApart(t *testing.T) {
	t.Parallel()
	mail := "Subject: =?utf-8?q?=D0=90?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n" +
		"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+\r\n--b--\r\n"
	got, err := openMail([]byte(mail))
	if err != nil || got.subject != "А" || got.text != "a=b" || got.html != "<b>" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "Subject: a\r\n\r\nbody", strings.Replace(mail, "PGI+", "!!!", 1), strings.TrimSuffix(mail, "--b--\r\n")} {
		if _, err := openMail([]byte(bad)); err == nil {
			t.Errorf("%.60q passes", bad)
		}
	}
}
