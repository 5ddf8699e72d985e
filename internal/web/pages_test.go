package web_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/internal/web"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// world is a store with its page.
type world struct {
	*visitor

	db    *sqlite.DB
	clock *clock
	cfg   *config.Config
}

// open returns the page of a store in a language.
func open(tb testing.TB, language string) *world {
	tb.Helper()
	c := morning()
	db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "p.db"), sqlite.Options{Now: c.now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	cfg := config.Default()
	cfg.Timezone, cfg.Destination, cfg.Language = config.Zone{Name: "UTC"}, "RU", language
	cfg.Web.Listen = "127.0.0.1:8417"
	s, err := web.New(web.Options{
		Config: cfg.Web, Settings: cfg, Language: language, Store: db, Log: quiet(), Now: c.now,
		Tracker: tracker.New(tracker.Config{Home: "RU", Zone: time.UTC, Log: quiet(), Now: c.now}, db),
		Status: func(ctx context.Context) (status.Status, error) {
			h, err := db.Health(ctx)
			var d status.Status
			for _, n := range h.NotUnderstood {
				d.NotUnderstood = append(d.NotUnderstood, status.NotUnderstood{Mail: n.Mail, Subject: n.Subject, Texts: n.Why, At: &n.At})
			}
			d.Mailboxes = []status.Mailbox{{Name: "home", Folder: "INBOX", State: parcel.MailboxRefused, Error: "wrong", Fault: message.New("fault_silent", "Host", "imap.example.org")}}
			d.Carriers = []status.CarrierStatus{{Name: "cainiao", CarrierState: status.CarrierState{State: parcel.CarrierOK, Today: 3, Budget: 100}}}
			return d, err
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return &world{visitor: visit(tb, s), db: db, clock: c, cfg: cfg}
}

// keep stores parcels.
func (w *world) keep(parcels ...*parcel.Parcel) {
	w.t.Helper()
	err := w.db.Apply(w.t.Context(), store.Scope{Now: w.clock.now()}, func(s *store.State) error {
		s.Parcels = parcels
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// on returns a parcel from China to Russia with two sources for one scan.
func on(c *clock, n number.Number, title string, change ...func(*parcel.Parcel)) *parcel.Parcel {
	at := c.now().AddDate(0, 0, -6)
	events := func(carrier string) parcel.Source {
		return parcel.Source{Carrier: carrier, Number: n, Result: parcel.ResultOK, Origin: "CN", Destination: "RU", Events: []parcel.Event{
			{Time: at, ZoneKnown: true, Status: parcel.Accepted, Country: "CN", Place: "Shenzhen", Text: "Accepted", Sources: []string{carrier}},
			{Time: at.AddDate(0, 0, 4), ZoneKnown: true, Status: parcel.Import, Country: "RU", Place: "Moscow", Text: "Arrived", Sources: []string{carrier}},
		}}
	}
	p := &parcel.Parcel{
		Title: title, FirstSeen: at, Shipped: at, Origin: "CN", Destination: "RU", Orders: []string{"8190000000000001"},
		Links:   []parcel.Link{{Number: n, Since: at, Reason: "mail", Certainty: parcel.Certain}},
		Sources: []parcel.Source{events("cainiao"), events("russianpost")},
	}
	p.Settle("RU", c.now())
	for _, f := range change {
		f(p)
	}
	return p
}

// word returns a text of the catalogue as it stands in a page.
func word(t *testing.T, language, id string, data ...any) string {
	t.Helper()
	p, err := locale.New(language)
	if err != nil {
		t.Fatal(err)
	}
	return html.EscapeString(p.T(id, data...))
}

func TestEveryPageSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	missing := regexp.MustCompile(`\bweb_[a-z_]+|section_[a-z]+|&lt;no value|%!`)
	for _, language := range locale.Tags() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := open(t, language)
			w.keep(on(w.clock, "RB123456785CN", "Лампа", func(p *parcel.Parcel) {
				p.AddLink(parcel.Link{Number: "LA900000257CN", Reason: "same order", Certainty: parcel.Maybe})
			}), on(w.clock, "LA900000257CN", ""))
			for path, id := range map[string]string{
				"/": "section_travelling", "/?show=needs": "web_none", "/?q=лампа": "web_parcels", "/parcel/RB123456785CN": "web_timeline",
				"/doubtful": "web_maybe", "/health": "web_mailboxes", "/add": "web_number", "/settings": "web_settings",
			} {
				code, body := w.get(path)
				if code != 200 || !strings.Contains(body, `<html lang="`+language+`"`) || !strings.Contains(body, word(t, language, id)) {
					t.Errorf("%s: %d without %q", path, code, word(t, language, id))
				}
				if found := missing.FindString(body); found != "" {
					t.Errorf("%s shows %s", path, found)
				}
				if n := strings.Count(body, "<h1>"); n != 1 {
					t.Errorf("%s has %d main headings", path, n)
				}
			}
		})
	}
}

func TestTheListIsThatOfTheDigest(t *testing.T) {
	t.Parallel()
	w := open(t, "en")
	w.keep(
		on(w.clock, "RB123456785CN", "Lamp", func(p *parcel.Parcel) { p.Status = parcel.ReadyForPickup }),
		on(w.clock, "LA900000257CN", "Cable"),
		on(w.clock, "RR900000416CN", "Cup", func(p *parcel.Parcel) { p.Status, p.FinalAt = parcel.Delivered, w.clock.now() }),
		on(w.clock, "LA900000146CN", "Book", func(p *parcel.Parcel) { p.Closed = true }),
	)
	for show, want := range map[string][]string{
		"": {"Lamp", "Cable"}, "needs": {"Lamp"}, "way": {"Cable"}, "waiting": nil, "delivered": {"Cup"}, "archive": {"Book"}, "nonsense": {"Lamp", "Cable"},
	} {
		_, body := w.get("/?show=" + show)
		for _, title := range []string{"Lamp", "Cable", "Cup", "Book"} {
			listed := strings.Contains(body, ">"+title+"</a>")
			wanted := strings.Contains(strings.Join(want, " "), title)
			if listed != wanted {
				t.Errorf("show=%s: %s listed %v, want %v", show, title, listed, wanted)
			}
		}
	}
	_, body := w.get("/")
	if needs, way := strings.Index(body, "Needs your attention</h2>"), strings.Index(body, "On the way</h2>"); needs < 0 || way < needs {
		t.Errorf("sections at %d and %d", needs, way)
	}
	for q, want := range map[string]string{"cup": "Cup", "ra 123": "", "rb123456785cn": "Lamp", "819000 book": "Book", "xyz": ""} {
		_, body := w.get("/?q=" + url.QueryEscape(q))
		if want == "" && strings.Contains(body, "<article") || want != "" && (strings.Count(body, "<article") != 1 || !strings.Contains(body, ">"+want+"</a>")) {
			t.Errorf("search for %q: %s", q, body)
		}
	}
}

func TestAParcelIsChangedByItsForms(t *testing.T) {
	t.Parallel()
	const a, b = "RB123456785CN", "LA900000257CN"
	w := open(t, "en")
	w.keep(on(w.clock, a, "Lamp"), on(w.clock, b, "Cable"))
	find := func(n number.Number) parcel.Parcel {
		t.Helper()
		p, err := w.db.ParcelByNumber(t.Context(), n)
		if err != nil {
			t.Fatalf("%s: %v", n, err)
		}
		return p
	}
	do := func(action string, form url.Values, want int) string {
		t.Helper()
		r := w.send(http.MethodPost, "/parcel/"+a+"/"+action, form.Encode())
		if r.code != want {
			t.Errorf("%s: %d, want %d: %s", action, r.code, want, r.body)
		}
		return r.body
	}
	do("rename", url.Values{"title": {"Big\nlamp"}}, 303)
	do("mute", nil, 303)
	do("done", nil, 303)
	if p := find(a); p.Title != "Big lamp" || !p.Muted || !p.Closed {
		t.Errorf("%+v", p)
	}
	if _, body := w.get("/parcel/" + a + "?did=saved"); !strings.Contains(body, "Saved.") || !strings.Contains(body, "Track again") {
		t.Errorf("%s", body)
	}
	do("unmute", nil, 303)
	do("reopen", nil, 303)
	do("check", nil, 303)
	if p := find(a); p.Muted || p.Closed || !p.NextCheck.Equal(w.clock.now()) {
		t.Errorf("%+v", p)
	}
	if body := do("split", nil, 422); !strings.Contains(body, "no other number") {
		t.Errorf("%s", body)
	}
	do("merge", url.Values{"number": {"junk"}}, 422)
	do("merge", url.Values{"number": {"RR900000416CN"}}, 404)
	do("merge", url.Values{"number": {"https://t.example/track?n=" + b}}, 303)
	if p := find(b); len(p.Links) != 2 {
		t.Errorf("merged: %v", p.Numbers())
	}
	do("merge", url.Values{"number": {b}}, 422)
	do("split", nil, 303)
	if find(a).ID == find(b).ID {
		t.Error("not split")
	}
	do("explode", nil, 404)
	do("forget", nil, 303)
	if code, _ := w.get("/parcel/" + a); code != 404 {
		t.Errorf("forgotten: %d", code)
	}
}

func TestANumberIsAddedAndDoubtedOnce(t *testing.T) {
	t.Parallel()
	w := open(t, "en")
	if code, body := w.post("/add", url.Values{"number": {"hello"}}); code != 422 || !strings.Contains(body, "No tracking number") {
		t.Errorf("%d %s", code, body)
	}
	code, body := w.post("/add", url.Values{"number": {"RB123456789CN"}, "title": {"Lamp"}})
	if code != 422 || !strings.Contains(body, "check digit") || !strings.Contains(body, `value="Lamp"`) {
		t.Errorf("%d %s", code, body)
	}
	for _, form := range []url.Values{
		{"number": {"RB123456789CN"}, "sure": {"RB123456789CN"}}, {"number": {"https://t.example/?nums=RB123456785CN"}, "title": {"Cup"}},
	} {
		if code, body := w.post("/add", form); code != 303 {
			t.Errorf("%v: %d %s", form, code, body)
		}
	}
	if _, body := w.get("/"); !strings.Contains(body, "RB123456789CN") || !strings.Contains(body, "Cup") {
		t.Errorf("%s", body)
	}
}

func TestTextsFromOutsideAreOnlyTextAndNoPageShowsAnAddressOrASecret(t *testing.T) {
	t.Parallel()
	w := open(t, "en")
	const evil = `<script>alert(1)</script>"onmouseover=x anna.petrova@example.org 日本@例え.jp`
	w.cfg.Mailboxes = []config.Mailbox{{Name: "anna.petrova@example.org"}}
	w.cfg.Mailboxes[0].Username, w.cfg.Mailboxes[0].Password = "anna.petrova", config.Plain("s3cret")
	w.cfg.Channels = []config.Channel{{Name: "phone", URL: config.Plain("ntfy://s3cret")}}
	w.cfg.Carriers = map[string]config.Carrier{"usps": {"key": "s3cret"}}
	w.cfg.PostalCode = "101000"
	w.keep(on(w.clock, "RB123456785CN", evil, func(p *parcel.Parcel) {
		p.Items = []parcel.Item{{Title: evil, Variant: evil}}
		p.Pickup.Place = evil
		for i := range p.Sources {
			for j := range p.Sources[i].Events {
				p.Sources[i].Events[j].Place, p.Sources[i].Events[j].Text = evil, evil
			}
		}
		p.Maybe = []parcel.Link{{Number: "LA900000257CN", Reason: evil}}
	}))
	if err := w.db.SetAside(t.Context(), parcel.MailRef{Mailbox: "home", Folder: "INBOX", UID: 7}, evil, message.Raw(evil), w.clock.now()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/", "/?q=" + url.QueryEscape(evil), "/parcel/RB123456785CN", "/doubtful", "/health", "/settings", "/add", "/login",
		"/parcel/" + url.PathEscape(evil), "/order/" + url.PathEscape(evil), "/open?token=" + url.QueryEscape(evil),
	} {
		_, body := w.get(path)
		for _, bad := range []string{"<script", `"onmouseover`, "example.org", "例え", "anna.petrova", "s3cret", "101000"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s shows %s", path, bad)
			}
		}
	}
	if _, body := w.get("/doubtful"); !strings.Contains(body, "&lt;script&gt;") {
		t.Errorf("the subject is not shown: %s", body)
	}
}

// fill stores many parcels.
func (w *world) fill(n int) {
	w.t.Helper()
	var all []*parcel.Parcel
	for i := range n {
		all = append(all, on(w.clock, number.Number(fmt.Sprintf("LP%014d", i)), fmt.Sprintf("Thing %d", i)))
	}
	w.keep(all...)
}

func TestTenThousandParcelsAreShownInPages(t *testing.T) {
	if testing.Short() {
		t.Skip("stores 10,000 parcels")
	}
	t.Parallel()
	w := open(t, "en")
	w.fill(10_000)
	for page, want := range map[string]int{"1": 50, "200": 50, "201": 0, "-1": 50, "999999999999": 0, "x": 50} {
		start := time.Now()
		code, body := w.get("/?page=" + page)
		if got := strings.Count(body, "<article"); code != 200 || got != want || len(body) > 150<<10 {
			t.Errorf("page %s: %d, %d parcels, %d bytes", page, code, got, len(body))
		}
		t.Logf("page %s in %s, %d bytes", page, time.Since(start), len(body))
	}
}

func BenchmarkAThousandParcels(b *testing.B) {
	w := open(b, "ru")
	w.fill(1000)
	for _, path := range []string{"/", "/?q=999", "/parcel/LP00000000000007", "/health"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if code, _ := w.get(path); code != 200 {
					b.Fatal(code)
				}
			}
		})
	}
}

func FuzzForms(f *testing.F) {
	for _, s := range []string{"RB123456785CN", "", "../..", "a\x00b", "%2f", strings.Repeat("9", 300), "<b>", "日本"} {
		f.Add("rename", s, s)
		f.Add("merge", s, "number="+s)
		f.Add("separate", s, s)
	}
	w := open(f, "en")
	w.keep(on(w.clock, "RB123456785CN", "Lamp"))
	f.Fuzz(func(t *testing.T, action, id, text string) {
		w := &visitor{t: t, handler: w.handler, cookies: map[string]string{}}
		form := url.Values{"title": {text}, "number": {text}, "sure": {text}, "token": {text}, "password": {text}}.Encode()
		for _, path := range []string{
			"/parcel/" + url.PathEscape(id) + "/" + url.PathEscape(action), "/order/" + url.PathEscape(id) + "/" + url.PathEscape(action),
			"/parcel/RB123456785CN/" + url.PathEscape(action), "/add", "/login", "/open",
		} {
			if r := w.send(http.MethodPost, path, form); r.code >= 500 {
				t.Errorf("%s: %d %s", path, r.code, r.body)
			}
		}
		for _, path := range []string{"/parcel/" + url.PathEscape(id), "/order/" + url.PathEscape(id), "/?q=" + url.QueryEscape(text) + "&page=" + url.QueryEscape(id)} {
			if r := w.send(http.MethodGet, path, ""); r.code >= 500 {
				t.Errorf("%s: %d %s", path, r.code, r.body)
			}
		}
	})
}
