package extract_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"parcelwatch/extract"
	"parcelwatch/parcel"
)

const (
	lp2   = "LP00999900000051"
	track = "https://www.aliexpress.com/p/tracking/index.html?_addShare=no&_login=yes&tradeOrderId="
)

func trackLink(order, number string) string {
	return track + order + "&trackingNumber=" + number + "&tracelog=rowan&edm_log_data=%7B%22tmplId%22%3A485821%7D"
}

// proofpoint2 encodes an address in Proofpoint's second form.
func proofpoint2(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '/':
			b.WriteByte('_')
		case c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.':
			b.WriteByte(c)
		default:
			b.WriteString("-" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return "https://urldefense.proofpoint.com/v2/url?u=" + b.String() + "&d=DwMFaQ&c=abc&r=def&m=ghi&s=jkl&e="
}

// gateways are the forms in which gateways and mail programs rewrite a link.
var gateways = map[string]func(string) string{
	"none": func(s string) string { return s },
	"base64 in a parameter": func(s string) string {
		return "https://eu-west-1.protection.sophos.com/?d=aliexpress.com&u=" + base64.StdEncoding.EncodeToString([]byte(s)) + "&p=m&i=abc"
	},
	"Yandex": func(s string) string {
		return "https://mail.yandex.example/re.jsx?h=a,b&l=" + base64.StdEncoding.EncodeToString([]byte(s))
	},
	"base64 in a path": func(s string) string {
		return "https://click.example/r/" + base64.RawURLEncoding.EncodeToString([]byte(s)) + "/x"
	},
	"a host in a path": func(s string) string { return "https://r.mail.example/clb123/" + strings.TrimPrefix(s, "https://") },
	"half escaped": func(s string) string {
		return "https://ctp.example/query?url=https://" + url.QueryEscape(s[8:]) + "&umid=1"
	},
	"an escaped query":   func(s string) string { return strings.NewReplacer("&", "%26", "=", "%3D").Replace(s) },
	"between underlines": func(s string) string { return "https://url.example/v2/___" + s + "___.YXAzOmFiYw" },
	"Proofpoint 1": func(s string) string {
		return "https://urldefense.proofpoint.com/v1/url?u=" + url.QueryEscape(s) + "&k=abc%3D&r=def"
	},
	"Proofpoint 2": proofpoint2,
	"Proofpoint 3": func(s string) string { return "https://urldefense.com/v3/__" + s + "__;Kys!!AbC-dEf!x$" },
	"Proofpoint 3 us": func(s string) string {
		return "https://urldefense.us/v3/__" + strings.Replace(s, "://", ":/", 1) + "__;!!AbC$"
	},
	"SafeLinks": func(s string) string {
		return "https://eur01.safelinks.protection.outlook.com/?url=" + url.QueryEscape(s) + "&data=05%7C01%7Cpat%40example.org%7C&sdata=abc%3D&reserved=0"
	},
	"Cisco": func(s string) string { return "https://secure-web.cisco.com/1AbC-dEf_0/" + url.QueryEscape(s) },
	"Barracuda": func(s string) string {
		return "https://linkprotect.cudasvc.com/url?a=" + url.QueryEscape(s) + "&c=E,1,abc&typo=1"
	},
	"Google": func(s string) string {
		return "https://www.google.com/url?q=" + url.QueryEscape(s) + "&source=gmail&ust=1"
	},
	"Mimecast": func(s string) string {
		return "https://protect-eu.mimecast.com/s/AbC?domain=x&u=" + url.QueryEscape(url.QueryEscape(s))
	},
	"Sophos": func(s string) string {
		return "https://eu-west-1.protection.sophos.com/?d=aliexpress.com&u=" + url.QueryEscape(s) + "&p=m"
	},
	"TrendMicro": func(s string) string {
		return "https://imsva91-ctp.trendmicro.com/wis/clicktime/v1/query?url=" + url.QueryEscape(s) + "&umid=1"
	},
	"a fragment": func(s string) string { return "https://gateway.example/click#" + s },
	"Mail.ru": func(s string) string {
		return "https://checklink.mail.ru/proxy?es=abc&egid=def&url=" + url.QueryEscape(s)
	},
	"twice": func(s string) string {
		return "https://secure-web.cisco.com/1A/" + url.QueryEscape("https://www.google.com/url?q="+url.QueryEscape(s))
	},
	"a look-alike behind": func(s string) string {
		return s + "&back=" + url.QueryEscape("https://aliexpress.com.evil.example/?trackingNumber=RB445566777DE")
	},
}

func TestLinksThroughGateways(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	one, two := trackLink(order1, lp), trackLink(order2, lp2)
	wrap := func(s string, n int) string { return groupsOf(n, s, "\n") }
	plain := map[string]func(string) string{
		"on a line":             func(s string) string { return s },
		"in brackets":           func(s string) string { return "Track delivery <" + s + ">" },
		"wrapped at 76":         func(s string) string { return wrap(s, 76) },
		"wrapped at 72":         func(s string) string { return wrap(s, 72) },
		"wrapped in brackets":   func(s string) string { return "<" + wrap(s, 70) + ">" },
		"indented":              func(s string) string { return "    " + s },
		"quoted":                func(s string) string { return "> " + s },
		"quoted and wrapped":    func(s string) string { return quoted("<" + wrap(s, 60) + ">") },
		"in the middle of text": func(s string) string { return "see " + s + " for more" },
	}
	for gateway, rewrite := range gateways {
		check := func(form string, raw []byte) {
			n, err := p.Parse(raw, unverified)
			ok := err == nil && slices.Equal(numbers(n), []string{lp, lp2}) && slices.Equal(n.Orders, []string{order1, order2}) && n.Step == parcel.StepUpdate
			if ok = ok && slices.Equal(n.Parcels[0].Orders, []string{order1}) && slices.Equal(n.Parcels[1].Orders, []string{order2}); !ok {
				t.Errorf("%s, %s: numbers %v, orders %v, %v", gateway, form, numbers(n), n.Orders, err)
			}
		}
		const subject = "Your 2 packages have delivery updates"
		for form, show := range plain {
			check(form, letter(subject, "Hi Jo,\n\nTrack delivery:\n"+show(rewrite(one))+"\n\nTrack delivery:\n"+show(rewrite(two))+"\n\nBye\n"))
		}
		href := func(s string) string { return strings.ReplaceAll(rewrite(s), "&", "&amp;") }
		check("markup", htmlLetter(subject, `<p>Hi</p><a href="`+href(one)+`">Track</a><br><a href="`+href(two)+`">Track</a>`))
	}
}

func TestLinksRelativeToABase(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	cut := func(s, prefix string) string { return strings.ReplaceAll(strings.TrimPrefix(s, prefix), "&", "&amp;") }
	one, two := trackLink(order1, lp), trackLink(order2, lp2)
	for _, tt := range []struct {
		name, base, prefix string
		orders             int
	}{
		{"the root", `<base href="https://www.aliexpress.com/">`, "https://www.aliexpress.com", 2},
		{"a folder", `<base target=_blank href='https://www.aliexpress.com/p/'/>`, "https://www.aliexpress.com/p/", 2},
		{"a page", `<BASE HREF="https://www.aliexpress.com/p/x.html">`, "https://www.aliexpress.com/p/", 2},
		{"no scheme", "", "https:", 2},
		{"another site", `<base href="https://shop.example/">`, "https://www.aliexpress.com", 0},
		{"none", "", "https://www.aliexpress.com", 0},
	} {
		body := `<html><head>` + tt.base + `</head><body><p>Your 2 packages have delivery updates.</p><a href="` + cut(one, tt.prefix) + `">Track</a><br><a href="` + cut(two, tt.prefix) + `">Track</a></body></html>`
		if n, err := p.Parse(htmlLetter("Your 2 packages have delivery updates", body), unverified); err != nil || len(n.Orders) != tt.orders || len(n.Parcels) != tt.orders {
			t.Errorf("%s: numbers %v, orders %v, %v", tt.name, numbers(n), n.Orders, err)
		}
	}
}

func TestLinesBehindALinkAreNoPartOfIt(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, next := range []string{"Bye", s10, "Hello there, Pat", "https://www.aliexpress.com/", "Order number " + order2} {
		n, err := p.Parse(letter("Your package is on its way", "Track:\n"+track+order1+"&trackingNumber="+lp+"\n"+next+"\n"), unverified)
		if err != nil || numbers(n)[0] != lp || n.Orders[0] != order1 {
			t.Errorf("%s: numbers %v, orders %v, %v", next, numbers(n), n.Orders, err)
		}
	}
}

func TestFlowedText(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, tt := range []struct{ name, params, body string }{
		{"a number in two lines", "format=flowed; delsp=yes", "Order number " + order1 + "\nTracking number: LP009999 \n00000034\n"},
		{"a number in three lines", "Format=Flowed; DelSp=Yes", "Order number 8190000 \n000001234\nTracking number: LP00 \n99990 \n0000034\n"},
		{"a sentence", "format=flowed", "Order number " + order1 + "\nThe tracking number \nis " + lp + "\n"},
		{"a label and its number", "format=flowed; delsp=no", "Order number \n" + order1 + "\nTracking number: \n" + lp + "\n"},
		{"a stuffed line", "format=flowed", " Order number " + order1 + "\n Tracking number: " + lp + "\n"},
		{"a quoted number", "format=flowed; delsp=yes", "> Order number " + order1 + "\n> Tracking number: LP009999 \n> 00000034\n"},
		{"a link", "format=flowed; delsp=yes", "Order number " + order1 + "\n" + track + order1 + "&trackingNumber=LP0099 \n9900000034\n"},
	} {
		raw := strings.Replace(string(letter("Your order has shipped", tt.body)), "charset=utf-8", "charset=utf-8; "+tt.params, 1)
		n, err := p.Parse([]byte(raw), unverified)
		if err != nil || !slices.Equal(numbers(n), []string{lp}) || !slices.Equal(n.Orders, []string{order1}) {
			t.Errorf("%s: numbers %v, orders %v, %v", tt.name, numbers(n), n.Orders, err)
		}
	}
}

// schemas are forms of a schema.org ParcelDelivery; %[1]s is the number, %[2]s the
// order, %[3]s the link.
var schemas = map[string]string{
	"JSON-LD":         `<html><head><script type="application/ld+json">{"@context":"http://schema.org","@type":"ParcelDelivery","trackingNumber":"%[1]s","trackingUrl":"%[3]s","partOfOrder":{"@type":"Order","orderNumber":"%[2]s"}}</script></head><body><p>Hi</p></body></html>`,
	"a list":          `<script type='application/ld+json'>[{"@type":"Organization","name":"x"},{"@type":"ParcelDelivery","trackingNumber":"%[1]s","partOfOrder":[{"orderNumber":%[2]s}]}]</script>`,
	"a graph":         `<script type="application/ld+json">{"@graph":[{"@type":["http://schema.org/ParcelDelivery"],"trackingNumber":"%[1]s","partOfOrder":{"orderNumber":"%[2]s"}}]}</script>`,
	"in an order":     `<script type="application/ld+json">{"@type":"Order","orderNumber":"%[2]s","orderDelivery":{"@type":"ParcelDelivery","trackingNumber":"%[1]s","trackingUrl":"%[3]s"}}</script>`,
	"microdata":       `<div itemscope itemtype="http://schema.org/ParcelDelivery"><div itemprop="partOfOrder" itemscope itemtype="http://schema.org/Order"><meta itemprop="orderNumber" content="%[2]s"/></div><link itemprop="trackingUrl" href="%[3]s"/><meta itemprop="trackingNumber" content="%[1]s"/></div>`,
	"microdata, text": `<div itemscope itemtype="https://schema.org/ParcelDelivery" style="color:#333"><p>Your parcel <span itemprop="trackingNumber" style="font-weight:bold">%[1]s</span> of <b itemprop="orderNumber">%[2]s</b></p></div>`,
}

func TestParcelDeliveries(t *testing.T) {
	t.Parallel()
	shop := newParser(t, options{})
	rules := newParser(t, options{Rules: []extract.Rule{{Name: "other", From: "@mail.", Subject: "(?P<step>on its way)"}}})
	for name, form := range schemas {
		body := fmt.Sprintf(form, "520600009876", order1, trackLink(order1, "520600009876"))
		raw := htmlLetter("Your order is on its way", body)
		n, err := shop.Parse(raw, unverified)
		if err != nil || !slices.Equal(numbers(n), []string{"520600009876"}) || !slices.Equal(n.Orders, []string{order1}) {
			t.Errorf("%s: numbers %v, orders %v, %v", name, numbers(n), n.Orders, err)
		}
		other := strings.Replace(string(raw), "transaction@notice.aliexpress.com", "post@mail.aliexpress.com", 1)
		n, err = rules.Parse([]byte(other), unverified)
		if err != nil || !slices.Equal(numbers(n), []string{"520600009876"}) {
			t.Errorf("%s, for a rule: numbers %v, orders %v, %v", name, numbers(n), n.Orders, err)
		}
	}
	for _, broken := range []string{`{"@type":"ParcelDelivery"`, `[[[[`, `{"@type":"ParcelDelivery","trackingNumber":{}}`, `null`, strings.Repeat("[", 1<<14)} {
		n, err := shop.Parse(htmlLetter("Your order "+order1+" is on its way", `<script type="application/ld+json">`+broken+`</script><p>Hi</p>`), unverified)
		if err != nil || len(n.Parcels) != 0 || len(n.Orders) != 1 {
			t.Errorf("%.40s: %v %v, %v", broken, numbers(n), n.Orders, err)
		}
	}
}
