package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestRenderSample(t *testing.T) {
	t.Parallel()
	d := notify.Compose(sample(t, "en"), noon)
	for _, s := range notify.SectionKinds() {
		if len(sections(d)[s]) == 0 && s != notify.SectionTravelling { // of a first digest
			t.Errorf("the sample has nothing in section %s", s)
		}
	}
	english := outline(t, render(t, d, "en").HTML)
	for _, language := range locale.Tags() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			c := render(t, notify.Compose(sample(t, language), noon), language)
			golden(t, "sample."+language+".txt", c.Subject+"\n\n"+c.Text)
			goldenPage(t, "sample", language, c.HTML)
			if diff := cmp.Diff(english, outline(t, c.HTML)); diff != "" {
				t.Errorf("the page has other elements than the English one (-en +%s):\n%s", language, diff)
			}
		})
	}
}

// outline returns the elements of a page with their styles, without text.
func outline(t *testing.T, page string) []string {
	t.Helper()
	var out []string
	nodes(t, page, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		out = append(out, n.Data)
		for _, a := range n.Attr {
			if a.Key == "style" || a.Key == "role" {
				out = append(out, a.Val)
			}
		}
	})
	return out
}

// nodes walks an HTML document.
func nodes(t *testing.T, text string, visit func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		visit(n)
	}
}

// harmless checks the properties of every digest, whatever its content.
func harmless(t *testing.T, c notify.Content) {
	t.Helper()
	if len(c.HTML) > 100_000 {
		t.Errorf("the HTML has %d bytes", len(c.HTML))
	}
	if n := utf8.RuneCountInString(c.Subject); n > 160 || n == 0 {
		t.Errorf("the subject has %d characters", n)
	}
	for name, s := range map[string]string{"subject": c.Subject, "text": c.Text, "HTML": c.HTML} {
		if !utf8.ValidString(s) {
			t.Errorf("the %s is no UTF-8", name)
		}
		for _, r := range s {
			if unicode.IsControl(r) && (r != '\n' || name == "subject") {
				t.Errorf("the %s has the control character %U", name, r)
			}
			if r >= 0x202a && r <= 0x202e || r == 0x2066 || r == 0x2067 || r == 0x200e || r == 0x200f || r == 0x061c {
				t.Errorf("the %s has the direction character %U", name, r)
			}
		}
		if a, b := strings.Count(s, "\u2068"), strings.Count(s, "\u2069"); a != b {
			t.Errorf("the %s opens %d isolates and closes %d", name, a, b)
		}
	}
	nodes(t, c.HTML, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		switch n.Data {
		case "script", "bdi", "img", "iframe", "object", "embed", "link", "form", "input", "base", "svg", "video", "audio", "b", "x":
			t.Errorf("the HTML has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "background":
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			case a.Key == "href" && !strings.HasPrefix(a.Val, "https://"):
				t.Errorf("a link goes to %q", a.Val)
			case a.Key == "style" && (strings.Contains(a.Val, "url(") || strings.Contains(a.Val, "expression")):
				t.Errorf("<%s> has the style %q", n.Data, a.Val)
			}
		}
	})
}

func TestRenderIsHarmless(t *testing.T) {
	t.Parallel()
	for name, evil := range map[string]string{
		"a script":               `<script>alert(1)</script>`,
		"an attribute":           `" onmouseover="alert(1)" x="`,
		"an image":               `<img src=x onerror=alert(1)><b>bold</b>`,
		"a style":                `</style><style>body{background:url(https://evil.example/x)}`,
		"a comment":              `--><x>&lt;script&gt;<!--`,
		"a template":             `{{.Footer}} {{template "x"}} {{.Count}}`,
		"a right-to-left trick":  "\u202egnp.exe\u202c \u2067abc \u200fdef",
		"Hebrew":                 "שלום עולם 123",
		"a hundred kilobytes":    strings.Repeat("very long ", 10_000),
		"one long word":          strings.Repeat("x", 100_000),
		"control characters":     "a\x00b\x07c\x1b[31md\r\ne\u0085f",
		"a header":               "x\r\nBcc: everybody@example.org\r\n\r\nbody",
		"broken UTF-8":           "a\xff\xfe\xc3(b",
		"towers of accents":      "z" + strings.Repeat("\u0301", 5000),
		"invisible characters":   "\u200b\ufeff\u2060\u00ad\U000e0041",
		"nothing but blanks":     " \t\u00a0\u3000 ",
		"line separators":        "a\u2028b\u2029c",
		"a link":                 "javascript:alert(1)",
		"a tag that is not shut": "<title",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := sample(t, "en")
			in.Audience.Name = evil
			for i := range in.Parcels {
				p := &in.Parcels[i]
				p.Title, p.Pickup.Place, p.Origin = evil, evil, evil
				for j := range p.Sources {
					for k := range p.Sources[j].Events {
						e := &p.Sources[j].Events[k]
						e.Text, e.Place, e.Country, e.Code = evil, evil, evil, evil
					}
				}
			}
			for i := range in.Orders {
				in.Orders[i].ID, in.Orders[i].Items = evil, []parcel.Item{{Title: evil}}
			}
			for i := range in.Changes {
				in.Changes[i].Old = evil
			}
			for i := range in.Health.Mailboxes {
				in.Health.Mailboxes[i].Name, in.Health.Mailboxes[i].Error = evil, evil
			}
			in.Health.NotUnderstood = []parcel.NotUnderstood{{Mail: evil, Subject: evil, Why: []message.Text{message.Raw(evil)}, At: noon}}
			d := notify.Compose(in, noon)
			clean := notify.Compose(sample(t, "en"), noon)
			for _, language := range []string{"en", "ru"} {
				c := render(t, d, language)
				harmless(t, c)
				if limit := 3 * len(render(t, clean, language).Text); len(c.Text) > limit {
					t.Errorf("the text has %d bytes", len(c.Text))
				}
				if cards, lines := strings.Count(c.Text, "\n* "), strings.Count(c.Text, "\n- "); cards != 9 || lines != 6 {
					t.Errorf("the text has %d cards and %d lines, want 9 and 6: one was faked or lost", cards, lines)
				}
			}
		})
	}
}

func FuzzRender(f *testing.F) {
	f.Add("USB-C cable", "Прибыло в место вручения", "101000, Moscow", "RU")
	f.Add("<b>\u202e", "\x00\r\n.", "{{", "\u2068")
	f.Fuzz(func(t *testing.T, title, text, place, country string) {
		in := one(parcel.Parcel{
			Title: title, Status: parcel.ReadyForPickup, Phase: parcel.PhaseDestination, Origin: country, Destination: country,
			Pickup:  parcel.Pickup{Place: place, Until: parcel.Date(country)},
			Sources: []parcel.Source{{Events: []parcel.Event{{Time: noon, Text: text, Place: place, Country: country}}}},
		}, parcel.Change{Kind: parcel.ChangeMoved, From: parcel.Status(country)})
		c := render(t, notify.Compose(in, noon), "ru")
		harmless(t, c)
		if strings.Count(c.Text, "\n* ") != 1 {
			t.Errorf("one item became another number:\n%s", c.Text)
		}
	})
}

// many returns an input of n changed parcels with long texts.
func many(n int) notify.Input {
	in := notify.Input{Audience: notify.Audience{Name: "me", Zone: noon.Location()}}
	for i := range n {
		id := int64(i + 1)
		at := noon.Add(-time.Duration(i) * time.Hour)
		in.Parcels = append(in.Parcels, parcel.Parcel{
			ID: id, Title: fmt.Sprintf("Посылка %d, ", i) + strings.Repeat("с длинным названием ", 5), Links: []parcel.Link{{Number: "RB123456785CN"}},
			Status: parcel.Statuses()[i%14], Phase: parcel.PhaseBetween, Origin: "CN", Destination: "RU", Exported: at, StatusSince: at, FirstSeen: at,
			Sources: []parcel.Source{{Carrier: "russianpost", Events: []parcel.Event{{Time: at, Place: "Москва", Text: strings.Repeat("слово ", 30)}}}},
		})
		in.Changes = append(in.Changes, parcel.Change{ID: id, Parcel: id, Kind: parcel.ChangeMoved, From: parcel.Accepted})
	}
	return in
}

func TestRenderIsBounded(t *testing.T) {
	t.Parallel()
	d := notify.Compose(many(5000), noon)
	if len(d.Told) != 5000 {
		t.Fatalf("told %d", len(d.Told))
	}
	c := render(t, d, "ru")
	harmless(t, c)
	if len(c.HTML) < 30_000 {
		t.Errorf("only %d bytes are used", len(c.HTML))
	}
	wantText(t, c.Text, "и ещё")
	wantText(t, c.HTML, "и ещё")
}

func TestRenderForScreenReaders(t *testing.T) {
	t.Parallel()
	c := render(t, notify.Compose(sample(t, "en"), noon), "en")
	labels, tables := 0, 0
	nodes(t, c.HTML, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		switch n.Data {
		case "html":
			if attr["lang"] != "en" {
				t.Errorf("the language of the page is %q", attr["lang"])
			}
		case "table":
			tables++
			if attr["role"] == "img" {
				labels++
				if !strings.HasPrefix(attr["aria-label"], "Stage ") {
					t.Errorf("a progress line is called %q", attr["aria-label"])
				}
			} else if attr["role"] != "presentation" {
				t.Errorf("a table of layout has the role %q", attr["role"])
			}
		}
	})
	if labels == 0 || tables == 0 {
		t.Errorf("%d progress lines in %d tables", labels, tables)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	waits := parcel.Parcel{Title: "USB-C cable", Status: parcel.ReadyForPickup}
	for _, c := range []struct{ name, language, want string }{
		{"in English", "en", "Ready for pickup: USB-C cable"},
		{"in Russian", "ru", "Ожидает в месте вручения: USB-C cable"},
	} {
		t.Run("the news comes first "+c.name, func(t *testing.T) {
			t.Parallel()
			d := notify.Compose(one(waits, parcel.Change{Kind: parcel.ChangeMoved}), noon)
			if got := render(t, d, c.language).Subject; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("the rest is counted, and what has not changed is not", func(t *testing.T) {
		t.Parallel()
		in := one(waits, parcel.Change{Kind: parcel.ChangeMoved})
		in.Parcels = append(in.Parcels, parcel.Parcel{ID: 8, Status: parcel.ReadyForPickup}, parcel.Parcel{ID: 9, Status: parcel.InTransit}, parcel.Parcel{ID: 10, Status: parcel.InTransit})
		in.Changes = append(in.Changes, parcel.Change{ID: 99, Parcel: 9, Kind: parcel.ChangeMoved})
		if got, want := render(t, notify.Compose(in, noon), "en").Subject, "Ready for pickup: USB-C cable · also need attention: 1 · changes: 1"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("all is not well while something cannot be seen", func(t *testing.T) {
		t.Parallel()
		trouble := notify.Trouble{Kind: notify.TroubleMailbox, Name: "home", State: string(parcel.MailboxBroken), Since: daysAgo(1)}
		got := render(t, notify.Digest{Footer: notify.Footer{Parcels: 3, Troubles: []notify.Trouble{trouble}}}, "en")
		if want := "Some things could not be checked"; got.Subject != want || strings.Contains(got.Text, "All is well") {
			t.Errorf("got %q, want %q:\n%s", got.Subject, want, got.Text)
		}
	})
	t.Run("all is not well while a parcel waits for pickup, told or not", func(t *testing.T) {
		t.Parallel()
		got := render(t, notify.Compose(one(waits), noon), "en")
		if want := "Ready for pickup: USB-C cable"; got.Subject != want || strings.Contains(got.Text, "All is well") {
			t.Errorf("got %q, want %q:\n%s", got.Subject, want, got.Text)
		}
	})
	t.Run("nothing to say is said so", func(t *testing.T) {
		t.Parallel()
		if got, want := render(t, notify.Digest{Footer: notify.Footer{Parcels: 3}}, "en").Subject, "All is well, on the way: 3"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestRenderSaysWhyAMailWasNotUnderstood(t *testing.T) {
	t.Parallel()
	in := sample(t, "ru")
	in.Health.NotUnderstood = append(in.Health.NotUnderstood, parcel.NotUnderstood{Mail: "home/INBOX/1", Why: []message.Text{message.Raw("a reason nobody has words for")}, At: noon})
	text := render(t, notify.Compose(in, noon), "ru").Text
	wantText(t, text, "не найдено ни заказа, ни номера отправления", "a reason nobody has words for")
	if strings.Contains(text, "no order") {
		t.Error("the usual reason is not in the language")
	}
}

// The footer says what could not be checked, why or until when, and what to do.
func TestRenderSaysWhatCouldNotBeChecked(t *testing.T) {
	t.Parallel()
	refused := parcel.CarrierHealth{
		Name: "russianpost", State: parcel.CarrierCredential, Since: daysAgo(1),
		Fault: message.New("carrier_credential").And(message.New("fault_post_status", "Code", "HTTP 401")).And(message.New("do_post_credential", "Name", "russianpost")),
	}
	spent := parcel.CarrierHealth{
		Name: "dhl", State: parcel.CarrierThrottled, LastSuccess: noon.Add(-time.Hour), Until: noon.Add(2 * time.Hour),
		Fault: message.New("carrier_throttled").And(message.New("fault_post_status", "Code", "HTTP 429")),
	}
	late := parcel.Parcel{Title: "Camera", Status: parcel.InTransit, Unasked: parcel.Unasked{Carrier: "russianpost", Country: "RU", Result: parcel.ResultNoCredential}}
	for _, c := range []struct {
		name    string
		health  []parcel.CarrierHealth
		parcels []parcel.Parcel
		want    map[string]string
	}{
		{"a wrong credential", []parcel.CarrierHealth{refused}, nil, map[string]string{
			"en": "- Russian Post: does not accept the login or key since 11 March 2026, 08:00 (answer HTTP 401); correct the settings under [carriers.russianpost], then run “parcelwatch check --carriers”",
			"ru": "- Почта России: не принимает логин или ключ с 11 марта 2026 г., 08:00 (ответ HTTP 401); исправьте настройки в [carriers.russianpost] и запустите «parcelwatch check --carriers»",
		}},
		{"a limit of requests that is used up", []parcel.CarrierHealth{spent}, nil, map[string]string{
			"en": "- DHL: request limit reached, asked again from 12 March 2026, 10:00 (answer HTTP 429)",
			"ru": "- DHL: лимит запросов исчерпан, следующий запрос не раньше 12 марта 2026 г., 10:00 (ответ HTTP 429)",
		}},
		{"no credential", nil, []parcel.Parcel{late, late}, map[string]string{
			"en": "- Russian Post: needs a key; “parcelwatch carriers russianpost” says how to get one",
			"ru": "- Почта России: нужен ключ доступа; как его получить, подскажет «parcelwatch carriers russianpost»",
		}},
		{"a wrong credential, of which parcels tell too", []parcel.CarrierHealth{refused}, []parcel.Parcel{late}, map[string]string{
			"en": "- Russian Post: does not accept the login or key", "ru": "- Почта России: не принимает логин или ключ",
		}},
	} {
		for language, want := range c.want {
			t.Run(c.name+" "+language, func(t *testing.T) {
				t.Parallel()
				in := notify.Input{Audience: notify.Audience{Name: "me", Language: language, Zone: noon.Location()}, Parcels: c.parcels, Health: parcel.Health{Carriers: c.health}}
				text := render(t, notify.Compose(in, noon), language).Text
				p, err := locale.New(language)
				if err != nil {
					t.Fatal(err)
				}
				_, foot, _ := strings.Cut(text, p.T("footer_title")+"\n")
				foot, _, _ = strings.Cut(foot, "\n\n")
				if strings.Count(foot, "\n") != 0 || !strings.HasPrefix(foot, want) {
					t.Errorf("got %q, want %q in\n%s", foot, want, text)
				}
			})
		}
	}
}

// News is listed, however many items without news there are.
func TestRenderCutsOffWhatIsNoNewsFirst(t *testing.T) {
	t.Parallel()
	in := notify.Input{Audience: notify.Audience{Name: "me", Language: "en", Zone: noon.Location()}}
	number := func(i int) number.Number { return number.Number(fmt.Sprintf("NUMBER-%04d", i)) }
	const all, news = 250, 70
	for i := range all {
		id := int64(i + 1)
		in.Parcels = append(in.Parcels, parcel.Parcel{
			ID: id, Status: parcel.InTransit, FirstSeen: daysAgo(3), StatusSince: daysAgo(3), Links: []parcel.Link{{Number: number(i)}},
		})
		if i < news {
			in.Changes = append(in.Changes, parcel.Change{ID: id, Parcel: id, Kind: parcel.ChangeNewParcel, To: parcel.InTransit, At: noon})
		}
	}
	c := render(t, notify.Compose(in, noon), "en")
	for i := range news {
		if !strings.Contains(c.Text, string(number(i))) {
			t.Fatalf("%s is news, and is not listed", number(i))
		}
	}
	if !strings.Contains(c.Text, "and ") || len(c.HTML) > 100_000 {
		t.Errorf("%d bytes of HTML, and nothing is left out", len(c.HTML))
	}
}
