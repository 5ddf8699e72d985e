package extract_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/extract"
	"parcelwatch/parcel"
)

func TestItems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       []parcel.Item
	}{
		{"title, variant, quantity", "Package details\nUSB-C cable braided 2...\nBlack, 1 m\nx2", []parcel.Item{{Title: "USB-C cable braided 2...", Variant: "Black, 1 m", Quantity: 2}}},
		{"no variant", "Package details\nUSB-C cable braided 2...\nx1", []parcel.Item{{Title: "USB-C cable braided 2...", Quantity: 1}}},
		{"a title that is not cut", "Package details\nUSB-C cable\nBlack\nx1", []parcel.Item{{Title: "USB-C cable", Variant: "Black", Quantity: 1}}},
		{"the quantity behind the price", "Some Store\nUSB-C cable...\nBlack\n€ 1,99x1", []parcel.Item{{Title: "USB-C cable...", Variant: "Black", Quantity: 1}}},
		{"a price of its own line", "USB-C cable...\nBlack\nUS $1.99\nx 3", []parcel.Item{{Title: "USB-C cable...", Variant: "Black", Quantity: 3}}},
		{"a number of pieces is no price", "USB-C cable...\n19 szt.\nx1", []parcel.Item{{Title: "USB-C cable...", Variant: "19 szt.", Quantity: 1}}},
		{"the same twice is one", "Cable...\nBlack\nx1\nCable...\nBlack\nx1\nCable...\nRed\nx1", []parcel.Item{{Title: "Cable...", Variant: "Black", Quantity: 1}, {Title: "Cable...", Variant: "Red", Quantity: 1}}},
		{"a Cyrillic x", "Кабель...\nЧёрный\nх2", []parcel.Item{{Title: "Кабель...", Variant: "Чёрный", Quantity: 2}}},
		{"nothing above", "x1", nil},
		{"no quantity", "USB-C cable...\nBlack", nil},
		{"a size is no quantity", "USB-C cable...\nmax1000", nil},
		{"a zero", "USB-C cable...\nx0", nil},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse([]byte(strings.Replace(string(letter("Order "+order1+": order shipped", tt.body)), "us-ascii", "utf-8", 1)), unverified)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, n.Items); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestItemsByMarkup(t *testing.T) {
	t.Parallel()
	body := `<div class="EDM-MULTIPLE-PACKAGES-item-title">Cable <b>100 W</b></div><div class="EDM-MULTIPLE-PACKAGES-item-sku"></div>` +
		`<div class="EDM-MULTIPLE-PACKAGES-item-title">Sensor</div><div class="EDM-MULTIPLE-PACKAGES-item-sku">White &amp; green</div><div>x4</div>` +
		`<div class="EDM-ORDER-LOGISTICS-product-name">Lamp</div><p class="product-name">an advert</p>`
	n, err := newParser(t, options{}).Parse(htmlLetter(delivered, body), unverified)
	want := []parcel.Item{{Title: "Cable 100 W", Quantity: 1}, {Title: "Sensor", Variant: "White & green", Quantity: 4}, {Title: "Lamp", Quantity: 1}}
	if d := cmp.Diff(want, n.Items); d != "" || err != nil {
		t.Errorf("%v -want +got\n%s", err, d)
	}
}

func TestETA(t *testing.T) {
	t.Parallel()
	const order = "Order " + order1 + ": order shipped"
	tests := []struct {
		name, subject, body string
		want                parcel.Date
	}{
		{"on the next line", order, "Estimated delivery\n05/03/2026", "2026-03-05"},
		{"on the same line, day first", order, "Delivered by 12/03/2026", "2026-03-12"},
		{"dots", order, "Voraussichtliche Zustellzeit: 5. 3. 2026", "2026-03-05"},
		{"dashes, year first", order, "Estimated delivery 2026-03-05", "2026-03-05"},
		{"the end of a range", order, "Estimated delivery 05/03/2026 - 12/03/2026", "2026-03-12"},
		{"a month in letters", order, "Estimated delivery: Mar 05, 2026", "2026-03-05"},
		{"day and month in letters", order, "Estimated delivery: 5 March 2026", "2026-03-05"},
		{"alone on a line", "Ding " + order1 + ": klingelt", "Ding dong\n05/03/2026\n", "2026-03-05"},
		{"not what is past, alone on a line", order, "Ordered\n05/01/2026\n", ""},
		{"not in a sentence", order, "valid until 05/03/2026 for you", ""},
		{"no such day", order, "Estimated delivery 31/02/2026", ""},
		{"no such month", order, "Estimated delivery 05/13/2026", ""},
		{"years away", order, "Estimated delivery 05/03/2066", ""},
		{"not when it is delivered", delivered, "Delivered by 05/03/2026", ""},
		{"not in the address", order, "Ship to\nEstimated 05/03/2026", ""},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if n, err := p.Parse(letter(tt.subject, tt.body), unverified); err != nil || n.ETA != tt.want {
				t.Errorf("%q, %v; want %q", n.ETA, err, tt.want)
			}
		})
	}
}

func TestLogisticsInformation(t *testing.T) {
	t.Parallel()
	post := func(sites ...string) parcel.Logistics {
		return parcel.Logistics{Sender: "Singapore Post", Sites: sites}
	}
	tests := []struct {
		name, body string
		html       bool
		want       parcel.Logistics
	}{
		{"a list", "Logistics Information\nSender: Singapore Post\nTracking number: " + s10 + "\nTrack at: www.singpost.com", false, post("singpost.com")},
		{"a list in Russian", "Информация о доставке\nОтправитель: Singapore Post\nНомер отслеживания: " + s10 + "\nСайты для отслеживания: singpost.com, www.17track.net", false, post("singpost.com", "17track.net")},
		{"labels and values on lines of their own", "Logistics Information\nSender\nSingapore Post\nTracking number\n" + s10 + "\nTrack at\nsingpost.com", false, post("singpost.com")},
		{"running text", "Logistics Information: your parcel was sent by Singapore Post, tracking number " + s10 + ". Track it at http://www.singpost.com/track?x=1 or 17track.net.", false, post("singpost.com", "17track.net")},
		{"a table of columns", "<p>Logistics Information</p><table><tr><th>Shipping company</th><th>Tracking number</th><th>Track at</th></tr><tr><td>Singapore Post</td><td>" + s10 + "</td><td>singpost.com</td></tr></table>", true, post("singpost.com")},
		{"a table of rows", "<p>Logistics Information</p><table><tr><td>Sender</td><td>Singapore Post</td></tr><tr><td>Tracking number</td><td>" + s10 + "</td></tr><tr><td>Track at</td><td><a href=\"https://www.singpost.com/x\">here</a></td></tr></table>", true, post("singpost.com")},
		{"columns of plain text", "Logistics Information\nShipping company\tTracking number\tTrack at\nSingapore Post\t" + s10 + "\tsingpost.com", false, post("singpost.com")},
		{"no head, but a number", "Sender: Singapore Post\nTracking number: " + s10 + "\nTrack at singpost.com", false, post("singpost.com")},
		{"no block", "Sender: Singapore Post", false, parcel.Logistics{}},
		{"a site that is none", "Logistics Information\nSender: Singapore Post\nTracking number: " + s10 + "\nTrack at the post office, 1.5 km from here.", false, post()},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := letter("Order "+order1+": order shipped", tt.body)
			if tt.html {
				raw = htmlLetter("Order "+order1+": order shipped", tt.body)
			}
			n, err := p.Parse(raw, unverified)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, n.Logistics); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if tt.want.Sender != "" && (len(n.Parcels) != 1 || n.Parcels[0].Number != s10) {
				t.Errorf("parcels %v", numbers(n))
			}
		})
	}
}

func TestMarkup(t *testing.T) {
	t.Parallel()
	const label = "<p>Tracking number</p>"
	tests := []struct {
		name, body string
		want       []string
	}{
		{"neighbours are not glued", "<p>Tracking number <span>1</span><span>520600009876</span></p>", nil},
		{"cells are not glued", "<table><tr><td>Tracking number</td><td>520600009876</td><td>2</td></tr></table>", []string{"520600009876"}},
		{"a place to break is no gap", label + "<p>LP00<wbr>999900<wbr/>000034</p>", []string{lp}},
		{"entities", label + "<p>&#76;P0099990000&#x30;034&nbsp;</p>", []string{lp}},
		{"invisible letters", label + "<p>LP0099&zwnj;9900&#8203;000034</p>", []string{lp}},
		{"hidden text is not read", label + `<p style="display: none">` + lp + "</p>", nil},
		{"text behind hidden text is", `<div style="display:none;font-size:1px">x<div>y</div></div>` + label + lp, []string{lp}},
		{"an element that hides and is not closed hides a part", `<div style="display:none">` + strings.Repeat("x ", 3000) + label + lp, []string{lp}},
		{"styles, scripts and comments are not read", "<style>p{" + lp + "}</style><script>var a='" + lp + "'</script><!-- " + lp + " --><title>" + lp + "</title>", nil},
		{"the address is not read", `<table class="EDM-SHIP-TO"><tr><td>Ding</td></tr><tr><td>` + lp + "</td></tr></table>", nil},
		{"nor around a phone in a language nobody knows", "<p>Ding</p><p>Street " + lp + "</p><p>Jo Doe (+1) 5555555555</p>", nil},
		{"but what comes behind it is", "<p>Ship to</p><p>Street 1</p><p>Jo Doe (+1) 5555555555</p>" + label + "<p>" + lp + "</p>", []string{lp}},
		{"a paragraph ends the one before", `<p class="EDM-SHIP-TO">Street<p>` + label + lp, []string{lp}},
		{"tags in capitals", "<P>Tracking number</P><P>" + lp + "</P>", []string{lp}},
		{"a cut tag", label + lp + `<a href="https://www.aliexpress.com/?trackingNumber=` + s10, []string{lp}},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(htmlLetter("Order "+order1+": order shipped", tt.body), unverified)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(append([]string{}, tt.want...), numbers(n)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestStructures(t *testing.T) {
	t.Parallel()
	part := func(ctype, body string) string { return "--b\r\nContent-Type: " + ctype + "\r\n\r\n" + body + "\r\n" }
	const label = "Tracking number: " + s10
	head := "From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: Order " + order1 + ": order shipped\r\nMIME-Version: 1.0\r\n"
	mixed := head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	tests := []struct{ name, raw string }{
		{"plain", head + "\r\n" + label},
		{"alternative", head + "Content-Type: multipart/alternative; boundary=b\r\n\r\n" + part("text/plain", "see the other part") + part("text/html", "<p>"+label+"</p>") + "--b--"},
		{"only the plain part says it", head + "Content-Type: multipart/alternative; boundary=b\r\n\r\n" + part("text/plain", label) + part("text/html", "<img>") + "--b--"},
		{"nested", mixed + part("multipart/related; boundary=c", "--c\r\nContent-Type: text/html\r\n\r\n<p>"+label+"</p>\r\n--c--") + part("image/png", "x") + "--b--"},
		{"no end", mixed + part("text/plain", label)},
		{"no boundary", head + "Content-Type: multipart/mixed\r\n\r\n" + part("text/plain", label)},
		{"a content type nobody knows", head + "Content-Type: x-y-z\r\n\r\n" + label},
		{"base64", head + "Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(label))},
		{"base64 that breaks off", head + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(label+" and more")) + "=%%%"},
		{"quoted-printable, cut in the number", head + "Content-Transfer-Encoding: quoted-printable\r\n\r\nTracking number: RB1234=\r\n56785CN"},
		{"a charset nobody knows", head + "Content-Type: text/plain; charset=martian\r\n\r\n" + label},
		{"UTF-8 that says it is Cyrillic", head + "Content-Type: text/plain; charset=windows-1251\r\n\r\nПосылка уже едет к вам, " + strings.Repeat("ещё немного терпения, ", 10) + label},
		{"a structure that is refused", mixed + strings.Repeat("--b\r\n", 300) + part("text/plain", label)},
		{"refused and encoded", mixed + strings.Repeat("--b\r\n", 300) + "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Tracking=20number=\r\n: RB123456=\r\n785CN</p>"},
		{"more than is read", head + "\r\n" + label + strings.Repeat("\r\nx", 200000)},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse([]byte(tt.raw), unverified)
			if err != nil || len(n.Parcels) != 1 || n.Parcels[0].Number != s10 || len(n.Orders) != 1 {
				t.Errorf("orders %v, parcels %v, problems %q, %v", n.Orders, numbers(n), n.Problems, err)
			}
			said := strings.Contains(tt.name, "refused") || strings.Contains(tt.name, "more than")
			if said && len(n.Problems) == 0 {
				t.Error("not said among the problems")
			}
		})
	}
}

func TestLettersSurviveAWrongCharset(t *testing.T) {
	t.Parallel()
	title := "Кабель для телефона..."
	raw := "From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: Order " + order1 + ": order shipped\r\nContent-Type: text/plain; charset=us-ascii\r\n" +
		"Content-Transfer-Encoding: 8bit\r\n\r\nЗдравствуйте! Ваш заказ отправлен и скоро будет у вас, спасибо за покупку.\r\n" + title + "\r\nЧёрный\r\nx1\r\n"
	n, err := newParser(t, options{}).Parse([]byte(raw), unverified)
	if err != nil || len(n.Items) != 1 || n.Items[0].Title != title {
		t.Errorf("%+v, problems %q, %v", n.Items, n.Problems, err)
	}
}

func TestPrecheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, raw, want string
	}{
		{"a mail of ours", string(letter(delivered, "Hi")), ""},
		{"a few boundaries", strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n", 12), ""},
		{"many boundaries", strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n", 13), "13 boundaries"},
		{"in any case", strings.Repeat("BouNDary=b\r\n", 13), "13 boundaries"},
		{"with blanks", strings.Repeat("boundary \t\r\n = b\r\n", 13), "13 boundaries"},
		{"in pieces", strings.Repeat("boundary*0*=b\r\n", 13), "13 boundaries"},
		{"other words that end so", strings.Repeat("oundary=b\r\n", 13), ""},
		{"part lines", strings.Repeat("\n--", 201), "201 part lines"},
		{"a long header", "X: " + strings.Repeat("a", 70<<10) + "\r\n\r\nx", "KB of header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := extract.Precheck([]byte(tt.raw)); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
