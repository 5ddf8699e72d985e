package message_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"parcelwatch/internal/message"
)

func TestText(t *testing.T) {
	t.Parallel()
	t.Run("what comes from outside is one bounded line", func(t *testing.T) {
		t.Parallel()
		got := message.New("fault_other", "Text", "a\r\n\x1b[31mb\u2028"+strings.Repeat("ж", 1000))[0].Data[1]
		if strings.ContainsAny(got, "\r\n\x1b\u2028") || utf8.RuneCountInString(got) > 400 || !utf8.ValidString(got) || !strings.HasPrefix(got, "a [31mb ж") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("advice is not part of what is wrong", func(t *testing.T) {
		t.Parallel()
		wrong := message.New("fault_given_up").And(message.New("fault_cut", "Host", "x"))
		both := wrong.And(message.New("do_wait"))
		if !both.What().Equal(wrong) || both.Equal(wrong) || len(both) != 3 {
			t.Errorf("what is wrong with %v is %v", both, both.What())
		}
	})
	t.Run("the same message with other data is another text", func(t *testing.T) {
		t.Parallel()
		a, b := message.New("fault_cut", "Host", "a"), message.New("fault_cut", "Host", "b")
		if a.Equal(b) || !a.Equal(message.New("fault_cut", "Host", "a")) || a.Equal(nil) || !message.Text(nil).Equal(message.Text{}) {
			t.Error("texts are compared wrongly")
		}
	})
}
