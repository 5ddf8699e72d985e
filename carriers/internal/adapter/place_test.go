package adapter_test

import (
	"testing"
	"time"

	"parcelwatch/carriers/internal/adapter"
)

func TestPlaceKnowsSummerTime(t *testing.T) {
	madrid, err := adapter.Place("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{"2026-01-15 12:00:00": "+01:00", "2026-07-15 12:00:00": "+02:00"} {
		at, ok := adapter.At(in, madrid, time.DateTime)
		if got := at.Format("Z07:00"); !ok || got != want {
			t.Errorf("%s is at %s, want %s", in, got, want)
		}
	}
	if _, err := adapter.Place("Europe/Atlantis"); err == nil {
		t.Error("a zone that is none is loaded")
	}
}
