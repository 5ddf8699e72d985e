package declared_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/declared"
	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/parcel/number"
)

const start = `[[carrier]]
name = "uzpost"
match = ["^[A-Z]{2}[0-9]{9}UZ$"]
`

// compile compiles the text of a file with one definition that is passed on.
func compile(tb testing.TB, text string) (carriers.Factory, error) {
	tb.Helper()
	return compileAs(tb, text, true)
}

func compileAs(tb testing.TB, text string, shared bool) (carriers.Factory, error) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "one.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	list, err := config.LoadDefinitions(path)
	if err != nil {
		return carriers.Factory{}, err
	}
	var d declared.Definition
	if err := list[0].Bind(&d); err != nil {
		return carriers.Factory{}, err
	}
	d.Order, d.Shared = list[0].Keys("status"), shared
	f, faults := declared.New(&d, nil)
	for _, one := range faults {
		err = errors.Join(err, errors.New(one.Key+": "+locale.English(one.What)))
	}
	return f, err
}

// TestDefinitionsThatAreRefused lists what a definition may not say, with the key that
// is named.
func TestDefinitionsThatAreRefused(t *testing.T) {
	t.Parallel()
	const sound = `request = { url = "https://post.example/{number}" }
events = "$.e[*]"
time = "$.t"
layout = ["unix"]
text = "$.x"
`
	if _, err := compile(t, start+sound); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string][2]string{
		"plain http":               {strings.Replace(sound, "https", "http", 1), "request.url"},
		"a host that is a mark":    {strings.Replace(sound, "post.example", "{number}.example", 1), "request.url"},
		"a login in the address":   {strings.Replace(sound, "post.example", "post.example@evil.example", 1), "request.url"},
		"a private address":        {strings.Replace(sound, "post.example", "192.168.1.1", 1), "request.url"},
		"the link of a cloud":      {strings.Replace(sound, "post.example", "169.254.169.254", 1), "request.url"},
		"no number":                {strings.Replace(sound, "{number}", "x", 1), "request"},
		"a setting not named":      {strings.Replace(sound, "{number}", "{number}/{key}", 1), "request.url"},
		"JSON without quotes":      {strings.Replace(sound, `{number}" }`, `" , json = '{"n":{number}}' }`, 1), "request.json"},
		"a header of the way":      {strings.Replace(sound, `{number}" }`, `{number}", headers = { Host = "x" } }`, 1), "request.headers"},
		"a program":                {"exec = ['/bin/sh', '-c', '{number}']\n", "exec"},
		"two walks down":           {strings.Replace(sound, "$.e[*]", "$..a..b", 1), "events"},
		"many copies":              {strings.Replace(sound, "$.e[*]", "$[*,*][*,*]", 1), "events"},
		"the root for each":        {strings.Replace(sound, "$.e[*]", "$.e[?$.x]", 1), "events"},
		"an expression for each":   {strings.Replace(sound, "$.e[*]", "$.e[?search(@.x,'a')]", 1), "events"},
		"no selector":              {strings.Replace(sound, `"$.t"`, `"t"`, 1), "time"},
		"a layout without a day":   {strings.Replace(sound, "unix", "15:04", 1), "layout"},
		"a zone that is not there": {sound + "zone = 'Mars/Base'\n", "zone"},
		"a status that is not":     {sound + "[carrier.status]\n1 = 'lost'\n", "status.1"},
		"a large expression":       {sound + "cut = ['(a{1,500}){1,500}']\n", "cut"},
		"a fast pace":              {sound + "interval = '0s'\nper_number = '1s'\n", "per_number"},
		"an unknown key":           {sound + "colour = 'red'\n", "colour"},
		"a number as a text":       {sound + "budget = '7'\n", "budget"},
	} {
		_, err := compile(t, start+tc[0])
		if err == nil || !strings.Contains(err.Error(), tc[1]) {
			t.Errorf("%s: error %v, want one that names %s", name, err, tc[1])
		}
	}
}

// ask asks a carrier of the text about one number, with a server that answers.
func ask(t *testing.T, text, body string, change ...func(carriers.Carrier)) (carriers.Result, time.Duration, error) {
	t.Helper()
	f, err := compile(t, text)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
	defer server.Close()
	c, err := f.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(c)
	}
	begun := time.Now()
	res, err := c.Track(t.Context(), []number.Number{"RB123456785UZ"})
	if err != nil {
		return carriers.Result{}, time.Since(begun), err
	}
	return res[0], time.Since(begun), res[0].Err
}

// TestHostileAnswersAreReadInBoundedTime asks with the most expensive selectors that are
// allowed for the largest answers that are read. Some are given up when the time to read is over, which is
// shorter here.
func TestHostileAnswersAreReadInBoundedTime(t *testing.T) {
	const request = `request = { url = "https://post.example/{number}" }
layout = ["unix"]
`
	deep := strings.Repeat(`{"a":`, 39) + "1" + strings.Repeat("}", 39)
	for name, tc := range map[string][2]string{
		"every value of a wide answer": {
			`events = "$..*"` + "\n" + `time = { first = ["$..t", "^$..t", "^$..u", "^$..v"] }` + "\n" + `text = "^$..x"`,
			"[" + strings.Repeat("1,", 90_000) + "1]",
		},
		"a filter on a deep answer": {
			`events = "$..[?@==@ && @.a==@.a || @.b==@.a]"` + "\n" + `time = "$..a"` + "\n" + `text = "$..a"`,
			"[" + strings.Repeat(deep+",", 2000) + "1]",
		},
		"rows within rows": {
			`group = "$..*"` + "\n" + `events = "$..*"` + "\n" + `time = "^^$..t"` + "\n" + `text = "^^$..t"`,
			"[" + strings.Repeat(deep+",", 2000) + "1]",
		},
		"selectors up a deep page": {
			`events = "b b b b b b b b b b b q"` + "\n" + `time = "q"` + "\n" + `text = "q"`,
			strings.Repeat("<b>", 190) + strings.Repeat("<i></i>", 2000),
		},
		"brothers of a flat page": {
			`events = "p ~ p ~ p ~ p ~ p ~ p:nth-child(2n+1):nth-last-child(3n):contains('x')"` + "\n" + `time = "q"` + "\n" + `text = "q"`,
			strings.Repeat("<div>"+strings.Repeat("<p>x", 2900)+"</div>", 20),
		},
		"a page without end": {`events = "tr"` + "\n" + `time = "td"` + "\n" + `text = "td"`, strings.Repeat("<table><tr><td>", 60_000)},
		"nothing but brackets": {
			`events = "$[*]"` + "\n" + `time = "$"` + "\n" + `text = "$"`, strings.Repeat("[", 1<<20),
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, took, err := ask(t, start+request+tc[0]+"\n", tc[1], func(c carriers.Carrier) {
				if limit := declared.SetReadTime(c, time.Second); limit > 10*time.Second {
					t.Errorf("an answer may be read for %v", limit)
				}
			})
			if !errors.Is(err, carriers.ErrChanged) || took > 11*time.Second {
				t.Errorf("%s, error %v; want an answer that is not understood", took, err)
			}
		})
	}
}

// TestALongAnswerIsNotRead sends 100 MB.
func TestALongAnswerIsNotRead(t *testing.T) {
	t.Parallel()
	f := load(t, filepath.Join("testdata", "ems.toml"))
	sent := make(chan int, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		block, n := make([]byte, 1<<20), 0
		for n < 100 {
			if _, err := w.Write(block); err != nil {
				break
			}
			n++
		}
		sent <- n
	}))
	defer server.Close()
	c, err := f.New(carriers.Config{BaseURL: server.URL, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Track(t.Context(), []number.Number{"EB999900024CN"})
	if err != nil || !errors.Is(res[0].Err, carriers.ErrChanged) {
		t.Fatalf("results %v, error %v", res, err)
	}
	server.CloseClientConnections()
	if n := <-sent; n > 20 {
		t.Errorf("%d MB were sent", n)
	}
}

// TestWhoMayReachThisMachineAndPrivateNetworks compiles addresses in a file that is passed
// on and in the configuration itself.
func TestWhoMayReachThisMachineAndPrivateNetworks(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]struct {
		shared, own, private string // key that is named, "" if the definition is accepted
		public               bool   // addresses are checked when the host is dialled
	}{
		"https://post.example":     {private: "private", public: true},
		"https://10.1.2.3":         {"request.url", "request.url", "private", false},
		"https://169.254.169.254":  {"request.url", "request.url", "private", false},
		"https://[fd00::1]":        {"request.url", "request.url", "private", false},
		"https://[64:ff9b::a00:1]": {"request.url", "request.url", "private", false},
		"http://127.0.0.1:8080":    {"", "", "private", true},
		"http://localhost":         {"", "", "private", true},
		"https://LocalHost":        {"", "", "private", true},
		"https://[::1]":            {"", "", "private", true},
	} {
		d := sound()
		d.Request.URL = host + "/{number}"
		refused := func(d declared.Definition, key string) {
			t.Helper()
			f, wrong := declared.New(&d, nil)
			switch {
			case key == "" && (len(wrong) > 0 || f.Public == d.Private):
				t.Errorf("%s: faults %v, public %t; want it accepted", host, wrong, f.Public)
			case key != "" && (len(wrong) != 1 || wrong[0].Key != key):
				t.Errorf("%s, shared %t: faults %v, want one at %s", host, d.Shared, wrong, key)
			case key != "" && d.Shared && wrong[0].What[0].ID != "declared_private_shared":
				t.Errorf("%s: %v is not the reason", host, wrong[0].What)
			}
		}
		refused(d, want.own)
		d.Private = true
		refused(d, "")
		d.Shared = true
		refused(d, want.private)
		d.Private = false
		refused(d, want.shared)
	}
}

// TestSettingsStaySecret checks that the suite's rules on secrets hold for a
// setting in a header, in the address and in the body.
func TestSettingsStaySecret(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "carriers", "sunyou")
	f := load(t, filepath.Join("testdata", "sunyou.toml"))
	text, ok := declared.Builtin("sunyou")
	if !ok || f.Info.Name != "sunyou" {
		t.Fatal("the definition of sunyou is missing")
	}
	with := strings.Replace(string(text), "&toLanguage=en_US\" }", "&toLanguage={lang}\", headers = { Authorization = \"Bearer {token}\" } }\nsettings = [\"token\", \"lang\"]", 1)
	f, err := compile(t, with)
	if err != nil {
		t.Fatal(err)
	}
	s := sunyou()
	s.Info, s.New, s.Dir = f.Info, f.New, dir
	carriertest.Run(t, s)
}

// FuzzDefinition compiles arbitrary files and asks with those that are accepted.
func FuzzDefinition(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), `{"e":[{"t":1770000000,"x":"Accepted"}]}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		factory, err := compile(t, text)
		if err != nil {
			return
		}
		c, err := factory.New(carriers.Config{HTTP: carriertest.NoNetwork()})
		if err != nil {
			t.Fatalf("accepted, and cannot be made: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		res, _, err := declared.Try(ctx, c, "RB123456785CN", []byte(body))
		if err != nil {
			return
		}
		if len(res.Tracking.Events) == 0 {
			t.Fatal("no events and no error")
		}
		for _, ev := range res.Tracking.Events {
			if ev.Text == "" || !ev.Status.Known() {
				t.Fatalf("event %+v", ev)
			}
		}
	})
}
