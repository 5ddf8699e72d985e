package extract

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
	"parcelwatch/mail"

	"github.com/jhillyerd/enmime/v2"
)

// content is one readable body of a mail.
type content struct {
	html bool
	flow flow // of plain text
	text []byte
}

// body holds the readable parts of a mail.
type body struct {
	contents []content
	mails    [][]byte // whole mails that are attached
	problems []message.Text
	closed   bool // a part that may hold the text cannot be read
	signed   int  // signatures around the mail
}

const (
	maxContents = 6
	maxMails    = 5
	maxSigned   = 2 // signatures around each other
)

// readBody parses a mail. If that fails, the mail is read as one text with its
// markup stripped, so that a number in it is still found.
func readBody(raw []byte) body { return body{}.read(raw) }

// read returns the parts of a mail, or of one that is signed within another.
func (b body) read(raw []byte) body {
	raw = shortHead(mail.WithoutEnvelope(raw))
	if len(raw) > maxRead {
		raw = withoutPictures(raw)
	}
	if len(raw) > maxRead {
		raw = raw[:maxRead]
		if i := bytes.LastIndexByte(raw, '\n'); i > maxRead/2 {
			raw = raw[:i+1] // half a character would look like a wrong charset
		}
		b.problems = append(b.problems, message.New("unread_large", "KB", strconv.Itoa(maxRead>>10)))
	}
	if why := precheck(raw); why != nil {
		b.problems = append(b.problems, message.New("unread_raw").Around(why))
		b.contents = rawContents(raw)
		return b
	}
	raw = softBreaks(raw)
	fine := body{signed: b.signed}
	if fine.strict(raw) && fine.badness() == 0 && !fine.empty() {
		fine.problems = append(b.problems, fine.problems...)
		return fine
	}
	root, err := readParts(raw, false)
	if err != nil {
		b.problems = append(b.problems, message.New("unread_raw").Around(message.New("unread_structure", "Text", textx.Cut(textx.Clean(err.Error()), 120))))
		b.contents = rawContents(raw)
		return b
	}
	b.collect(root)
	for i, c := range b.contents {
		b.contents[i].text = []byte(mail.Guess(c.text)) // the name of its charset was unknown or wrong
	}
	if bad := b.badness(); bad > 0 {
		b.retry(raw, bad)
	}
	if b.empty() && !b.closed {
		b.contents = rawContents(raw)
	}
	return b
}

// retry parses the mail again with guessed charsets if the declared ones gave
// unreadable text, and keeps the better result.
func (b *body) retry(raw []byte, bad int) {
	root, err := readParts(raw, true)
	if err != nil {
		return
	}
	again := body{signed: b.signed}
	again.collect(root)
	if again.badness() < bad && len(again.contents) > 0 {
		b.contents = again.contents
		return
	}
	b.problems = append(b.problems, message.New("unread_charset"))
}

func readParts(raw []byte, detect bool) (*enmime.Part, error) {
	p := enmime.NewParser(
		enmime.DisableTextConversion(true),
		enmime.DisableCharacterDetection(!detect),
		enmime.SkipMalformedParts(true),
		enmime.MaxStoredPartErrors(20),
		enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.SetReadPartErrorPolicy(enmime.AllowCorruptTextPartErrorPolicy),
		enmime.SetCustomParseMediaType(boundedMediaType()),
	)
	root, err := p.ReadParts(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read parts: %w", err)
	}
	return root, nil
}

// collect gathers the texts and attached mails from a tree of parts.
func (b *body) collect(p *enmime.Part) {
	for ; p != nil; p = p.NextSibling {
		if p.FirstChild != nil {
			b.collect(p.FirstChild)
			continue
		}
		kind := p.ContentType
		if p.Parent != nil && p.Parent.ContentType == "multipart/digest" && p.Header.Get("Content-Type") == "" {
			kind = "message/rfc822"
		}
		b.leaf(part{kind: kind, name: p.FileName, disposition: p.Disposition, root: p.Parent == nil, flow: flowOf(p.ContentTypeParams), content: p.Content})
	}
}

// part is a part of a mail that contains no others.
type part struct {
	kind, name, disposition string
	root                    bool // the whole mail
	flow                    flow
	content                 []byte
}

// wanted reports whether the content of the part is read.
func (p part) wanted() bool {
	if p.isMail() || p.isCMS() || p.isOutlook() {
		return true
	}
	switch p.kind {
	case "application/ms-tnef", "text/html", "application/ld+json", "application/pgp-encrypted":
		return true
	case "text/plain", "":
		return p.disposition != "attachment" || p.root
	default:
		// A multipart without a boundary is parsed as one part with all the text.
		return strings.HasPrefix(p.kind, "multipart/")
	}
}

// isMail reports whether the part is an attached mail: by its type, or by its name
// if the program that attached it did not know the type.
func (p part) isMail() bool {
	return p.kind == "message/rfc822" || p.kind == "message/global" || strings.HasSuffix(strings.ToLower(p.name), ".eml")
}

// isCMS reports whether the part is a mail that is packed by S/MIME: signed or
// encrypted.
func (p part) isCMS() bool {
	return p.kind == "application/pkcs7-mime" || p.kind == "application/x-pkcs7-mime" || strings.HasSuffix(strings.ToLower(p.name), ".p7m")
}

// isOutlook reports whether the part is a mail in the file format of Outlook.
func (p part) isOutlook() bool {
	return p.kind == "application/vnd.ms-outlook" || strings.HasSuffix(strings.ToLower(p.name), ".msg")
}

func (b *body) leaf(p part) {
	if len(p.content) == 0 || !p.wanted() {
		return
	}
	if p.isMail() {
		b.attach(p.content)
		return
	}
	if p.isCMS() {
		b.unpack(p.content)
		return
	}
	if p.isOutlook() {
		b.problems = append(b.problems, message.New("unread_msg"))
		b.closed = true
		return
	}
	switch p.kind {
	case "multipart/encrypted", "application/pgp-encrypted":
		b.problems = append(b.problems, message.New("unread_encrypted"))
		b.closed = true
	case "application/ms-tnef":
		b.problems = append(b.problems, message.New("unread_winmail"))
		b.closed = true
	case "text/html":
		b.add(content{html: true, text: undeclared(p.content)})
	case "application/ld+json":
		b.add(content{html: true, text: slices.Concat([]byte(`<script type="application/ld+json">`), p.content, []byte("</script>"))})
	case "text/plain", "":
		text := undeclared(p.content)
		b.add(content{html: looksHTML(text), flow: p.flow, text: text})
	default:
		b.contents = append(b.contents, rawContents(p.content)...)
	}
}

// undeclared decodes a text that is still quoted-printable, because the encoding
// was not declared or was applied twice.
func undeclared(text []byte) []byte {
	soft := bytes.Count(text, []byte("=\n")) + bytes.Count(text, []byte("=\r\n"))
	if soft == 0 || !bytes.Contains(text, []byte("=3D")) && soft < 2 {
		return text
	}
	plain, clean := mail.QuotedPrintable(text)
	if !clean {
		return text
	}
	return []byte(mail.Guess(plain))
}

// unpack adds the parts of a mail packed by S/MIME.
func (b *body) unpack(cms []byte) {
	text := signedContent(cms)
	if text == nil || b.signed == maxSigned {
		b.problems = append(b.problems, message.New("unread_encrypted"))
		b.closed = true
		return
	}
	in := body{signed: b.signed + 1}.read(text)
	for _, c := range in.contents {
		b.add(c)
	}
	for _, m := range in.mails {
		b.attach(m)
	}
	b.problems = append(b.problems, in.problems...)
	b.closed = b.closed || in.closed
}

func (b *body) empty() bool { return len(b.contents) == 0 && len(b.mails) == 0 }

// attach adds an attached mail.
func (b *body) attach(raw []byte) {
	if len(b.mails) < maxMails {
		b.mails = append(b.mails, raw)
	}
}

func (b *body) add(c content) {
	if len(b.contents) < maxContents {
		b.contents = append(b.contents, c)
	}
}

// badness counts the unreadable letters in the texts.
func (b *body) badness() int {
	n := 0
	for _, c := range b.contents {
		n += unreadable(c.text)
	}
	return n
}

// unreadable counts replacement characters, bytes that are not UTF-8, and
// letters that look like UTF-8 decoded with a single-byte charset ("Ð¿", "Ã¤",
// "Рї").
func unreadable(s []byte) int {
	bad, odd := 0, 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, w := utf8.DecodeRune(s[i:])
		i += w
		if r == utf8.RuneError {
			bad++
			continue
		}
		if i < len(s) && s[i] >= utf8.RuneSelf {
			if next, _ := utf8.DecodeRune(s[i:]); mojibake(r, next) {
				odd++
			}
		}
	}
	if odd < 4 {
		odd = 0
	}
	return bad + odd
}

// mojibake reports whether two letters are one UTF-8 character decoded as a
// single-byte Latin or Cyrillic charset.
func mojibake(r, next rune) bool {
	sign := next >= 0x2010 && next <= 0x2122
	switch r {
	case 'Ð', 'Ñ', 'Ã', 'Â':
		return sign || next >= 0x80 && next <= 0xbf
	case 'Р', 'С':
		return sign || next >= 0x402 && next <= 0x40f || next >= 0x452 && next <= 0x491 || next >= 0xa0 && next <= 0xbb
	default:
		return false
	}
}

// rawContents reads bytes that could not be parsed. It undoes a transfer
// encoding if it recognises one, and leaves the headers of parts in the text.
func rawContents(raw []byte) []content {
	head, text := mail.Split(raw)
	if len(text) == 0 {
		head, text = nil, raw
	}
	if bytes.Contains(text, []byte("=\n")) || bytes.Contains(text, []byte("=\r\n")) || bytes.Contains(text, []byte("=3D")) ||
		bytes.Contains(bytes.ToLower(head), []byte("quoted-printable")) {
		text, _ = mail.QuotedPrintable(text)
	}
	return []content{{html: looksHTML(text), text: text}}
}

func looksHTML(s []byte) bool {
	s = s[:min(len(s), 4<<10)]
	for _, tag := range []string{"<html", "<body", "<table", "<div", "<p>", "<p ", "<br", "<!doctype", "<HTML", "<BODY", "<!DOCTYPE"} {
		if bytes.Contains(s, []byte(tag)) {
			return true
		}
	}
	return false
}
