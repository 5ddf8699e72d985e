package extract

import (
	"bytes"
	"slices"

	"parcelwatch/mail"
)

// shortHead removes from a large header the fields that say nothing about the
// structure of the mail, so that they do not use up the limit before the text.
func shortHead(raw []byte) []byte {
	head, rest := mail.Split(raw)
	if len(head) <= maxHeader {
		return raw
	}
	out := make([]byte, 0, maxRead)
	for f := range mail.Folded(head) {
		if name, _, _ := bytes.Cut(f, []byte(":")); bytes.HasPrefix(bytes.ToLower(name[:min(len(name), 40)]), []byte("content-")) {
			out = append(out, f...)
		}
	}
	return slices.Concat(out, []byte("\r\n"), rest)
}

// withoutPictures empties the parts of a large mail that are neither text nor
// mail, so that a picture at the front does not use up the limit before the
// text.
func withoutPictures(raw []byte) []byte {
	head, rest := mail.Split(raw)
	if !bytes.Contains(bytes.ToLower(head), []byte("multipart/")) {
		return raw
	}
	out := append(make([]byte, 0, maxRead), head...)
	header, skipped := false, false
	for line := range bytes.Lines(rest) {
		switch {
		case bytes.HasPrefix(line, []byte("--")):
			header, skipped = true, false
		case header && len(bytes.TrimRight(line, "\r\n")) == 0:
			header = false
		case header && bytes.HasPrefix(bytes.ToLower(line), []byte("content-type:")):
			kind := bytes.TrimSpace(bytes.ToLower(line[len("content-type:"):]))
			skipped = bytes.HasPrefix(kind, []byte("image/")) || bytes.HasPrefix(kind, []byte("video/")) || bytes.HasPrefix(kind, []byte("audio/"))
		case !header && skipped:
			continue
		}
		if out = append(out, line...); len(out) > 2*maxRead {
			break
		}
	}
	return out
}

// softBreaks removes the blanks that were added on the way behind the soft line
// breaks of quoted-printable text (RFC 2045, 6.7 rule 3).
func softBreaks(raw []byte) []byte {
	if !bytes.Contains(raw, []byte("= ")) && !bytes.Contains(raw, []byte("=\t")) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for line := range bytes.Lines(raw) {
		end := bytes.TrimRight(line, "\r\n")
		text := bytes.TrimRight(end, " \t")
		if len(text) == len(end) || !bytes.HasSuffix(text, []byte("=")) {
			text = end
		}
		out = append(append(out, text...), line[len(end):]...)
	}
	return out
}
