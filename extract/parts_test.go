package extract_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

func TestMailsInPartsOfEveryKind(t *testing.T) {
	t.Parallel()
	one := string(letter(delivered, "Order number "+order1))
	encodedOne := base64.StdEncoding.EncodeToString([]byte(one))
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for name, part := range map[string]string{
		"message/rfc822":          "Content-Type: message/rfc822\r\n\r\n" + one,
		"octets with a name":      "Content-Type: application/octet-stream; name=\"a b.eml\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodedOne,
		"text with a name":        "Content-Type: text/plain; name=mail.eml\r\nContent-Disposition: attachment; filename=mail.eml\r\n\r\n" + one,
		"a name in RFC 2231":      "Content-Type: application/x-unknown\r\nContent-Disposition: attachment; filename*=utf-8''%D0%BF.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodedOne,
		"a digest":                "Content-Type: multipart/digest; boundary=in\r\n\r\n--in\r\n\r\n" + one + "\r\n--in--\r\n",
		"a digest with its types": "Content-Type: multipart/digest; boundary=in\r\n\r\n--in\r\nContent-Type: message/rfc822\r\n\r\n" + one + "\r\n--in--\r\n",
	} {
		raw := "From: partner@example.org\r\nSubject: look\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: text/plain\r\n\r\nhere\r\n--out\r\n" + part + "\r\n--out--\r\n"
		n, err := p.Parse([]byte(raw), forwarded)
		if err != nil || n.Step != parcel.StepDelivered || len(n.Parcels) != 1 || len(n.Orders) != 1 || len(n.Problems) != 0 {
			t.Errorf("%s: %s %v %v %v, %v", name, n.Step, n.Orders, numbers(n), n.Problems, err)
		}
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	const head = "From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: News\r\nMIME-Version: 1.0\r\n"
	for name, tt := range map[string]struct{ rest, problem string }{
		"PGP":               {"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n", "unread_encrypted"},
		"S/MIME":            {"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n", "unread_encrypted"},
		"winmail.dat":       {"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx\r\n", "unread_winmail"},
		"an Outlook file":   {"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhere\r\n--b\r\nContent-Type: application/octet-stream; name=\"Order.MSG\"\r\nContent-Transfer-Encoding: base64\r\n\r\n0M8R4KGxGuE=\r\n--b--\r\n", "unread_msg"},
		"its own type":      {"Content-Type: application/vnd.ms-outlook\r\nContent-Transfer-Encoding: base64\r\n\r\n0M8R4KGxGuE=\r\n", "unread_msg"},
		"a picture in HTML": {"Content-Type: text/html\r\n\r\n<html><body><img src=\"cid:a\"></body></html>\r\n", "unread_picture"},
	} {
		n, err := p.Parse([]byte(head+tt.rest), unverified)
		if err != nil || len(n.Parcels) != 0 || len(n.Problems) != 1 || n.Problems[0][0].ID != tt.problem {
			t.Errorf("%s: %v %v, %v", name, numbers(n), n.Problems, err)
		}
	}
}

func TestAnUnknownRewriterIsNamed(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	foreign := parcel.Verdict{Trust: parcel.TrustForeign, Reason: message.Raw("test")}
	for head, told := range map[string]bool{
		"From: 'AliExpress' via list <list@other.example>\r\nX-Original-From: AliExpress <transaction@notice.aliexpress.com>": true,
		"From: 'AliExpress' via list <list@other.example>\r\nReply-To: transaction@notice.aliexpress.com":                     true,
		"From: x@other.example\r\nX-Original-Sender: transaction@notice.aliexpress.com":                                       true,
		"From: x@other.example\r\nX-Original-Sender: sale@deals.aliexpress.com":                                               false,
		"From: x@other.example": false,
		"From: x@other.example\r\nX-Original-From: transaction@notice.aliexpress.com\r\nX-Original-From: y@other.example\r\nX-Parcelwatch: digest": false,
	} {
		n, err := p.Parser.Parse(mail.Read([]byte(head+"\r\nSubject: "+delivered+"\r\n\r\nHi\r\n")), foreign)
		if err != nil || n.Claims() != told || len(n.Parcels) != 0 || n.Shop != "" {
			t.Errorf("%s: %v %v, %v", strings.ReplaceAll(head, "\r\n", " | "), n.Problems, numbers(n), err)
		}
	}
}
