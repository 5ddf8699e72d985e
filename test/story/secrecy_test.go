package story_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/status"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

// The persons of the answers. The recordings hold more, all of them PLANTED.
const (
	signer    = "SIGNERA PLANTEDMANN"
	addressee = "Подсадной Иван"
)

// planted is every form in which one of them, or a credential, could come out.
func planted() []string {
	list := []string{"PLANTED", "Подсадной", secret, "planted-secret"}
	for _, form := range []func(string) string{url.QueryEscape, url.PathEscape, html.EscapeString} {
		list = append(list, form(secret))
	}
	return list
}

// answerer answers every request with the same bytes.
type answerer struct {
	status int
	kind   string
	body   []byte
	echo   bool // sends the request back instead, as careless services do
	calls  int
}

// RoundTrip is [http.RoundTripper].
func (a *answerer) RoundTrip(r *http.Request) (*http.Response, error) {
	a.calls++
	body := a.body
	if a.echo {
		var sent bytes.Buffer
		if r.Body != nil {
			if _, err := sent.ReadFrom(r.Body); err != nil {
				return nil, err
			}
		}
		plain, _ := url.QueryUnescape(r.URL.String())
		text := fmt.Sprint(r.URL, " ", plain, " ", r.Header, " ", sent.String(), " ", html.UnescapeString(sent.String()))
		body, _ = json.Marshal(map[string]string{"error": text, "message": text, "detail": text, "title": text})
		if a.kind == "page" {
			body = []byte("<html><body>" + text + "</body></html>")
		}
	}
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: readCloser{bytes.NewReader(body)}, Request: r,
	}, nil
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// recording is an answer on record and the number it is about.
type recording struct {
	carrier string
	number  number.Number
	body    []byte
}

// recordings are all answers on record that hold events, by carrier.
func recordings(t *testing.T, carrier string) []recording {
	t.Helper()
	goldens, err := filepath.Glob(filepath.Join("..", "..", "testdata", "carriers", carrier, "*.golden.json"))
	if err != nil || len(goldens) == 0 {
		t.Fatalf("no recordings of %s: %v", carrier, err)
	}
	var out []recording
	for _, g := range goldens {
		raw, err := os.ReadFile(filepath.Clean(g))
		if err != nil {
			t.Fatal(err)
		}
		var results []struct{ Number number.Number }
		if err := json.Unmarshal(raw, &results); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(strings.TrimSuffix(g, ".golden.json") + ".*")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if file == g {
				continue
			}
			body, err := os.ReadFile(filepath.Clean(file))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range results {
				out = append(out, recording{carrier, r.Number, body})
			}
		}
	}
	return out
}

// mutations are the ways in which persons get into an answer.
func mutations() map[string]func([]byte) []byte {
	return map[string]func([]byte) []byte{
		"as recorded":    func(b []byte) []byte { return b },
		"signed":         func(b []byte) []byte { return prose(b, ", signed by "+signer) },
		"signed, colon":  func(b []byte) []byte { return prose(b, ". Signed by: "+signer) },
		"addressed":      func(b []byte) []byte { return prose(b, ". Получатель: "+addressee) },
		"persons beside": persons,
		"cut in a name":  func(b []byte) []byte { return b[:cut(b)] },
	}
}

// cut is behind the first half of a planted name, or the middle.
func cut(b []byte) int {
	if at := bytes.Index(b, []byte("PLANTED PERSON")); at > 0 {
		return at + len("PLANTED PER")
	}
	return len(b) / 2
}

var (
	jsonProse   = regexp.MustCompile(`("[^"\\]*[A-Za-zА-Яа-я]{3,} [A-Za-zА-Яа-я ,.]{4,})"\s*[,}\]]`)
	markupProse = regexp.MustCompile(`(>[^<>]*[A-Za-zА-Яа-я]{3,} [A-Za-zА-Яа-я ,.]{4,})</`)
)

// prose appends words to every text of several words that is not a name alone.
func prose(b []byte, words string) []byte {
	for _, form := range []*regexp.Regexp{jsonProse, markupProse} {
		b = form.ReplaceAllFunc(b, func(m []byte) []byte {
			if bytes.Contains(m, []byte("PLANTED")) {
				return m
			}
			at := form.FindSubmatchIndex(m)
			return slices.Concat(m[:at[3]], []byte(words), m[at[3]:])
		})
	}
	return b
}

// persons adds fields with names to every object.
func persons(b []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var tree any
	if d.Decode(&tree) != nil {
		return b
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
			for _, key := range []string{
				"signatory", "signedBy", "recipientName", "receiverName", "senderName", "consignee", "destinatario", "nombre_cliente", "customerName", "phone",
			} {
				if v[key] == nil {
					v[key] = signer
				}
			}
		}
	}
	walk(tree)
	out, err := json.Marshal(tree)
	if err != nil {
		return b
	}
	return out
}

// alone is one carrier with every setting planted, in front of an answer.
func alone(t *testing.T, f carriers.Factory, a *answerer) *carriers.Set {
	t.Helper()
	settings := map[string]string{}
	for _, s := range f.Info.Settings {
		settings[s.Name] = secret
	}
	own := f.New
	f.New = func(cfg carriers.Config) (carriers.Carrier, error) {
		cfg.HTTP = &http.Client{Transport: a, Timeout: 10 * time.Second}
		c, err := own(cfg)
		return limited{c, func(i carriers.Info) carriers.Info {
			i.Interval = 0 // thousands of answers, some of several requests
			return i
		}}, err
	}
	set, err := carriers.NewSet([]carriers.Factory{f}, map[string]carriers.Options{f.Info.Name: {Settings: settings}})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// printers are those of the languages in which digests are looked at.
func printers(t *testing.T) (all []*locale.Printer) {
	t.Helper()
	for _, language := range []string{"en", "ru"} {
		p, err := locale.New(language)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// everything asks about a number and returns all that a person or a file could
// see of it: log, errors, documents, digests in two languages.
func everything(t *testing.T, f carriers.Factory, a *answerer, n number.Number, languages []*locale.Printer) (texts map[string]string, events int) {
	t.Helper()
	now := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	set, ledger := alone(t, f, a), carriers.NewMemoryLedger()
	engine := tracker.NewEngine(set, "", ledger, func() time.Time { return now }, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	asked, err := engine.Ask(t.Context(), []carriers.Ask{{Carrier: f.Info.Name, Number: n}}, time.Second, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := parcel.Parcel{ID: 1, FirstSeen: now}
	p.AddLink(parcel.Link{Number: n, Since: now, Reason: "mail", Certainty: parcel.Certain})
	tracker.Record(&p, asked[0], now)
	p.Settle("", now)
	doc := status.Asked{Carrier: f.Info.Name, Number: n, Result: asked[0].Result}
	texts = map[string]string{"log": log.String()}
	if asked[0].Err != nil {
		doc.Error = asked[0].Err.Error()
		texts["error"] = fmt.Sprintf("%v %+v", asked[0].Err, asked[0].Err)
	}
	health, err := ledger.CarrierHealth(t.Context(), f.Info.Name)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"parcel": p, "track document": status.Document(p, n, []status.Asked{doc}, now), "health": health} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	health.State = parcel.CarrierChanged
	if a.status != http.StatusOK && !a.echo {
		return texts, len(p.Timeline()) // digests say the same of every failure
	}
	for _, printer := range languages {
		language := printer.Language()
		c, err := notify.Render(notify.Compose(notify.Input{
			Audience: notify.Audience{Name: "me", Language: language, Zone: time.UTC}, Parcels: []parcel.Parcel{p},
			Changes: []parcel.Change{{ID: 1, Kind: parcel.ChangeNewParcel, Parcel: 1, At: now}}, Health: parcel.Health{Carriers: []parcel.CarrierHealth{health}},
		}, now), printer)
		if err != nil {
			t.Fatal(err)
		}
		texts["digest "+language] = c.Subject + "\n" + c.Text + "\n" + c.HTML
	}
	return texts, len(p.Timeline())
}

// TestNoSecretAndNoNameComesOut plants credentials and names of sender,
// addressee and signer into the answers of every carrier there is.
func TestNoSecretAndNoNameComesOut(t *testing.T) {
	t.Parallel()
	languages := printers(t)
	for _, f := range all.Factories() {
		t.Run(f.Info.Name, func(t *testing.T) {
			t.Parallel()
			events := 0
			look := func(where string, a *answerer, n number.Number) {
				texts, found := everything(t, f, a, n, languages)
				events += found
				if a.calls == 0 {
					t.Errorf("%s: nobody was asked", where)
				}
				for what, text := range texts {
					for _, p := range planted() {
						if i := strings.Index(strings.ToLower(text), strings.ToLower(p)); i >= 0 {
							t.Errorf("%s: the %s holds %q: ...%s...", where, what, p, text[max(0, i-80):min(len(text), i+80)])
							break
						}
					}
				}
			}
			list := recordings(t, f.Info.Name)
			for _, r := range list {
				for name, change := range mutations() {
					for _, status := range []int{200, 500, 403} {
						look(fmt.Sprintf("%s, %s, HTTP %d", r.number, name, status), &answerer{status: status, body: change(slices.Clone(r.body))}, r.number)
					}
				}
			}
			for _, status := range []int{200, 400, 401, 404, 422, 429, 500} {
				for _, kind := range []string{"data", "page"} {
					look(fmt.Sprintf("the request sent back as a %s, HTTP %d", kind, status), &answerer{status: status, kind: kind, echo: true}, list[0].number)
				}
			}
			if events == 0 {
				t.Error("no answer had events: nothing was looked at")
			}
		})
	}
}
