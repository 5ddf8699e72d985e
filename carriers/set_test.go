package carriers_test

import (
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

// factory makes the fake; made, if there is one, sees what it is made of.
func factory(f *fake, made func(carriers.Config)) carriers.Factory {
	return carriers.Factory{Info: f.info, New: func(cfg carriers.Config) (carriers.Carrier, error) {
		if made != nil {
			made(cfg)
		}
		return f, nil
	}}
}

func named(name string, role carriers.Role, settings ...carriers.Setting) *fake {
	info := fakeInfo()
	info.Name, info.Role, info.Settings, info.BaseURL = name, role, settings, "https://"+name+".example"
	return &fake{info: info}
}

func TestSet(t *testing.T) {
	key := carriers.Setting{Name: "key", Secret: true, Required: true}
	extra := carriers.Setting{Name: "extra"}
	var got carriers.Config
	set, err := carriers.NewSet([]carriers.Factory{
		factory(named("plain", carriers.RoleOrigin), nil),
		factory(named("keyed", carriers.RoleDestination, key, extra), func(c carriers.Config) { got = c }),
		factory(named("lacking", carriers.RoleDestination, key), nil),
		factory(named("away", carriers.RoleOrigin), nil),
	}, map[string]carriers.Options{
		"keyed": {Endpoint: "https://mirror.example", Settings: map[string]string{"key": "k"}},
		"away":  {Off: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]parcel.CarrierState{}
	for _, m := range set.Members() {
		states[m.Info.Name] = m.State()
	}
	want := map[string]parcel.CarrierState{
		"plain": parcel.CarrierOK, "keyed": parcel.CarrierOK, "lacking": parcel.CarrierNoCredential, "away": parcel.CarrierOff,
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if len(set.Carriers()) != 2 || got.BaseURL != "https://mirror.example" || got.Settings["key"] != "k" || got.HTTP.Timeout == 0 {
		t.Errorf("%d can be asked; made of %+v", len(set.Carriers()), got)
	}
	keepers := carriers.NewKeepers(set, carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
	if _, ok := keepers.Get("lacking"); ok {
		t.Error("a carrier without its credential is kept")
	}
	if k, ok := keepers.Get("plain"); !ok || k.Info().Name != "plain" || k.Match("X") != carriers.Maybe {
		t.Error("a carrier that can be asked is not kept")
	}
	if m, ok := set.Get("lacking"); !ok || len(m.Missing) != 1 || m.Link("X") != "" {
		t.Errorf("lacking is %+v", m)
	}
}

func TestSetRefusals(t *testing.T) {
	boom := carriers.Factory{Info: carriers.Info{Name: "plain"}, New: func(carriers.Config) (carriers.Carrier, error) {
		return nil, carriers.ErrEndpoint
	}}
	for name, tc := range map[string]struct {
		factory carriers.Factory
		options map[string]carriers.Options
		want    error
	}{
		"of an unknown name":   {factory(named("plain", carriers.RoleOrigin), nil), map[string]carriers.Options{"plane": {}}, carriers.ErrUnknown},
		"of a bad proxy":       {factory(named("plain", carriers.RoleOrigin), nil), map[string]carriers.Options{"plain": {Proxy: "gopher://x"}}, carriers.ErrEndpoint},
		"of what New does not": {boom, nil, carriers.ErrEndpoint},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := carriers.NewSet([]carriers.Factory{tc.factory}, tc.options); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}

func TestEndpointsAndProxies(t *testing.T) {
	for endpoint, good := range map[string]bool{
		"https://x.example": true, "https://x.example/": true, "http://127.0.0.1:8080": true, "http://localhost:1": true, "http://[::1]:1": true,
		"http://x.example": false, "http://10.0.0.1": false, "ftp://x.example": false, "x.example": false, "": false, "https://u:p@x.example": false,
		"https://x.example?a=b": false, "://": false,
	} {
		if _, err := carriers.ParseEndpoint(endpoint); (err == nil) != good {
			t.Errorf("endpoint %q: error %v", endpoint, err)
		}
	}
	for proxy, good := range map[string]bool{
		"": true, "socks5://127.0.0.1:9050": true, "http://u:p@proxy.example:3128": true, "proxy.example": false, "ftp://proxy.example": false, "http://\x7f": false,
	} {
		client, err := carriers.NewHTTPClient(proxy)
		if (err == nil) != good {
			t.Errorf("proxy %q: error %v", proxy, err)
		}
		if err == nil && client.Transport == http.DefaultTransport {
			t.Errorf("proxy %q: the transport is shared", proxy)
		}
	}
}

func TestAskRunsCarriersAtOnceAndKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick, slow := named("quick", carriers.RoleOrigin), named("slow", carriers.RoleDestination)
		quick.slow, slow.slow = time.Second, 3*time.Second
		slow.answer = func(parcel.Number) (parcel.Tracking, error) { return parcel.Tracking{}, carriers.ErrNotFound }
		set, err := carriers.NewSet([]carriers.Factory{factory(quick, nil), factory(slow, nil)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		keepers := carriers.NewKeepers(set, carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
		asks := []carriers.Ask{
			{Carrier: "slow", Number: "N1111"},
			{Carrier: "quick", Number: "N1111"},
			{Carrier: "locked", Number: "N1111", Skip: parcel.ResultNoCredential},
			{Carrier: "gone", Number: "N1111"},
			{Carrier: "quick", Number: "N2222"},
		}
		start, seen := time.Now(), 0
		asked, err := keepers.Ask(t.Context(), asks, time.Minute, func(carriers.Asked) { seen++ })
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("took %s: carriers wait for each other", took)
		}
		var got []parcel.Result
		for i, a := range asked {
			if a.Carrier != asks[i].Carrier || a.Number != asks[i].Number {
				t.Errorf("answer %d is of %s", i, a.Carrier)
			}
			got = append(got, a.Result)
		}
		want := []parcel.Result{parcel.ResultNotFound, parcel.ResultOK, parcel.ResultNoCredential, parcel.ResultSkipped, parcel.ResultOK}
		if diff := cmp.Diff(want, got); diff != "" || seen != len(asks) || len(quick.asked) != 1 {
			t.Errorf("results (-want +got):\n%s%d seen, %d calls for two numbers", diff, seen, len(quick.asked))
		}
	})
}

func TestFollow(t *testing.T) {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Hour)
	synctest.Test(t, func(t *testing.T) {
		origin, local, mute := named("origin", carriers.RoleOrigin), named("local", carriers.RoleDestination), named("mute", carriers.RoleDestination)
		locked := named("locked", carriers.RoleDestination, carriers.Setting{Name: "key", Required: true})
		local.info.Countries, mute.info.Countries = []string{"UA"}, []string{"UA"}
		origin.match = domestic("LP")
		local.match = domestic("59")
		origin.answer = func(n parcel.Number) (parcel.Tracking, error) {
			return parcel.Tracking{
				Destination: "UA", Aliases: []parcel.Alias{{Number: "59000000000017", Field: "copyRealMailNo"}},
				Events: []parcel.Event{{Time: at, ZoneKnown: true, Status: parcel.Export, Country: "CN", Text: "Left"}},
			}, nil
		}
		local.answer = func(n parcel.Number) (parcel.Tracking, error) {
			return parcel.Tracking{Events: []parcel.Event{{Time: at.Add(time.Minute), ZoneKnown: true, Status: parcel.Import, Country: "UA", Text: "Here"}}}, nil
		}
		mute.slow = time.Hour
		set, err := carriers.NewSet([]carriers.Factory{factory(origin, nil), factory(local, nil), factory(mute, nil), factory(locked, nil)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		keepers := carriers.NewKeepers(set, carriers.NewMemoryLedger(), time.Now, slog.New(slog.DiscardHandler))
		p := parcel.Parcel{Typed: true, FirstSeen: time.Now(), Links: links("LP00999900000034")}
		start := time.Now()
		mute.match = func(n parcel.Number) carriers.Match { return map[bool]carriers.Match{true: carriers.Yes}[n[0] == '5'] }
		p, asked, err := keepers.Follow(t.Context(), p, set.View("UA"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("a person waited %s", took)
		}
		var got []string
		for _, a := range asked {
			got = append(got, a.Carrier+" "+string(a.Number)+" "+string(a.Result))
		}
		want := []string{"origin LP00999900000034 ok", "local 59000000000017 ok", "mute 59000000000017 temporary", "locked 59000000000017 no_credential"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		if len(p.Links) != 2 || p.Links[1].Reason != "copyRealMailNo" || p.Phase != parcel.PhaseDestination || p.Status != parcel.Import {
			t.Errorf("parcel %+v", p)
		}
	})
}

func TestRecordLeavesTheParcelAloneWhereNobodyWasAsked(t *testing.T) {
	p := parcel.Parcel{Links: links("N1111")}
	carriers.Record(&p, carriers.Asked{Ask: carriers.Ask{Carrier: "x", Number: "N1111"}, Err: &carriers.NotNowError{}}, now)
	carriers.Record(&p, carriers.Asked{Ask: carriers.Ask{Carrier: "x", Number: "N1111", Skip: parcel.ResultSkipped}}, now)
	if len(p.Sources) != 0 {
		t.Errorf("sources %+v", p.Sources)
	}
	carriers.Record(&p, carriers.Asked{
		Ask: carriers.Ask{Carrier: "x", Number: "N1111"}, Result: parcel.ResultDenied, Err: carriers.ErrDenied,
	}, now)
	if len(p.Sources) != 1 || p.Sources[0].Result != parcel.ResultDenied || p.Sources[0].Error == "" || !p.Sources[0].Asked.Equal(now) {
		t.Errorf("sources %+v", p.Sources)
	}
}

func TestResultWords(t *testing.T) {
	for want, err := range map[parcel.Result]error{
		parcel.ResultOK: nil, parcel.ResultNotFound: carriers.ErrNotFound, parcel.ResultTemporary: errors.New("x"),
		parcel.ResultThrottled: &carriers.Error{Kind: carriers.ErrThrottled, Cause: errors.New("x")}, parcel.ResultDenied: carriers.ErrDenied,
		parcel.ResultChanged: carriers.ErrChanged, parcel.ResultSkipped: &carriers.NotNowError{Carrier: "x", Reason: "y"},
	} {
		if got := carriers.ResultOf(err); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}
