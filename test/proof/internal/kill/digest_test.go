//go:build linux

package kill_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/test/proof/internal/kill"
)

func TestWhatADigestSaysIsRead(t *testing.T) {
	t.Parallel()
	const head = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
	const text = "Your parcels\r\n\r\nWith the courier today (1)\r\n\r\n* RB400000001RU\r\n  out for delivery\r\n  RB400000001RU\r\n\r\n" +
		"New (2)\r\n\r\n* Parcel\r\n  https://x.example/RB400000015CN\r\n  RB400000015CN\r\n* Parcel\r\n  RB400000029CN\r\n\r\n" +
		"No news, and that’s normal (1)\r\n\r\n* RB400000032RU\r\n"
	plain := "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
		strings.ReplaceAll(text, "RB400000029", "RB4000=\r\n00029") + "\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>RB400000046CN\r\n--b--\r\n"
	news, named, err := kill.ReadDigest([]byte(head + plain))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"RB400000015CN", "RB400000029CN"}, news); diff != "" {
		t.Errorf("new (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"RB400000001RU", "RB400000015CN", "RB400000029CN", "RB400000032RU"}, named); diff != "" {
		t.Errorf("named (-want +got):\n%s", diff)
	}
	if _, _, err := kill.ReadDigest([]byte(head + "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n")); err == nil {
		t.Error("a mail without a text is read")
	}
}

func TestKillsAreSharedOut(t *testing.T) {
	t.Parallel()
	q := kill.NewQuota(100)
	for range 100 {
		q.Count(q.Next(false), true)
	}
	q.Each(func(name string, _ bool, share, left, done int) {
		if left != 0 || done != share {
			t.Errorf("%s: %d done, %d left of %d", name, done, left, share)
		}
	})
}

func TestADigestThatIsDueComesFirst(t *testing.T) {
	t.Parallel()
	q := kill.NewQuota(100)
	for range 20 {
		next, at := q.Next(true), 0
		q.Each(func(name string, mailing bool, _, _, _ int) {
			if at == next && !mailing {
				t.Errorf("%s comes before what is due", name)
			}
			at++
		})
	}
}

func TestAMomentThatDidNotComeIsTriedAgain(t *testing.T) {
	t.Parallel()
	q := kill.NewQuota(100)
	q.Count(3, false)
	at := 0
	q.Each(func(name string, _ bool, share, left, done int) {
		if at == 0 && done != 1 || at == 3 && left != share {
			t.Errorf("%s: %d done, %d of %d left", name, done, left, share)
		}
		at++
	})
}
