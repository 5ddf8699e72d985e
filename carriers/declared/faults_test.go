package declared_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/declared"
	"parcelwatch/parcel/number"
)

// keys returns the keys of the faults of a definition in their order.
func keys(d declared.Definition) (out []string) {
	_, faults := declared.New(&d, nil)
	for _, one := range faults {
		out = append(out, one.Key)
	}
	return out
}

func sound() declared.Definition {
	return declared.Definition{
		Name: "uzpost", Match: []string{"^X"}, Request: declared.Request{URL: "https://post.example/{number}"},
		Reading: declared.Reading{Events: "$.e[*]", Time: "$.t", Layout: []string{"unix"}, Text: "$.x"},
	}
}

// TestFaultsAreAtTheirKeysInOneOrder makes several mistakes at once. Go walks maps in
// another order each time.
func TestFaultsAreAtTheirKeysInOneOrder(t *testing.T) {
	t.Parallel()
	bad := []any{"$.a", "x"}
	for name, tc := range map[string]struct {
		change func(*declared.Definition)
		want   []string
	}{
		"nothing is read": {func(d *declared.Definition) { d.Reading = declared.Reading{} }, []string{"events", "time", "layout", "text"}},
		"pages":           {func(d *declared.Definition) { d.Site, d.Page = "x", "y" }, []string{"site", "page"}},
		"fields of a form": {func(d *declared.Definition) {
			d.Request.Form = map[string]string{"c": "{c}", "a": "{a}", "b": "{b}"}
		}, []string{"request.form.a", "request.form.b", "request.form.c"}},
		"headers": {func(d *declared.Definition) {
			d.Request.Headers = map[string]any{"Host": "a", "Connection": "b", "X": "{y}"}
		}, []string{"request.headers.Connection", "request.headers.Host", "request.headers.X"}},
		"a table":   {func(d *declared.Definition) { d.Text = map[string]any{"first": bad, "all": bad, "x": 1} }, []string{"text.all", "text.first", "text.x"}},
		"a list":    {func(d *declared.Definition) { d.Time, d.Text = bad, []any{bad} }, []string{"time[1]", "text[0]"}},
		"constants": {func(d *declared.Definition) { d.Item, d.Group, d.Events = "=a", "=b", []any{"$.e", "=c"} }, []string{"item", "group", "events[1]"}},
		"statuses":  {func(d *declared.Definition) { d.Status = map[string]any{"b": "x", "a": "y"} }, []string{"status.a", "status.b"}},
		"inherited": {func(d *declared.Definition) {
			d.Time = "x"
			d.Forms = []declared.Reading{{Events: "$.f"}, {Events: "$.g"}}
		}, []string{"time"}},
		"a form's": {func(d *declared.Definition) {
			d.Forms = []declared.Reading{{Events: "$.f"}, {Events: "$.g", Time: "x"}}
		}, []string{"form[1].time"}},
		"forms only": {func(d *declared.Definition) {
			d.Events, d.Time = nil, nil
			d.Forms = []declared.Reading{{Events: "$.f"}}
		}, []string{"form[0].time"}},
		"a zone": {func(d *declared.Definition) { d.Zone = "Mars/Base"; d.Forms = []declared.Reading{{Events: "$.f"}} }, []string{"zone"}},
	} {
		for range 20 {
			d := sound()
			tc.change(&d)
			if got := keys(d); !slices.Equal(got, tc.want) {
				t.Errorf("%s: faults at %v, want %v", name, got, tc.want)
				break
			}
		}
	}
}

// TestWhatAnAnswerIsDependsOnItsFirstSelector compiles every form in which events can be
// written, for JSON and for HTML.
func TestWhatAnAnswerIsDependsOnItsFirstSelector(t *testing.T) {
	t.Parallel()
	for _, json := range []bool{true, false} {
		one, text, accept := "tr", "td", "text/html"
		if json {
			one, text, accept = "$.e[*]", "$.x", "application/json"
		}
		for name, events := range map[string]any{
			"a text": one, "a list": []any{one}, "first": map[string]any{"first": []any{one, one}}, "lists in first": map[string]any{"first": []any{[]any{one}}},
			"all": map[string]any{"all": []any{one}, "join": " "}, "outwards": "^ " + one,
		} {
			d := sound()
			d.Events, d.Time, d.Text = events, text, text
			if got := keys(d); got != nil {
				t.Errorf("%s for %s: faults at %v", name, accept, got)
			}
		}
	}
}

// TestKeysBesideAProgramAreRefused adds each key that only requests and answers have.
func TestKeysBesideAProgramAreRefused(t *testing.T) {
	t.Parallel()
	text := func(key string) string { return key + ` = "$.x"` }
	for key, line := range map[string]string{
		"request": `request = { url = "https://post.example/{number}" }`, "settings": `settings = ["key"]`, "private": "private = true",
		"not_found_status": "not_found_status = [404]", "not_found_blank": "not_found_blank = true", "complete": text("complete"), "cut": `cut = ["x"]`,
		"personal": `personal = ["x"]`, "layout": `layout = ["unix"]`, "zone": `zone = "none"`, "in_zone": "in_zone = true",
		"refusal": "[[carrier.refusal]]\nstatus = 404\nmeans = 'denied'", "form": "[[carrier.form]]\nevents = '$.x'", "status": "[carrier.status]\n1 = 'delivered'",
		"not_found": text("not_found"), "empty": text("empty"), "item": text("item"), "number": text("number"), "group": text("group"), "events": text("events"),
		"time": text("time"), "offset": text("offset"), "place": text("place"), "country": text("country"), "text": text("text"), "code": text("code"),
		"origin": text("origin"), "destination": text("destination"), "aliases": text("aliases"), "eta": text("eta"), "pickup_place": text("pickup_place"), "pickup_until": text("pickup_until"),
	} {
		_, err := compileAs(t, "[[carrier]]\nname = 'mine'\nmatch = ['^X']\nexec = ['/bin/true', '{number}']\n"+line+"\n", false)
		if err == nil || !strings.HasPrefix(err.Error(), key+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", key, err)
		}
	}
	if _, err := compileAs(t, "[[carrier]]\nname = 'mine'\ntitle = 'Mine'\nrole = 'origin'\ncountries = ['UZ']\nmaybe = ['^X']\ncanary = 'RB123456785UZ'\nbudget = 7\ninterval = '5s'\nper_number = '1h'\nexec = ['/bin/true', '{number}']\n", false); err != nil {
		t.Error(err)
	}
	if _, err := compileAs(t, "[[carrier]]\nname = 'mine'\nmatch = ['^X']\nexec = ['/bin/true']\n", false); err == nil {
		t.Error("a program that is not told the number is accepted")
	}
}

// TestAPassedDeadlineIsNoAnswer reads an answer when there is no time left, and when the
// caller has given up.
func TestAPassedDeadlineIsNoAnswer(t *testing.T) {
	t.Parallel()
	f := load(t, filepath.Join("testdata", "ems.toml"))
	body, err := os.ReadFile(filepath.Join("..", "..", "testdata", "carriers", "ems", "delivered.html"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	const n number.Number = "EB999900024CN"
	passed, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	if _, _, err := declared.Try(passed, c, n, body); !errors.Is(err, carriers.ErrTemporary) || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, carriers.ErrChanged) {
		t.Errorf("after the deadline: %v", err)
	}
	gone, giveUp := context.WithCancel(t.Context())
	giveUp()
	if _, _, err := declared.Try(gone, c, n, body); !errors.Is(err, context.Canceled) {
		t.Errorf("after giving up: %v", err)
	}
	if _, _, err := declared.Try(t.Context(), c, n, body); err != nil {
		t.Error(err)
	}
}
