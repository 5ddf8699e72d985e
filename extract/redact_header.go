package extract

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"regexp"
	"slices"
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
	end := strings.TrimRight(value, "\r\n")
	tail := value[len(end):]
	key := strings.ToLower(strings.TrimSpace(name))
	switch {
	case slices.Contains([]string{"date", "mime-version", "content-transfer-encoding", "x-parcelwatch"}, key):
		return raw
	case key == "content-type" || key == "content-disposition":
		return []byte(name + ":" + r.parameters(end) + tail)
	case key == "received" || key == "x-received":
		return []byte(name + ": from host.example.org by host.example.org" + arrival(end) + tail)
	case slices.Contains([]string{"dkim-signature", "arc-seal", "arc-message-signature", "x-google-dkim-signature"}, key):
		return []byte(name + ":" + r.hosts(r.signature(value)))
	case !slices.Contains(keptFields(), key) && !slices.ContainsFunc(r.parser.senders.Fields(), func(f string) bool { return strings.EqualFold(f, key) }):
		return []byte(name + ": removed" + tail)
	}
	if !strings.Contains(end, "=?") {
		return []byte(name + ":" + r.foreign(key, r.words(strings.ToValidUTF8(end, "?"))) + tail)
	}
	enc := mime.BEncoding
	if strings.Contains(strings.ToLower(end), "?q?") {
		enc = mime.QEncoding
	}
	text := r.words(mail.DecodeWords(textx.Clean(end)))
	return []byte(name + ": " + r.encode(enc, text) + tail)
}

// keptFields lists the fields whose words are copied. All others can hold anything about
// people and their machines, and are not needed to read the mail.
func keptFields() []string {
	return []string{
		"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "message-id", "in-reply-to", "references", "return-path", "delivered-to",
		"x-original-to", "resent-from", "resent-to", "resent-date", "resent-message-id", "list-id", "list-unsubscribe", "precedence", "auto-submitted",
		"authentication-results", "arc-authentication-results", "received-spf", "content-id",
	}
}

// arrival returns the date at the end of a Received field with its semicolon.
func arrival(received string) string {
	i := strings.LastIndexByte(received, ';')
	if i < 0 {
		return ""
	}
	if _, err := netmail.ParseDate(textx.Clean(received[i+1:])); err != nil {
		return ""
	}
	return received[i:]
}

var (
	hostOrAddress = regexp.MustCompile(addressWord.String() + `|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z][A-Za-z0-9-]+`)
	extension     = regexp.MustCompile(`\.[A-Za-z0-9]{1,4}$`)
)

// hosts replaces host names, outside of addresses, that are not the shop's or a
// rewriter's. The replacements are of one organisation, as those of addresses are.
func (r *redactor) hosts(s string) string {
	var b strings.Builder
	at := 0
	for _, p := range hostOrAddress.FindAllStringIndex(s, -1) {
		host := strings.ToLower(s[p[0]:p[1]])
		key := p[1] < len(s) && s[p[1]] == '=' // such as header.from=
		if key || strings.Contains(host, "@") || r.parser.senders.Domain(host) || mail.Under(host, "example.org") {
			continue
		}
		b.WriteString(s[at:p[0]] + "host-" + r.scramble("gggg"+host, 0, false, 0)[:4] + ".example.org")
		at = p[1]
	}
	return b.String() + s[at:]
}

// parameters copies a media type or disposition with the parameters that say how to
// read the part. Of a file name only the extension is kept.
func (r *redactor) parameters(value string) string {
	parts := splitParameters(value)
	out := parts[0]
	if main, _, _ := strings.Cut(out, "("); strings.Trim(main, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.+- \t\r\n") != "" || main != out {
		out = r.words(strings.ToValidUTF8(main, "?"))
	}
	named := false
	for _, p := range parts[1:] {
		key, text, _ := strings.Cut(p, "=")
		base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(key)), "*")
		switch base {
		case "boundary", "charset", "format", "delsp", "type", "start", "report-type", "protocol", "micalg", "smime-type", "method":
			out += ";" + p
		case "name", "filename":
			if !named {
				out += "; " + base + "=file" + extension.FindString(strings.TrimRight(strings.TrimSpace(text), `"`))
			}
			named = true
		}
	}
	return out
}

// foreign replaces the host names of a field, except of the subject, whose words are
// the shop's.
func (r *redactor) foreign(key, text string) string {
	if key == "subject" {
		return text
	}
	return r.hosts(text)
}

// splitParameters splits at semicolons outside quotes.
func splitParameters(value string) []string {
	var out []string
	quoted, start := false, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			out = append(out, value[start:i])
			start = i + 1
		}
	}
	return append(out, value[start:])
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
