package web_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parcelwatch/config"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/internal/web"
	"parcelwatch/parcel"
	"parcelwatch/test/beside"
)

func TestMain(m *testing.M) {
	beside.Run(4)
	os.Exit(m.Run())
}

// browser is a tab of Chromium that shows the page of a world.
type browser struct {
	*world

	base string
	tab  context.Context //nolint:containedctx // chromedp keeps the tab in it
}

// chromium starts the browser, or skips the test where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("there is no Chromium: apt-get install chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.WSURLReadTimeout(90*time.Second))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which needs another user
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// tab opens a new tab with the page of a new world.
func tab(t *testing.T, chromium context.Context, language string, change ...func(*web.Options)) *browser {
	t.Helper()
	w := open(t, language, change...)
	s := httptest.NewServer(w.handler)
	t.Cleanup(s.Close)
	// Each has cookies of its own.
	ctx, stop := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context of its first action
		t.Fatal(err)
	}
	return &browser{world: w, base: s.URL, tab: ctx}
}

// do performs actions within a time that is far longer than they take.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.tab, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		at, _ := chromedp.Run(b.tab, chromedp.Location())
		b.t.Fatalf("at %s: %v", at, err)
	}
}

// read returns what the browser computes.
func read[T any](b *browser, script string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.tab, time.Minute)
	defer stop()
	wait := func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, wait))
	if err != nil {
		b.t.Fatalf("compute %.60s: %v", script, err)
	}
	return out
}

// tell sends a command to the tab.
func tell[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.tab, command, params); err != nil {
		b.t.Fatal(err)
	}
}

// open opens a page of the server.
func (b *browser) open(path string) { b.t.Helper(); b.do(chromedp.Navigate(b.base + path)) }

// submit fills the fields of a form and sends it with its button, and waits for the answer.
func (b *browser) submit(action string, fields ...string) {
	b.t.Helper()
	form := fmt.Sprintf(`form[action="%s"]`, action)
	var steps []chromedp.Action[chromedp.Void]
	for i := 0; i < len(fields); i += 2 {
		field := form + ` [name="` + fields[i] + `"]`
		steps = append(steps, chromedp.Clear(chromedp.CSS(field)), chromedp.SendKeys(chromedp.CSS(field), fields[i+1]))
	}
	b.do(steps...)
	b.follow(form + " button")
}

// follow clicks and waits for the page that follows.
func (b *browser) follow(element string) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.tab, time.Minute)
	defer stop()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(element))); err != nil {
		b.t.Fatalf("click %s: %v", element, err)
	}
}

// shows fails the test unless the page shows a text.
func (b *browser) shows(text string) {
	b.t.Helper()
	if page := read[string](b, "document.body.innerText"); !strings.Contains(page, text) {
		b.t.Errorf("no %q in:\n%s", text, page)
	}
}

func withPassword(o *web.Options) { o.Config.Password = config.Plain(password) }

func TestInABrowserEverythingWorksWithAndWithoutScript(t *testing.T) {
	t.Parallel()
	c := chromium(t)
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("script is off: %v", off), func(t *testing.T) {
			b := tab(t, c, "en", withPassword, func(o *web.Options) {
				o.Redacted = func(context.Context, status.NotUnderstood) ([]byte, error) { return []byte("Subject: masked\r\n"), nil }
			})
			tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
			b.visit()
		})
	}
}

// visit goes through everything that a visitor does.
func (b *browser) visit() {
	const lamp, cable, cup = "RB123456785CN", "LA900000257CN", "RR900000416CN"
	b.t.Helper()
	b.keep(on(b.clock, lamp, "Lamp", func(p *parcel.Parcel) {
		p.AddLink(parcel.Link{Number: cable, Reason: "same order", Certainty: parcel.Maybe})
	}), on(b.clock, cable, "Cable"))
	if err := b.db.SetAside(b.t.Context(), parcel.MailRef{Mailbox: "home", Folder: "INBOX", UID: 7}, "Your order", message.New("why_nothing_found"), b.clock.now()); err != nil {
		b.t.Fatal(err)
	}

	b.open("/")
	b.submit("/login", "password", "wrong")
	b.shows("The password is wrong.")
	b.submit("/login", "password", password)
	b.shows("Lamp")
	b.shows("Cable")

	b.submit("/", "q", "lamp")
	if n := read[int](b, "document.querySelectorAll('article').length"); n != 1 {
		b.t.Errorf("the search finds %d", n)
	}
	b.follow("article a")
	b.shows("Timeline")

	b.open("/add")
	b.submit("/add", "number", "https://t.example/track?n="+cup, "title", "Cup")
	b.shows("Saved.")
	b.submit("/parcel/"+cup+"/rename", "title", "Tea cup")
	if got := read[string](b, "document.querySelector('h1').innerText"); got != "Tea cup" {
		b.t.Errorf("renamed: %q", got)
	}
	b.submit("/parcel/"+cup+"/merge", "number", cable)
	b.shows(cable)
	b.submit("/parcel/" + cable + "/split")
	if p, err := b.db.ParcelByNumber(b.t.Context(), cable); err != nil || len(p.Links) != 1 {
		b.t.Errorf("split: %v, %v", p.Numbers(), err)
	}
	b.open("/parcel/" + cup)
	b.submit("/parcel/" + cup + "/done")
	b.shows("Track again")
	b.submit("/parcel/" + cup + "/reopen")
	b.submit("/parcel/" + cup + "/check")
	b.shows("The carriers are being asked.")
	b.do(chromedp.Click(chromedp.CSS("details summary")))
	b.submit("/parcel/" + cup + "/forget")
	b.shows("Deleted.")

	b.open("/doubtful")
	b.shows("Your order")
	b.shows("Copy without personal data")
	b.submit("/parcel/" + lamp + "/separate")
	b.open("/doubtful")
	if n := read[int](b, "document.querySelectorAll('form[action$=\"/separate\"]').length"); n != 0 {
		b.t.Errorf("%d pairs are left", n)
	}
	b.submit("/logout")
	b.open("/")
	b.shows("Password")
}

// views are the pages that a visitor sees.
func views() []string {
	return []string{"/", "/?show=delivered", "/?q=lamp", "/parcel/RB123456785CN", "/order/8190000000000009", "/doubtful", "/health", "/add", "/settings", "/nonsense", "/login"}
}

// furnished fills a world so that each of its views shows something.
func furnished(t *testing.T, c context.Context, language string) *browser {
	t.Helper()
	b := tab(t, c, language, withPassword, func(o *web.Options) {
		o.Redacted = func(context.Context, status.NotUnderstood) ([]byte, error) { return nil, web.ErrNoMail }
	})
	b.household()
	b.open("/login")
	b.submit("/login", "password", password)
	return b
}

func TestInABrowserTheKeyboardAloneReachesEverything(t *testing.T) {
	t.Parallel()
	b := furnished(t, chromium(t), "en")
	// Marks what a visitor can use, and notes what gets the focus; what is folded in is
	// reached after it is opened.
	const mark = `document.activeElement.blur(); window.reached = {}; window.unseen = [];
		[...document.querySelectorAll('details')].forEach(d => d.open = true);
		document.addEventListener('focusin', ({target: e}) => { const s = getComputedStyle(e); window.reached[e.dataset.i] = true;
			if (s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 2) window.unseen.push(e.outerHTML.slice(0, 80)) });
		[...document.querySelectorAll('a[href], button, summary, input:not([type=hidden])')].map((e, i) => e.dataset.i = i).length`
	for _, view := range views() {
		b.open(view)
		n := read[int](b, mark)
		b.do(chromedp.KeyEvent(strings.Repeat(kb.Tab, n+2)))
		if got := read[int](b, `Object.keys(window.reached).length`); got != n {
			t.Errorf("%s: %d of %d are reached", view, got, n)
		}
		if unseen := read[[]string](b, `window.unseen`); len(unseen) > 0 {
			t.Errorf("%s: the focus is not visible on %s", view, unseen[0])
		}
	}
	// And what is reached can be used: a search without a mouse.
	b.open("/")
	b.do(chromedp.Focus(chromedp.CSS("#q")), chromedp.SendKeys(chromedp.CSS("#q"), "lamp"+kb.Enter), chromedp.WaitVisible(chromedp.CSS(`input[value="lamp"]`)))
	b.open("/parcel/RB123456785CN")
	b.do(chromedp.Focus(chromedp.CSS("details summary")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("details button")))
}

func TestInABrowserNoViewIsWiderThanAPhone(t *testing.T) {
	t.Parallel()
	c := chromium(t)
	for _, language := range []string{"ru", "de"} {
		b := furnished(t, c, language)
		for _, view := range views() {
			b.open(view)
			for _, width := range []int64{360, 800} {
				b.do(chromedp.EmulateViewport(width, 800))
				if got := read[int64](b, "document.documentElement.scrollWidth"); got > width {
					t.Errorf("%s %s: %d px wide on %d px", language, view, got, width)
				}
				if cut := read[[]string](b, `[...document.querySelectorAll('main *, header *, footer *')].filter(e => !e.closest('.hidden, svg') && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline').map(e => e.outerHTML.slice(0, 120))`); len(cut) > 0 {
					t.Errorf("%s %s on %d px: %d are cut, such as %s", language, view, width, len(cut), cut[0])
				}
			}
		}
	}
}

// TestInABrowserAxeFindsNothingSerious needs the file axe.min.js of npm's axe-core (MPL-2.0), which is
// not in this repository: npm pack axe-core.
func TestInABrowserAxeFindsNothingSerious(t *testing.T) {
	t.Parallel()
	path := os.Getenv("PARCELWATCH_AXE")
	if path == "" {
		t.Skip("PARCELWATCH_AXE does not name a file axe.min.js")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b := furnished(t, chromium(t), "ru")
	type finding struct {
		ID     string `json:"id"`
		Impact string `json:"impact"`
		Help   string `json:"help"`
		Nodes  []struct {
			HTML string `json:"html"`
			Why  string `json:"failureSummary"`
		} `json:"nodes"`
	}
	for _, dark := range []string{"light", "dark"} {
		tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: dark}}})
		for _, view := range views() {
			b.open(view)
			read[chromedp.Void](b, string(axe)+"; undefined")
			for _, f := range read[[]finding](b, `axe.run().then(r => r.violations)`) {
				t.Errorf("%s %s: %s, %s: %s: %+v", view, dark, f.Impact, f.ID, f.Help, f.Nodes[0])
			}
		}
	}
}
