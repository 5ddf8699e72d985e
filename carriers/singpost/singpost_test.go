package singpost_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/singpost"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(recording string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: "RB999900302SG", Recording: recording}, Want: want}
	}
	return carriertest.Suite{
		New: singpost.New, Info: singpost.Info(), Dir: "../../testdata/carriers/singpost", Codes: "codes.tsv",
		Known: []carriertest.Case{
			{Number: "RB999900302SG", Recording: "delivered.xml", Unmapped: []string{"ZZ"}},
			{Number: "RB999900316SG", Also: []number.Number{"RB999900320SG", "RR999900055SG", "RB999900024SG"}, Recording: "batch.xml"},
		},
		NotFound: []carriertest.Case{
			{Number: "RB999900320SG", Recording: "not_found.xml"},
			{Number: "RB999900320SG", Recording: "not_found_words.xml"},
		},
		Faults: []carriertest.Fault{
			fault("denied.xml", carriers.ErrCredential),
			fault("limit.xml", carriers.ErrThrottled),
			fault("later.xml", carriers.ErrTemporary),
			fault("strange.xml", carriers.ErrChanged),
			fault("no_status.xml", carriers.ErrChanged),
			fault("no_list.xml", carriers.ErrChanged),
			fault("no_times.xml", carriers.ErrChanged),
		},
		Foreign: []number.Number{"LB999900015CN", "LP00999900000034", "61039904000176", "UA999900041YP"},
		Private: []string{"PLANTED PERSON"},
	}
}

func TestChangedSaysThatTheFormWasNeverSure(t *testing.T) {
	for name, body := range map[string]string{"cut XML": "<r><Status>", "JSON": `{"status":"ok"}`, "other fields": "<r><Items/></r>"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		c, err := singpost.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client(), Settings: map[string]string{"key": "a key"}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Track(t.Context(), []number.Number{"RB999900302SG"})
		server.Close()
		e, ok := errors.AsType[*carriers.Error](err)
		if !ok || !errors.Is(err, carriers.ErrChanged) || !strings.Contains(e.Detail, "known from other programs only") || len(e.Raw) == 0 {
			t.Errorf("%s: error %v, want one that says so and keeps the answer", name, err)
		}
	}
}
