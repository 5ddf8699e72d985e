package command

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// maxMail is the maximum size of a mail in a file, in bytes; longer mails are cut.
const maxMail = 32 << 20

// mailFile is a mail with the name to print for it.
type mailFile struct {
	name string
	raw  []byte
}

// errNoMails is a folder without mail.
var errNoMails = errors.New("neither a Maildir nor a folder of .eml files")

// mailsIn yields the mails of path: a single mail, an mbox, a Maildir, a folder of
// .eml files, or in for "-".
func mailsIn(path string, in io.Reader) iter.Seq2[mailFile, error] {
	return func(yield func(mailFile, error) bool) {
		if path == "-" {
			split("-", in, yield)
			return
		}
		info, err := os.Stat(path)
		switch {
		case err != nil:
			yield(mailFile{name: path}, fmt.Errorf("read mail: %w", err))
		case info.IsDir():
			mailsBelow(path, yield)
		default:
			mailsOf(path, path, yield)
		}
	}
}

// mailsBelow yields the mails of a folder: of a Maildir those in cur and new, else
// the .eml files.
func mailsBelow(dir string, yield func(mailFile, error) bool) {
	folder := os.DirFS(dir) // so that the name of the folder is not taken for a pattern
	var files []string
	for _, pattern := range []string{"cur/*", "new/*"} {
		found, _ := fs.Glob(folder, pattern)
		files = append(files, found...)
	}
	if files == nil {
		files, _ = fs.Glob(folder, "*.eml")
	}
	slices.Sort(files)
	for _, f := range files {
		f = filepath.Join(dir, filepath.FromSlash(f))
		if !mailsOf(f, f, yield) {
			return
		}
	}
	if files == nil {
		yield(mailFile{name: dir}, fmt.Errorf("read mail: %s: %w: %w", dir, fs.ErrNotExist, errNoMails))
	}
}

func mailsOf(path, name string, yield func(mailFile, error) bool) bool {
	f, err := os.Open(path) //nolint:gosec // the person names the file
	if err != nil {
		return yield(mailFile{name: name}, fmt.Errorf("read mail: %w", err))
	}
	defer func() { _ = f.Close() }()
	return split(name, f, yield)
}

// split yields one mail, or the mails of an mbox, which starts with "From ", unlike a
// mail.
func split(name string, r io.Reader, yield func(mailFile, error) bool) bool {
	b := bufio.NewReaderSize(r, 64<<10)
	if start, _ := b.Peek(5); string(start) != "From " {
		raw, err := io.ReadAll(io.LimitReader(b, maxMail))
		if err != nil {
			err = fmt.Errorf("read mail: %w", err)
		}
		return yield(mailFile{name: name, raw: raw}, err)
	}
	box := mbox{r: b}
	_, _ = box.line() // the first separator
	for n := 1; ; n++ {
		raw, last, err := box.next()
		if len(raw) > 0 || err != nil {
			if !yield(mailFile{name: name + "#" + strconv.Itoa(n), raw: raw}, err) {
				return false
			}
		}
		if last {
			return true
		}
	}
}

// mbox reads an mbox in the mboxrd format, in which ">" quotes a line that looks
// like a separator. Other programs quote nothing, so a separator must also have the
// form of one, and the field of a header must follow.
type mbox struct {
	r *bufio.Reader
}

// separator matches "From ", an address or "-", and a date.
var separator = regexp.MustCompile(`^From \S+ .*\d{1,2}:\d\d(:\d\d)?\b.*\b\d{4}\b`)

// separates reports whether a line begins the next mail.
func (m *mbox) separates(line []byte) bool {
	if !separator.Match(line) {
		return false
	}
	next, _ := m.r.Peek(maxName)
	name, _, ok := bytes.Cut(next, []byte(":"))
	return ok && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

const maxName = 80 // bytes of the name of a header field

// line returns the next line with its end, or io.EOF after the last.
func (m *mbox) line() ([]byte, error) {
	var out []byte
	for {
		part, err := m.r.ReadSlice('\n')
		if len(out) < maxMail {
			out = append(out, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return out, err
		}
	}
}

// next returns the next mail and whether it is the last.
func (m *mbox) next() (raw []byte, last bool, err error) {
	blank := false
	for {
		line, err := m.line()
		if blank && err == nil && m.separates(line) {
			return raw, false, nil
		}
		blank = len(bytes.TrimRight(line, "\r\n")) == 0
		if quoted := bytes.TrimLeft(line, ">"); len(quoted) < len(line) && bytes.HasPrefix(quoted, []byte("From ")) {
			line = line[1:]
		}
		if len(raw)+len(line) <= maxMail {
			raw = append(raw, line...)
		}
		switch {
		case errors.Is(err, io.EOF):
			return raw, true, nil
		case err != nil:
			return raw, true, fmt.Errorf("read mail: %w", err)
		}
	}
}
