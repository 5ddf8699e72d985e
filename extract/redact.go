package extract

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"

	"github.com/jhillyerd/enmime/v2/mediatype"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"parcelwatch/mail"
)

// Redact returns a copy of a mail that is safe to attach to a bug report.
// Names, addresses, phones, order ids and tracking numbers are replaced
// consistently, and attachments are emptied. Structure, headers, encodings and
// wording are kept, and a tracking number keeps its family, so that the copy is
// parsed like the original.
func (p *Parser) Redact(raw []byte) []byte {
	r := newRedactor(p, raw)
	env := len(raw) - len(mail.WithoutEnvelope(raw))
	return append(r.plain(raw[:env:env]), r.entity(raw[env:], 0)...)
}

const (
	maxDepth    = 8
	maxRedacted = 4 << 20 // bytes of a mail that are copied
)

func newRedactor(p *Parser, raw []byte) *redactor {
	sum := sha256.Sum256(raw)
	r := &redactor{parser: p, salt: sum[:], made: map[string]string{}, names: map[string]bool{}}
	r.learn(raw, 0)
	return r
}

// entity copies one header with its body.
func (r *redactor) entity(raw []byte, depth int) []byte {
	if len(raw) > maxRedacted {
		raw = raw[:maxRedacted]
	}
	head, body := mail.Split(raw)
	fields := mail.ParseHeader(head)
	if len(fields.Fields) == 0 {
		return r.plain(raw)
	}
	out := r.header(head)
	mtype, params, _, err := mediatype.Parse(fields.Get("Content-Type"))
	if err != nil || mtype == "" {
		mtype = "text/plain"
	}
	cte := strings.ToLower(strings.TrimSpace(fields.Get("Content-Transfer-Encoding")))
	switch {
	case strings.HasPrefix(mtype, "multipart/") && params["boundary"] != "" && depth < maxDepth:
		return append(out, r.multipart(body, params["boundary"], depth)...)
	case mtype == "message/rfc822" && depth < maxDepth && cte != "base64" && cte != "quoted-printable":
		return append(out, r.entity(body, depth+1)...)
	case strings.HasPrefix(mtype, "text/"), strings.HasPrefix(mtype, "multipart/"):
		return append(out, r.leaf(body, cte, params, mtype == "text/html" || looksHTML(body))...)
	case cte == "base64":
		return append(out, "cmVtb3ZlZA==\r\n"...)
	default:
		return append(out, "removed\r\n"...)
	}
}

// multipart copies the parts between the boundary lines.
func (r *redactor) multipart(body []byte, boundary string, depth int) []byte {
	mark := []byte("--" + boundary)
	var out, part []byte
	inside := false
	flush := func() {
		if inside {
			out = append(out, r.entity(part, depth+1)...)
		} else {
			out = append(out, r.plain(part)...)
		}
		part = nil
	}
	for line := range bytes.Lines(body) {
		if !bytes.HasPrefix(line, mark) {
			part = append(part, line...)
			continue
		}
		flush()
		rest := bytes.TrimRight(line[len(mark):], " \t\r\n")
		inside = !bytes.Equal(rest, []byte("--"))
		out = append(out, line...)
	}
	flush()
	return out
}

// leaf copies a text and keeps its encoding and charset.
func (r *redactor) leaf(body []byte, cte string, params map[string]string, html bool) []byte {
	text := body
	switch cte {
	case "quoted-printable":
		text, _ = mail.QuotedPrintable(body)
	case "base64":
		text = mail.LooseBase64(string(body))
	}
	enc := charsetOf(params["charset"])
	text = decodeCharset(enc, text)
	if html {
		text = r.html(text)
	} else {
		text = r.lines(text, flowOf(params))
	}
	text = encodeCharset(enc, text)
	switch cte {
	case "quoted-printable":
		return quoted(text)
	case "base64":
		return wrapped(text)
	default:
		return text
	}
}

// charsetOf returns the encoding of a declared charset, or nil for UTF-8, ASCII
// and unknown charsets.
func charsetOf(name string) encoding.Encoding {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || name == "utf-8" || name == "us-ascii" || name == "ascii" {
		return nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return enc
}

func decodeCharset(enc encoding.Encoding, s []byte) []byte {
	if enc != nil {
		if out, err := enc.NewDecoder().Bytes(s); err == nil {
			return out
		}
	}
	// Undecodable letters cannot be recognised as a name either.
	return bytes.ToValidUTF8(s, []byte("?"))
}

func encodeCharset(enc encoding.Encoding, s []byte) []byte {
	if enc == nil {
		return s
	}
	out, err := encoding.ReplaceUnsupported(enc.NewEncoder()).Bytes(s)
	if err != nil {
		return s
	}
	return out
}

func quoted(s []byte) []byte {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write(s); err != nil {
		return nil
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return b.Bytes()
}

func wrapped(s []byte) []byte {
	const width = 76
	text := base64.StdEncoding.EncodeToString(s)
	var b bytes.Buffer
	for len(text) > width {
		b.WriteString(text[:width] + "\r\n")
		text = text[width:]
	}
	if _, err := io.WriteString(&b, text+"\r\n"); err != nil {
		return nil
	}
	return b.Bytes()
}
