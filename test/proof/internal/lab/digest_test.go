package lab_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/test/proof/internal/lab"
)

func TestWhatADigestSaysIsRead(t *testing.T) {
	t.Parallel()
	const head = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
	const text = "Your parcels\r\n\r\nWith the courier today (1)\r\n\r\n* RB400000001RU\r\n  out for delivery\r\n  RB400000001RU\r\n\r\n" +
		"New (2)\r\n\r\n* Parcel\r\n  https://x.example/RB400000015CN\r\n  RB400000015CN\r\n* Parcel\r\n  RB400000029CN\r\n\r\n" +
		"No news, and that’s normal (1)\r\n\r\n* RB400000032RU\r\n"
	plain := "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
		strings.ReplaceAll(text, "RB400000029", "RB4000=\r\n00029") + "\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>RB400000046CN\r\n--b--\r\n"
	got, err := lab.ReadDigest([]byte(head + plain))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"RB400000015CN", "RB400000029CN"}, got.News); diff != "" {
		t.Errorf("new (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"RB400000001RU", "RB400000015CN", "RB400000029CN", "RB400000032RU"}, got.Named); diff != "" {
		t.Errorf("named (-want +got):\n%s", diff)
	}
	if _, err := lab.ReadDigest([]byte(head + "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n")); err == nil {
		t.Error("a mail without a text is read")
	}
}
