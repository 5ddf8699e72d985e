package parcel_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"parcelwatch/parcel"
)

func TestFault(t *testing.T) {
	t.Parallel()
	t.Run("what comes from outside is one bounded line", func(t *testing.T) {
		t.Parallel()
		got := parcel.Say("fault_other", "Text", "a\r\n\x1b[31mb\u2028"+strings.Repeat("ж", 1000))[0].Data[1]
		if strings.ContainsAny(got, "\r\n\x1b\u2028") || len(got) > 420 || !utf8.ValidString(got) || !strings.HasPrefix(got, "a [31mb ж") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("advice is not part of what is wrong", func(t *testing.T) {
		t.Parallel()
		wrong := parcel.Say("fault_given_up").And(parcel.Say("fault_cut", "Host", "x"))
		both := wrong.And(parcel.Say("do_wait"))
		if !both.What().Equal(wrong) || both.Equal(wrong) || len(both) != 3 {
			t.Errorf("what is wrong with %v is %v", both, both.What())
		}
	})
	t.Run("the same clause with other data is another fault", func(t *testing.T) {
		t.Parallel()
		a, b := parcel.Say("fault_cut", "Host", "a"), parcel.Say("fault_cut", "Host", "b")
		if a.Equal(b) || !a.Equal(parcel.Say("fault_cut", "Host", "a")) || a.Equal(nil) || !parcel.Fault(nil).Equal(parcel.Fault{}) {
			t.Error("faults are compared wrongly")
		}
	})
}
