package carriers_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

// factory makes the fake and passes its Config to made, if that is not nil.
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
	if m, ok := set.Get("lacking"); !ok || len(m.Missing) != 1 || m.Link("X") != "" {
		t.Errorf("lacking is %+v", m)
	}
}

func TestAClosedSetKeepsNoConnection(t *testing.T) {
	closed := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			close(closed)
		}
	}
	server.Start()
	defer server.Close()
	var client *http.Client
	set, err := carriers.NewSet([]carriers.Factory{factory(named("plain", carriers.RoleOrigin), func(c carriers.Config) { client = c.HTTP })}, nil)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	set.Close()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open after 10 s")
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
		client, err := carriers.NewHTTPClient(proxy, "", nil)
		if (err == nil) != good {
			t.Errorf("proxy %q: error %v", proxy, err)
		}
		if err == nil && client.Transport == http.DefaultTransport {
			t.Errorf("proxy %q: the transport is shared", proxy)
		}
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
