package status

import (
	"os"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

func TestWhatIsConfiguredAndWhatWasRecordedMakeOneState(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	member := carriers.Member{Info: carriers.Info{Name: "x", Budget: 100}}
	for name, tt := range map[string]struct {
		m        carriers.Member
		recorded parcel.CarrierHealth
		broken   error
		want     parcel.CarrierState
		words    string
	}{
		"never asked":             {m: member, want: parcel.CarrierOK},
		"in quarantine":           {m: member, recorded: parcel.CarrierHealth{Name: "x", State: parcel.CarrierQuarantined, Until: now.Add(time.Hour), Error: "down"}, want: parcel.CarrierQuarantined, words: "down"},
		"a quarantine that ended": {m: member, recorded: parcel.CarrierHealth{Name: "x", State: parcel.CarrierQuarantined, Until: now, Error: "down"}, want: parcel.CarrierOK, words: "down"},
		"another carrier's":       {m: member, recorded: parcel.CarrierHealth{Name: "y", State: parcel.CarrierChanged}, want: parcel.CarrierOK},
		"a credential missing":    {m: carriers.Member{Info: member.Info, Missing: []string{"key"}}, recorded: parcel.CarrierHealth{Name: "x", State: parcel.CarrierChanged, Error: "old"}, want: parcel.CarrierNoCredential},
		"switched off":            {m: carriers.Member{Info: member.Info, Off: true}, want: parcel.CarrierOff},
		"a secret not to be had":  {m: member, broken: os.ErrNotExist, want: parcel.CarrierNoCredential, words: "file does not exist"},
	} {
		got := Source{Broken: map[string]error{"x": tt.broken}, Now: now}.carrierState(tt.m, []parcel.CarrierHealth{tt.recorded})
		if got.State != tt.want || got.Error != tt.words || got.Budget != 100 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
