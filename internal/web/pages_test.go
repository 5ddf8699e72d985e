package web_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
	xhtml "golang.org/x/net/html"

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
	// state is what the page of health shows; mails that were not understood come from the store.
	state *status.Status
}

// open returns the page of a store in a language.
func open(tb testing.TB, language string, change ...func(*web.Options)) *world {
	tb.Helper()
	c := morning()
	db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "p.db"), sqlite.Options{Now: c.now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	cfg := config.Default()
	cfg.Timezone, cfg.Destination, cfg.Language = config.Zone{Name: "UTC"}, "RU", language
	cfg.Web.Listen, cfg.Path = "127.0.0.1:8417", "/etc/parcelwatch/parcelwatch.toml"
	state := &status.Status{
		Mailboxes: []status.Mailbox{{Name: "home", Folder: "INBOX", State: parcel.MailboxRefused, Error: "wrong", Fault: message.New("fault_silent", "Host", "imap.example.org")}},
		Carriers:  []status.CarrierStatus{{Name: "cainiao", CarrierState: status.CarrierState{State: parcel.CarrierOK, Today: 3, Budget: 100}}},
	}
	o := web.Options{
		Config: cfg.Web, Settings: cfg, Language: language, Store: db, HashCost: bcrypt.MinCost, Log: quiet(), Now: c.now,
		Tracker: tracker.New(tracker.Config{Home: "RU", Zone: time.UTC, Log: quiet(), Now: c.now}, db),
		Status: func(ctx context.Context) (status.Status, error) {
			h, err := db.Health(ctx)
			d := *state
			for _, n := range h.NotUnderstood {
				d.NotUnderstood = append(d.NotUnderstood, status.NotUnderstood{Mail: n.Mail, Subject: n.Subject, Texts: n.Why, At: &n.At})
			}
			return d, err
		},
	}
	for _, f := range change {
		f(&o)
	}
	s, err := web.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return &world{visitor: visit(tb, s), db: db, clock: c, cfg: cfg, state: state}
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

func TestWhatFailsIsMarkedOnThePageOfHealth(t *testing.T) {
	t.Parallel()
	w := open(t, "en")
	marked := func() bool {
		t.Helper()
		code, body := w.get("/health")
		if code != http.StatusOK {
			t.Fatalf("%d %s", code, body)
		}
		return strings.Contains(body, "part bad")
	}
	w.state.Carriers = nil
	for state, want := range map[parcel.MailboxState]bool{
		parcel.MailboxConnecting: false, parcel.MailboxIdle: false, parcel.MailboxPolling: false, parcel.MailboxUnknown: false,
		parcel.MailboxBroken: true, parcel.MailboxRefused: true,
	} {
		w.state.Mailboxes[0].State = state
		if got := marked(); got != want {
			t.Errorf("mailbox %s: marked %v, want %v", state, got, want)
		}
	}
	w.state.Mailboxes = nil
	w.state.Carriers = []status.CarrierStatus{{Name: "cainiao"}}
	for state, want := range map[parcel.CarrierState]bool{
		parcel.CarrierOK: false, parcel.CarrierNoCredential: false, parcel.CarrierThrottled: false, parcel.CarrierOff: false,
		parcel.CarrierQuarantined: true, parcel.CarrierCredential: true, parcel.CarrierCaptcha: true, parcel.CarrierBlocked: true, parcel.CarrierChanged: true,
	} {
		w.state.Carriers[0].State = state
		if got := marked(); got != want {
			t.Errorf("carrier %s: marked %v, want %v", state, got, want)
		}
		idle := state == parcel.CarrierNoCredential || state == parcel.CarrierThrottled
		if _, body := w.get("/health"); strings.Contains(body, "part idle") != idle {
			t.Errorf("carrier %s: looks unused: %v, want %v", state, !idle, idle)
		}
	}
	w.state.Carriers[0].CarrierState = status.CarrierState{State: parcel.CarrierNoCredential, Error: "the file cannot be read"}
	if !marked() {
		t.Error("a credential that cannot be read is not marked")
	}
}

func TestARecentChangeOfAnOrderLeadsToTheOrder(t *testing.T) {
	t.Parallel()
	const known, titleless, gone = "8190000000000001", "8190000000000002", "8190000000000003"
	w := open(t, "en")
	now := w.clock.now()
	err := w.db.Apply(t.Context(), store.Scope{Now: now, Orders: []string{known, titleless}}, func(s *store.State) error {
		s.Orders = []*parcel.Order{
			{ID: known, FirstSeen: now, Step: parcel.StepConfirmed, StepAt: now, Items: []parcel.Item{{Title: "Tea cup"}}},
			{ID: titleless, FirstSeen: now, Step: parcel.StepConfirmed, StepAt: now},
		}
		for _, id := range []string{known, titleless, gone} {
			s.Changes = append(s.Changes, store.NewChange{Change: parcel.Change{Kind: parcel.ChangeNewOrder, Order: id, At: now, Key: "order/" + id}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, body := w.get("/health")
	for _, want := range []string{`<a href="/order/` + known + `">Tea cup</a>`, `<a href="/order/` + titleless + `">`, "Order " + gone} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.Contains(body, "/order/"+gone) {
		t.Error("an order that is gone has a link")
	}
}

func TestAnErrorIsShownAsLongAsItLastsAndNamesOfMachinesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	w := open(t, "ru")
	silent := message.New("fault_silent", "Host", "imap.example.org:993")
	w.state.Mailboxes[0].Fault = silent
	w.state.Carriers = []status.CarrierStatus{{Name: "cainiao", CarrierState: status.CarrierState{State: parcel.CarrierOK, Error: "down", Fault: message.New("fault_post_temporary")}}}
	over := word(t, "ru", "fault_post_temporary")
	_, body := w.get("/health")
	if !strings.Contains(body, "imap.example.org:993") || strings.Contains(strings.ToLower(body), over) {
		t.Errorf("%s", body)
	}
	w.state.Carriers[0].State = parcel.CarrierQuarantined
	if _, body = w.get("/health"); !strings.Contains(strings.ToLower(body), over) {
		t.Errorf("no %q: %s", over, body)
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
	value := regexp.MustCompile(`value="[^"]*"`)
	for _, path := range []string{
		"/", "/?q=" + url.QueryEscape(evil), "/parcel/RB123456785CN", "/doubtful", "/health", "/settings", "/add", "/login",
		"/parcel/" + url.PathEscape(evil), "/order/" + url.PathEscape(evil), "/open?token=" + url.QueryEscape(evil),
	} {
		_, body := w.get(path)
		body = value.ReplaceAllString(body, "") // what the visitor has typed
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

func TestAMailThatWasNotUnderstoodIsCopiedWithoutPersonalData(t *testing.T) {
	t.Parallel()
	const subject = "Package of anna"
	refs := []parcel.MailRef{{Mailbox: "anna@example.org", Folder: "INBOX", UID: 7}, {Mailbox: "home", Folder: "Gone/Old", UID: 8}, {Mailbox: "home", Folder: "INBOX", UID: 9}}
	w := open(t, "en", func(o *web.Options) {
		o.Redacted = func(_ context.Context, n status.NotUnderstood) ([]byte, error) {
			switch n.Mail {
			case refs[0].String():
				return []byte("From: x\r\n\r\nmasked"), nil
			case refs[1].String():
				return nil, fmt.Errorf("find it: %w", web.ErrNoMail)
			default:
				return nil, os.ErrDeadlineExceeded
			}
		}
	})
	for _, ref := range refs {
		if err := w.db.SetAside(t.Context(), ref, subject, message.Raw("why"), w.clock.now()); err != nil {
			t.Fatal(err)
		}
	}
	_, page := w.get("/doubtful")
	forms := regexp.MustCompile(`name="mail" value="([0-9a-f]+)"`).FindAllStringSubmatch(page, -1)
	if len(forms) != len(refs) || strings.Contains(page, "example.org") {
		t.Fatalf("%d forms: %s", len(forms), page)
	}
	seen := map[int]answer{}
	for _, f := range forms {
		a := w.send(http.MethodPost, "/doubtful/copy", "mail="+f[1])
		seen[a.code] = a
	}
	if a := seen[200]; a.body != "From: x\r\n\r\nmasked" || a.header.Get("Content-Disposition") != `attachment; filename="redacted.eml"` || a.header.Get("Content-Type") != "message/rfc822" {
		t.Errorf("%+v", a)
	}
	if a := seen[404]; !strings.Contains(a.body, word(t, "en", "web_mail_gone")) {
		t.Errorf("%+v", a)
	}
	if a := seen[502]; !strings.Contains(a.body, word(t, "en", "web_mail_failed")) {
		t.Errorf("%+v", a)
	}
	for _, ref := range []string{"", refs[0].String(), "home/INBOX/1"} {
		if code, _ := w.post("/doubtful/copy", url.Values{"mail": {ref}}); code != 404 {
			t.Errorf("a mail that is not on the page: %d", code)
		}
	}
	if a := w.send(http.MethodGet, "/doubtful/copy?mail="+forms[0][1], ""); a.code != 405 {
		t.Errorf("by an address alone: %d", a.code)
	}
}

func TestAFormSendsBackWhatItWasFilledWith(t *testing.T) {
	t.Parallel()
	const a, title = "RB123456785CN", `2 @ 3 € <b>"for" anna.petrova@example.org & 日本@例え.jp`
	w := open(t, "en")
	w.keep(on(w.clock, a, title))
	_, body := w.get("/parcel/" + a)
	if _, heading, _ := strings.Cut(body, "<h1>"); !strings.HasPrefix(heading, "2 @ 3 €") || strings.Contains(heading[:strings.Index(heading, "</h1>")], "example.org") {
		t.Errorf("%.200s", heading)
	}
	if code, body := w.post("/parcel/"+a+"/rename", fields(t, body, "/parcel/"+a+"/rename")); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	if p, err := w.db.ParcelByNumber(t.Context(), a); err != nil || p.Title != title {
		t.Errorf("%q, %v", p.Title, err)
	}
	// The other forms that are shown again with what was typed.
	for _, number := range []string{"nothing for anna@example.org", "RB123456789CN"} {
		_, body = w.post("/add", url.Values{"number": {number}, "title": {title}})
		if got := fields(t, body, "/add"); got.Get("number") != number || got.Get("title") != title {
			t.Errorf("%v", got)
		}
	}
	const query = "anna@example.org"
	_, body = w.get("/?q=" + url.QueryEscape(query))
	if got := fields(t, body, "/"); got.Get("q") != query {
		t.Errorf("%v", got)
	}
}

// fields returns what a browser sends for the form of a page with an address.
func fields(t *testing.T, page, action string) url.Values {
	t.Helper()
	root, err := xhtml.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	attribute := func(n *xhtml.Node, name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	out := url.Values{}
	for n := range root.Descendants() {
		if n.Data != "form" || attribute(n, "action") != action {
			continue
		}
		for field := range n.Descendants() {
			if name := attribute(field, "name"); field.Data == "input" && name != "" {
				out.Add(name, attribute(field, "value"))
			}
		}
		return out
	}
	t.Fatalf("no form leads to %s: %s", action, page)
	return nil
}

// counting counts what the pages read.
type counting struct {
	web.Store

	whole, orders int
}

func (c *counting) EachParcel(ctx context.Context, s store.Standing, visit func(parcel.Parcel) bool) error {
	return c.Store.EachParcel(ctx, s, func(p parcel.Parcel) bool { c.whole++; return visit(p) })
}

func (c *counting) ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	out, err := c.Store.ParcelsByID(ctx, ids)
	c.whole += len(out)
	return out, err
}

func (c *counting) FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error) {
	c.orders++
	return c.Store.FollowedOrders(ctx, ids)
}

func TestAPageReadsWholeOnlyWhatItShows(t *testing.T) {
	t.Parallel()
	read := &counting{}
	w := open(t, "en", func(o *web.Options) { read.Store, o.Store = o.Store, read })
	w.fill(300)
	for path, most := range map[string]int{"/": 50, "/?page=4": 50, "/?show=way&page=6": 50, "/?q=thing": 51, "/?q=thing&page=2": 101} {
		read.whole, read.orders = 0, 0
		code, body := w.get(path)
		if n := strings.Count(body, "<article"); code != http.StatusOK || n != 50 {
			t.Errorf("%s: %d with %d parcels", path, code, n)
		}
		if read.whole > most {
			t.Errorf("%s reads %d parcels whole, want at most %d", path, read.whole, most)
		}
		if strings.Contains(path, "q=") && read.orders > 0 {
			t.Errorf("%s reads the orders after a full page", path)
		}
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
