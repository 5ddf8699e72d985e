package seventeentrack_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/seventeentrack"
	"parcelwatch/parcel/number"
)

func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, suite()) }

func suite() carriertest.Suite {
	fault := func(n number.Number, read, register string, want error) carriertest.Fault {
		return carriertest.Fault{Case: carriertest.Case{Number: n, Replies: replies(read, register)}, Want: want}
	}
	const known, fresh = "LP00999900000034", "LB999900069CN"
	return carriertest.Suite{
		New: seventeentrack.New, Info: seventeentrack.Info(), Dir: "../../testdata/carriers/seventeentrack", Codes: "codes.tsv",
		Other: "LB999900072CN",
		Calls: 3, // read, register what is new, ask for the quota
		Known: []carriertest.Case{
			{Number: known, Replies: replies("delivered.json", "")},
			{
				Number: "YT9999000000000017", Also: []number.Number{
					fresh, "LB999900015CN", "RB123456785CN", "UA999900041YP", "RR999900055SG", "RR999900038RU", "EB999900024CN", "LB999900086CN",
				},
				Replies: replies("batch.json", ""), Unmapped: []string{"InTransit_NewThing"},
			},
		},
		NotFound: []carriertest.Case{
			{Number: fresh, Replies: replies("not_found.json", "")},
			{Number: fresh, Replies: replies("pending.json", "")},
			{Number: fresh, Replies: replies("unregistered.json", "registered.json")},
			{Number: fresh, Replies: replies("unregistered.json", "already.json")},
			{Number: fresh, Replies: replies("unregistered.json", "bad_number.json")},
		},
		Faults: []carriertest.Fault{
			fault(fresh, "unregistered.json", "no_quota.json", carriers.ErrThrottled),
			fault(fresh, "unregistered.json", "bad_key.json", carriers.ErrCredential),
			fault(fresh, "unregistered.json", "elsewhere.json", carriers.ErrChanged),
			fault(known, "bad_key.json", "", carriers.ErrCredential),
			fault(known, "white_list.json", "", carriers.ErrCredential),
			fault(known, "too_many.json", "", carriers.ErrThrottled),
			fault(known, "inside.json", "", carriers.ErrTemporary),
			fault(known, "strange.json", "", carriers.ErrChanged),
			fault(known, "no_times.json", "", carriers.ErrChanged),
			fault(known, "no_status.json", "", carriers.ErrChanged),
			fault(known, "no_info.json", "", carriers.ErrChanged),
		},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "documentation: time_iso is null where the carrier prints no zone"},
		},
	}
}

// replies are the answers to the three calls; goldens are named by the first.
func replies(read, register string) []carriertest.Reply {
	list := []carriertest.Reply{{Match: "/track/v2.4/gettrackinfo", Recording: read}}
	if register != "" {
		list = append(list, carriertest.Reply{Match: "/track/v2.4/register", Recording: register})
	}
	list = append(list, carriertest.Reply{Match: "/track/v2.4/getquota", Recording: "quota.json"})
	return append(list, list[0]) // the suite cuts and drips what stands last
}

// service counts what it is asked and remembers what was registered.
type service struct {
	mu         sync.Mutex
	calls      []string
	registered []string
	carriers   map[string]int
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	var orders []struct {
		Number  string `json:"number"`
		Carrier int    `json:"carrier"`
	}
	if err := json.Unmarshal(body, &orders); err != nil || orders == nil {
		http.Error(w, "an array is wanted", http.StatusTeapot)
		return
	}
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	s.calls = append(s.calls, name)
	var accepted, rejected []string
	for _, o := range orders {
		switch {
		case name == "register":
			s.registered = append(s.registered, o.Number)
			s.carriers[o.Number] = o.Carrier
			accepted = append(accepted, `{"number":"`+o.Number+`"}`)
		case slices.Contains(s.registered, o.Number):
			accepted = append(accepted, `{"number":"`+o.Number+`","track_info":{"latest_status":{"status":"InfoReceived"},"tracking":{"providers":[]}}}`)
		default:
			rejected = append(rejected, `{"number":"`+o.Number+`","error":{"code":-18019902}}`)
		}
	}
	_, _ = io.WriteString(w, `{"code":0,"data":{"accepted":[`+strings.Join(accepted, ",")+`],"rejected":[`+strings.Join(rejected, ",")+
		`],"quota_total":200,"quota_remain":`+strconv.Itoa(200-len(s.registered))+`}}`)
}

func (s *service) registrations() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.carriers)
}

func TestNumbersAreRegisteredOnce(t *testing.T) {
	s := &service{carriers: map[string]int{}}
	server := httptest.NewServer(s)
	defer server.Close()
	c, err := seventeentrack.New(carriers.Config{
		BaseURL: server.URL, HTTP: server.Client(), Settings: map[string]string{"key": "some key"},
	})
	if err != nil {
		t.Fatal(err)
	}
	numbers := []number.Number{"LP00999900000034", "EB999900024CN", c.Info().Canary, "80084740397510"}
	for round, want := range []struct {
		note  string
		err   error
		calls []string
	}{
		{"quota: 197 of 200 numbers left", carriers.ErrNotFound, []string{"gettrackinfo", "register", "getquota"}},
		{"quota: 197 of 200 numbers left", nil, []string{"gettrackinfo", "getquota"}},
	} {
		s.calls = nil
		res, err := c.Track(t.Context(), numbers)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.calls, s.calls); diff != "" {
			t.Errorf("round %d: calls (-want +got):\n%s", round, diff)
		}
		if res[0].Note != want.note {
			t.Errorf("round %d: note %q, want %q", round, res[0].Note, want.note)
		}
		for _, r := range res {
			if wanted := want.err; r.Number != c.Info().Canary && !errors.Is(r.Err, wanted) {
				t.Errorf("round %d: %s: error %v, want %v", round, r.Number, r.Err, wanted)
			} else if r.Number == c.Info().Canary && !errors.Is(r.Err, carriers.ErrNotFound) {
				t.Errorf("round %d: the canary: %v, want not found", round, r.Err)
			}
		}
	}
}

func TestNumbersAreRegisteredWithTheCarrierOfTheirCountry(t *testing.T) {
	const inpost, dpd, letter = "696300000000000000000017", "62000022000002", "0000092490067Q"
	for destination, want := range map[string]map[number.Number]int{
		"": {
			"LP00999900000034": 190271, "EB999900024CN": 3013, "80084740397510": 0, "CNESP460000000000000001": 190271, "RR999900038PL": 8051,
			inpost: 0, dpd: 0, letter: 0,
		},
		"PL": {"LP00999900000034": 190271, "RR999900038PL": 8051, inpost: 100043, dpd: 100111, letter: 100111},
		"DE": {inpost: 0, dpd: 0, letter: 0}, "IT": {inpost: 0}, "RU": {inpost: 0, dpd: 0},
	} {
		s := &service{carriers: map[string]int{}}
		server := httptest.NewServer(s)
		defer server.Close()
		c, err := seventeentrack.New(carriers.Config{
			BaseURL: server.URL, HTTP: server.Client(), Destination: destination, Settings: map[string]string{"key": "some key"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Track(t.Context(), slices.Sorted(maps.Keys(want))); err != nil {
			t.Fatal(err)
		}
		got := s.registrations()
		for n, carrier := range want {
			if got[string(n)] != carrier {
				t.Errorf("%s to %q is registered with %d, want %d", n, destination, got[string(n)], carrier)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	c, err := seventeentrack.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[number.Number]carriers.Match{
		"LB999900069CN": carriers.Maybe, "LB999900068CN": carriers.No, "SOME9990001234": carriers.Maybe, "SOMENUMBER12": carriers.No,
		"00-999000-1234": carriers.No,
	} {
		if got := c.Match(number); got != want {
			t.Errorf("Match(%s) = %d, want %d", number, got, want)
		}
	}
}
