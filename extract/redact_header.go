package extract

import (
	"bytes"
	"mime"
	"strings"

	"parcelwatch/internal/textx"
	"parcelwatch/mail"
)

// header copies the fields of a header and keeps their names and folding.
func (r *redactor) header(head []byte) []byte {
	var out, field []byte
	flush := func() {
		if len(field) > 0 {
			out = append(out, r.field(field)...)
		}
		field = nil
	}
	for line := range bytes.Lines(head) {
		if line[0] != ' ' && line[0] != '\t' {
			flush()
		}
		field = append(field, line...)
	}
	flush()
	return out
}

func (r *redactor) field(raw []byte) []byte {
	name, value, ok := strings.Cut(string(raw), ":")
	if !ok {
		return r.plain(raw)
	}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "date", "mime-version", "content-transfer-encoding", "content-type", "content-disposition", "x-parcelwatch", "list-id":
		return raw
	case "dkim-signature", "arc-seal", "arc-message-signature", "x-google-dkim-signature":
		return []byte(name + ":" + r.signature(value))
	}
	end := strings.TrimRight(value, "\r\n")
	tail := value[len(end):]
	if !strings.Contains(end, "=?") {
		return []byte(name + ":" + r.words(strings.ToValidUTF8(end, "?")) + tail)
	}
	enc := mime.BEncoding
	if strings.Contains(strings.ToLower(end), "?q?") {
		enc = mime.QEncoding
	}
	text := r.words(mail.DecodeWords(textx.Clean(end)))
	return []byte(name + ": " + r.encode(enc, text) + tail)
}

// encode writes a text as encoded words and keeps an address after it as it is.
func (r *redactor) encode(enc mime.WordEncoder, text string) string {
	address := ""
	if i := strings.LastIndexByte(text, '<'); i >= 0 && strings.HasSuffix(text, ">") {
		text, address = strings.TrimSpace(text[:i]), " "+text[i:]
	}
	return strings.ReplaceAll(enc.Encode("utf-8", text), "?= =?", "?=\r\n =?") + address
}

// signature keeps the tags that identify the signer and blanks the rest, which
// would not verify for the copy.
func (r *redactor) signature(s string) string {
	tags := strings.Split(s, ";")
	for i, t := range tags {
		key, value, ok := strings.Cut(t, "=")
		switch strings.TrimSpace(key) {
		case "b", "bh":
			if ok {
				blank := strings.TrimRight(value, "\r\n")
				tags[i] = key + "=redacted" + value[len(blank):]
			}
		case "i":
			if ok {
				tags[i] = key + "=" + r.words(value)
			}
		}
	}
	return strings.Join(tags, ";")
}
