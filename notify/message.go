package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"time"

	"parcelwatch/store"

	"parcelwatch/internal/textx"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// HeaderName and HeaderValue mark the program's own mail, which is never imported.
const (
	HeaderName  = "X-Parcelwatch"
	HeaderValue = "digest"
)

// ErrAddress is returned for a sender or recipient that is not a mail address.
var ErrAddress = errors.New("not a mail address")

// Envelope is the data of a mail besides its content.
type Envelope struct {
	From string // "Parcels <me@example.org>"
	To   []string
	Slot string
}

// Build returns the finished mail. The same audience, slot and day give the same
// Message-ID; the digests of an audience and month form a thread. It is pure.
func Build(d Digest, c Content, e Envelope) (store.Message, error) {
	from, err := address(e.From)
	if err != nil {
		return store.Message{}, fmt.Errorf("build the mail: sender: %w", err)
	}
	to := make([]*mail.Address, 0, len(e.To))
	deliveries := make([]store.Delivery, 0, len(e.To))
	for _, text := range e.To {
		a, err := address(text)
		if err != nil {
			return store.Message{}, fmt.Errorf("build the mail: recipient: %w", err)
		}
		to = append(to, a)
		deliveries = append(deliveries, store.Delivery{To: a.Address, State: store.DeliveryWaiting, Next: d.Made})
	}
	if len(to) == 0 {
		return store.Message{}, fmt.Errorf("build the mail: %w: no recipient", ErrAddress)
	}
	domain := from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	made := d.Made
	if d.Zone != nil {
		made = made.In(d.Zone)
	}
	id := hash(d.Audience, e.Slot, made.Format(time.DateOnly)) + ".parcelwatch@" + domain
	h := header(d, made, domain)
	h.SetMessageID(id)
	h.SetAddressList("From", []*mail.Address{from})
	h.SetAddressList("To", to)
	setSubject(&h, c.Subject)
	raw, err := compose(h.Header, "=_"+hash("boundary", id), c)
	if err != nil {
		return store.Message{}, fmt.Errorf("build the mail: %w", err)
	}
	return store.Message{ID: id, Audience: d.Audience, Slot: e.Slot, From: from.Address, Raw: raw, Made: d.Made, Deliveries: deliveries}, nil
}

// header returns the header fields that all digests have in common.
func header(d Digest, made time.Time, domain string) mail.Header {
	var h mail.Header
	h.SetDate(made)
	thread := hash(d.Audience, made.Format("2006-01")) + ".thread.parcelwatch@" + domain
	h.SetMsgIDList("In-Reply-To", []string{thread})
	h.SetMsgIDList("References", []string{thread})
	// A mailing list without posting. Spam filters that count Latin letters among Cyrillic
	// ones, as in English titles, score lists lower.
	h.Set("List-Id", "Parcels <parcelwatch."+domain+">")
	h.Set("List-Post", "NO")
	h.Set("X-Loop", "parcelwatch")
	h.Set("Auto-Submitted", "auto-generated")
	h.Set("X-Auto-Response-Suppress", "All")
	h.Set(HeaderName, HeaderValue)
	h.Set("MIME-Version", "1.0")
	if d.Language != "" {
		h.Set("Content-Language", d.Language)
	}
	return h
}

// address parses a configured address and refuses one that would break a header or an
// SMTP command.
func address(text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %.80q", ErrAddress, text)
	}
	local, domain, ok := cutLast(a.Address, '@')
	if !ok || local == "" || domain == "" || strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' }) {
		return nil, fmt.Errorf("%w: %.80q", ErrAddress, text)
	}
	a.Name = textx.Line(a.Name, maxTitle)
	return a, nil
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// setSubject folds between encoded words, which the library does not: a long Cyrillic
// subject would be one line of several hundred characters.
func setSubject(h *mail.Header, subject string) {
	subject = textx.Line(subject, 2*maxSubject)
	h.SetSubject(subject)
	if words := strings.Split(mime.BEncoding.Encode("utf-8", subject), " "); strings.HasPrefix(words[0], "=?") {
		raw := "Subject: " + strings.Join(words, "\r\n ") + "\r\n"
		h.Del("Subject")
		h.AddRaw([]byte(raw))
	}
}

// part is a leaf of the mail.
type part struct {
	kind   string
	params map[string]string
	coding string
	text   string
}

// compose writes the text and HTML alternatives, with the calendar if there is one.
func compose(h message.Header, boundary string, c Content) ([]byte, error) {
	alternatives := []part{
		{"text/plain", map[string]string{"charset": "utf-8"}, "quoted-printable", c.Text},
		{"text/html", map[string]string{"charset": "utf-8"}, "quoted-printable", c.HTML},
	}
	var out bytes.Buffer
	if c.Calendar == "" {
		h.SetContentType("multipart/alternative", map[string]string{"boundary": boundary})
		w, err := message.CreateWriter(&out, h)
		if err != nil {
			return nil, fmt.Errorf("write the header: %w", err)
		}
		err = writeParts(w, alternatives)
		return out.Bytes(), err
	}
	h.SetContentType("multipart/mixed", map[string]string{"boundary": boundary + "_"})
	w, err := message.CreateWriter(&out, h)
	if err != nil {
		return nil, fmt.Errorf("write the header: %w", err)
	}
	var ah message.Header
	ah.SetContentType("multipart/alternative", map[string]string{"boundary": boundary})
	inner, err := w.CreatePart(ah)
	if err != nil {
		return nil, fmt.Errorf("write the alternatives: %w", err)
	}
	if err := writeParts(inner, alternatives); err != nil {
		return nil, err
	}
	ics := part{"text/calendar", map[string]string{"charset": "utf-8", "method": "PUBLISH", "name": calendarFile}, "base64", c.Calendar}
	err = writeParts(w, []part{ics})
	return out.Bytes(), err
}

const calendarFile = "pickup.ics"

// writeParts writes the leaves and ends the multipart.
func writeParts(w *message.Writer, parts []part) error {
	for _, p := range parts {
		var ph message.Header
		ph.SetContentType(p.kind, p.params)
		if p.params["name"] != "" {
			ph.SetContentDisposition("attachment", map[string]string{"filename": p.params["name"]})
		}
		ph.Set("Content-Transfer-Encoding", p.coding)
		pw, err := w.CreatePart(ph)
		if err != nil {
			return fmt.Errorf("write %s: %w", p.kind, err)
		}
		if _, err := io.WriteString(pw, p.text); err != nil {
			return fmt.Errorf("write %s: %w", p.kind, err)
		}
		if err := pw.Close(); err != nil {
			return fmt.Errorf("write %s: %w", p.kind, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("end the mail: %w", err)
	}
	return nil
}

// hash returns a short name that is the same for the same parts.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:10])
}
