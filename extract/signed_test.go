package extract_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"parcelwatch/parcel"
)

const (
	oidSigned = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	oidData   = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	rest      = "\xa0\x03\x30\x01\x00" // certificates
)

// der returns an element with a length of four bytes.
func der(tag byte, parts ...string) string {
	s := strings.Join(parts, "")
	n := len(s)
	return string([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + s
}

// ber returns a constructed element of indefinite length.
func ber(tag byte, parts ...string) string {
	return string([]byte{tag, 0x80}) + strings.Join(parts, "") + "\x00\x00"
}

// opaque returns a text as S/MIME signs it, in one piece and in pieces of 200 bytes.
func opaque(text string) []string {
	version, algorithms := "\x02\x01\x01", "\x31\x02\x05\x00"
	var list []string
	for c := range slices.Chunk([]byte(text), 200) {
		list = append(list, der(4, string(c)))
	}
	pieces := strings.Join(list, "")
	return []string{
		der(0x30, oidSigned, der(0xa0, der(0x30, version, algorithms, der(0x30, oidData, der(0xa0, der(4, text))), rest))),
		ber(0x30, oidSigned, ber(0xa0, ber(0x30, version, algorithms, ber(0x30, oidData, ber(0xa0, ber(0x24, pieces))), rest))),
		der(0x30, oidSigned, der(0xa0, der(0x30, version, algorithms, der(0x30, oidData, der(0xa0, der(0x24, pieces))), rest))),
	}
}

func smime(head, cms string) string {
	return head + "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(cms)) + "\r\n"
}

func TestASignedMailIsRead(t *testing.T) {
	t.Parallel()
	const head = "From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: " + delivered + "\r\n"
	text := "Content-Type: text/plain; charset=utf-8\r\n\r\nHi Jo,\r\nOrder number " + order1 + "\r\n" + strings.Repeat("A line of the mail.\r\n", 20)
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for i, cms := range opaque(text) {
		forms := map[string]string{
			"the mail":         smime(head, cms),
			"known by name":    strings.Replace(smime(head, cms), "application/pkcs7-mime; smime-type=signed-data", "application/octet-stream", 1),
			"signed twice":     smime(head, opaque(smime("", cms))[i]),
			"attached":         "From: partner@example.org\r\nSubject: look\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" + smime(head, cms) + "--o--\r\n",
			"a signed forward": smime("From: partner@example.org\r\nSubject: look\r\n", opaque("Content-Type: text/plain\r\n\r\n> From: AliExpress <transaction@notice.aliexpress.com>\r\n> Subject: " + delivered + "\r\n>\r\n> Order number " + order1 + "\r\n")[i]),
		}
		for name, raw := range forms {
			n, err := p.Parse([]byte(raw), forwarded)
			if err != nil || n.Step != parcel.StepDelivered || len(n.Parcels) != 1 || !slices.Equal(n.Orders, []string{order1}) || len(n.Problems) != 0 {
				t.Errorf("%s, form %d: %s %v %v %v, %v", name, i, n.Step, n.Orders, numbers(n), n.Problems, err)
			}
		}
		for cut := range len(cms) {
			if n, err := p.Parse([]byte(smime(head, cms[:cut])), forwarded); err != nil || len(n.Problems) > 1 {
				t.Errorf("form %d cut at %d: %v, %v", i, cut, n.Problems, err)
			}
		}
	}
}

func TestAMailAttachedToAnAttachedMailIsRead(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	carry := func(from, mail string) string {
		mark := "o" + strings.Repeat("x", len(mail)%7)
		return "From: " + from + "\r\nSubject: look\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + mark + "\r\n\r\n--" + mark +
			"\r\nContent-Type: text/plain\r\n\r\nhere\r\n--" + mark + "\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			base64.StdEncoding.EncodeToString([]byte(mail)) + "\r\n--" + mark + "--\r\n"
	}
	one := string(letter(delivered, "Order number "+order1))
	inline := "From: partner@example.org\r\nSubject: Fwd: " + delivered + "\r\n\r\nFrom: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: " + delivered + "\r\n\r\nOrder number " + order1 + "\r\n"
	for name, tt := range map[string]struct {
		mail string
		want int
	}{
		"once":                              {carry("partner@example.org", one), 1},
		"twice":                             {carry("partner@example.org", carry("jo@other.example", one)), 1},
		"three times":                       {carry("partner@example.org", carry("jo@other.example", carry("partner@example.org", one))), 1},
		"four times":                        {carry("partner@example.org", carry("a@b.example", carry("a@b.example", carry("a@b.example", one)))), 0},
		"copied in an attached mail":        {carry("partner@example.org", inline), 1},
		"copied in a stranger's":            {carry("partner@example.org", strings.Replace(inline, "partner@example.org", "jo@other.example", 1)), 0},
		"of a stranger":                     {carry("jo@other.example", one), 0},
		"a stranger's claim to be the shop": {carry("partner@example.org", carry("jo@other.example", strings.Replace(one, "notice.aliexpress.com>", "notice.aliexpress.com.evil.example>", 1))), 0},
	} {
		verdict := forwarded
		if strings.HasPrefix(tt.mail, "From: jo") {
			verdict = parcel.Verdict{Trust: parcel.TrustForeign, Reason: forwarded.Reason}
		}
		if n, err := p.Parse([]byte(tt.mail), verdict); err != nil || len(n.Parcels) != tt.want {
			t.Errorf("%s: %v, %v", name, numbers(n), err)
		}
	}
}
