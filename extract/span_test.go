package extract_test

import (
	"slices"
	"strings"
	"testing"
)

// groupsOf returns a number in groups of n letters.
func groupsOf(n int, s, between string) string {
	var out []string
	for len(s) > n {
		out, s = append(out, s[:n]), s[n:]
	}
	return strings.Join(append(out, s), between)
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r + 0xfee0
		}
		return r
	}, s)
}

// inDigitsOf returns a text with the digits of the script that has this zero.
func inDigitsOf(zero rune, s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return zero + r - '0'
		}
		return r
	}, s)
}

var printedNumbers = []string{
	lp, s10, "AP00999900000056", "00340999999999990010", "H9990000000000000012", "JJD0002200000000396", "KDK1C1234567890",
	"A000000000017ARD", "UPAAB000000254840", "520600009876", "PHBW6T0000000000000002J", "YT2200000000000446",
}

func TestNumbersInEveryPrintedForm(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	forms := map[string]func(string) string{
		"plain":                   func(s string) string { return s },
		"groups of four":          func(s string) string { return groupsOf(4, s, " ") },
		"groups of three":         func(s string) string { return groupsOf(3, s, " ") },
		"groups, no-break space":  func(s string) string { return groupsOf(4, s, "&nbsp;") },
		"groups in elements":      func(s string) string { return "<span>" + groupsOf(4, s, "</span><span>") + "</span>" },
		"groups in cells of bold": func(s string) string { return "<b>" + groupsOf(4, s, "</b> <b>") + "</b>" },
		"possible breaks":         func(s string) string { return groupsOf(4, s, "<wbr>") },
		"zero width":              func(s string) string { return groupsOf(5, s, "&#8203;") },
		"soft hyphens":            func(s string) string { return groupsOf(5, s, "&shy;") },
		"full width":              fullWidth,
		"letters in elements":     func(s string) string { return "<i>" + groupsOf(1, s, "</i><i>") + "</i>" },
		"Arabic digits":           func(s string) string { return inDigitsOf('\u0660', s) },
		"Persian digits":          func(s string) string { return inDigitsOf('\u06f0', s) },
		"in an element":           func(s string) string { return "<strong>" + s + "</strong>." },
		"in a link":               func(s string) string { return `<a href="https://www.aliexpress.com/x">` + s + "</a>" },
		"in brackets":             func(s string) string { return "[" + s + "]" },
	}
	labels := []string{
		"Tracking number: ", "<b>Tracking number</b>: ", "<td>Tracking number</td><td>", "Трек-номер: ", "Номер отслеживания<br>",
		"Numéro de suivi : ", "Sendungsnummer: ", "운송장 번호: ", "追跡番号：",
	}
	for form, show := range forms {
		for _, label := range labels {
			for _, num := range printedNumbers {
				body := "<p>Hi</p><table><tr><td>Order number " + order1 + "</td></tr><tr><td>" + label + show(num) + "</td></tr></table><p>Bye</p>"
				n, err := p.Parse(htmlLetter("Your order has shipped", body), unverified)
				if err != nil || !slices.Equal(numbers(n), []string{num}) || !slices.Equal(n.Orders, []string{order1}) {
					t.Errorf("%s: %s%s: numbers %v, orders %v, %v", form, label, show(num), numbers(n), n.Orders, err)
				}
			}
		}
	}
}

func TestNumbersWithDashesAreKeptWhole(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for printed, want := range map[string]string{
		"714-5544332": "714-5544332", "1010-1022000006": "1010-1022000006", "1234-5678-9012": "1234-5678-9012",
		"1010\u20111022000006": "1010-1022000006", "1010–1022000006": "1010-1022000006", "AB-12345678-X": "AB-12345678-X",
		"RB-123456785-CN": s10, "0034-0999-9999-9999-0022": "00340999999999990022", "１０１０－１０２２０００００６": "1010-1022000006",
	} {
		for _, subject := range []string{"Package N: in transit", "Package N has been delivered", "Your package N is at customs", "Paket N: beim Zoll", "Посылка N: на таможне", "Paquete N entregado", "운송장 번호 N: 배송 완료"} {
			n, err := p.Parse(letter(encoded(strings.Replace(subject, "N", printed, 1)), "Hi"), unverified)
			if err != nil || !slices.Equal(numbers(n), []string{want}) || len(n.Orders) != 0 {
				t.Errorf("%s with %s: %v %v, %v", subject, printed, numbers(n), n.Orders, err)
			}
		}
		n, err := p.Parse(letter("Your order has shipped", "Order number "+order1+"\nTracking number: "+printed+"\n"), unverified)
		if err != nil || !slices.Equal(numbers(n), []string{want}) || !slices.Equal(n.Orders, []string{order1}) {
			t.Errorf("text with %s: %v %v, %v", printed, numbers(n), n.Orders, err)
		}
	}
}

func TestDashesThatAreNoPartOfANumber(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, tt := range []struct {
		subject         string
		orders, parcels []string
	}{
		{"Package " + lp + " - delivered", nil, []string{lp}},
		{"Package " + lp + "-delivered", nil, []string{lp}},
		{"Packages " + lp + "-" + s10 + ": in transit", nil, []string{lp, s10}},
		{"Order " + order1 + "-1: order shipped", []string{order1}, nil},
		{"Order " + order1 + " - order shipped", []string{order1}, nil},
		{"Order " + groupsOf(4, order1, "-") + ": order shipped", []string{order1}, nil},
		{"Package " + s10 + ": in transit 2026-03-02", nil, []string{s10}},
	} {
		n, err := p.Parse(letter(tt.subject, "Hi"), unverified)
		if err != nil || !slices.Equal(numbers(n), append([]string{}, tt.parcels...)) || !slices.Equal(n.Orders, tt.orders) {
			t.Errorf("%s: %v %v, %v", tt.subject, numbers(n), n.Orders, err)
		}
	}
}

func TestNumbersWithFewDigits(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	const gls = "ZK7QW4PX"
	for _, tt := range []struct{ subject, body string }{
		{"Package " + gls + ": with local carrier", "Hi"},
		{"Paket " + gls + " wurde zugestellt", "Hi"},
		{"Посылка " + gls + ": на таможне", "Hi"},
		{"Your order has shipped", "Order number " + order1 + "\nYour package " + gls + " is with a local carrier"},
		{"Your order has shipped", "Order number " + order1 + "\nTracking number: " + gls},
		{"Your package is on its way", "https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=" + order1 + "&trackingNumber=" + gls},
	} {
		n, err := p.Parse(letter(encoded(tt.subject), tt.body), unverified)
		if err != nil || !slices.Equal(numbers(n), []string{gls}) {
			t.Errorf("%s, %s: %v %v, %v", tt.subject, tt.body, numbers(n), n.Orders, err)
		}
	}
	for _, subject := range []string{"Order ZK7QW4PX: order shipped", "ZK7QW4PX is your code", "Package DELIVERED: yes", "Your package COVID19INFO"} {
		if n, err := p.Parse(letter(subject, "Your variant is AB12CD34"), unverified); err != nil || subject[:3] != "You" && len(n.Parcels) != 0 {
			t.Errorf("%s: %v, %v", subject, numbers(n), err)
		}
	}
}

func TestOrdersInGroups(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, printed := range []string{groupsOf(1, order1, "</i><i>"), groupsOf(2, order1, "</b><b>"), groupsOf(4, order1, "\u2014"), order1[:4] + "</b><b>" + order1[4:], inDigitsOf('\u0660', order1), groupsOf(4, order1, " "), groupsOf(4, order1, "-"), groupsOf(4, order1, "</b><b>"), fullWidth(order1), groupsOf(4, order1, "&#8203;")} {
		for _, label := range []string{"Order number: ", "Bestellnummer: ", "Номер заказа: ", "<td>Order number</td><td>"} {
			n, err := p.Parse(htmlLetter("Package "+lp+": in transit", "<table><tr><td>"+label+"<b>"+printed+"</b></td></tr></table>"), unverified)
			if err != nil || !slices.Equal(numbers(n), []string{lp}) || !slices.Equal(n.Orders, []string{order1}) {
				t.Errorf("%s%s: %v %v, %v", label, printed, numbers(n), n.Orders, err)
			}
		}
	}
}

func TestANumberBrokenIntoLinesIsOne(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	forms := map[string]func(label, a, b string) []byte{
		"text": func(label, a, b string) []byte { return letter("Your order has shipped", label+a+"\n"+b+"\nBye\n") },
		"a sentence": func(label, a, b string) []byte {
			return letter("Your order has shipped", label+a+"\n"+b+" was sent today\n")
		},
		"quoted": func(label, a, b string) []byte {
			return letter("Your order has shipped", "> "+label+a+"\n> "+b+"\n> \n> Bye\n")
		},
		"indented": func(label, a, b string) []byte {
			return letter("Your order has shipped", label+"\n    "+a+"\n    "+b+"\n")
		},
		"with a hyphen": func(label, a, b string) []byte { return letter("Your order has shipped", label+a+"-\n"+b+"\n") },
		"markup": func(label, a, b string) []byte {
			return htmlLetter("Your order has shipped", "<p>"+label+a+"<br>"+b+"</p><p>Bye</p>")
		},
		"a cell": func(label, a, b string) []byte {
			return htmlLetter("Your order has shipped", "<table><tr><td>"+label+"</td><td>"+a+"<br>"+b+"</td></tr></table>")
		},
		"folded subject": func(_, a, b string) []byte { return letter("Package "+a+"\n "+b+": in transit", "Hi\n") },
		"words of subject": func(_, a, b string) []byte {
			return letter(encoded("Package "+a)+"\n "+encoded(b+": in transit"), "Hi\n")
		},
	}
	for name, form := range forms {
		for _, label := range []string{"Tracking number: ", "Трек-номер: ", "Sendungsnummer: "} {
			for _, num := range []string{lp, s10, "AP00999900000056", "00340999999999990022", "YT2200000000000446"} {
				for cut := 2; cut < len(num)-1; cut++ {
					n, err := p.Parse(form(label, num[:cut], num[cut:]), unverified)
					if err != nil || !slices.Equal(numbers(n), []string{num}) || len(n.Orders) != 0 {
						t.Errorf("%s, %s%s cut at %d: %v %v, %v", name, label, num, cut, numbers(n), n.Orders, err)
					}
				}
			}
		}
	}
	n, err := p.Parse(letter("Your order has shipped", "Tracking number: 520600\n009876\n"), unverified)
	if err != nil || !slices.Equal(numbers(n), []string{"520600009876"}) {
		t.Errorf("halves too short for a number: %v, %v", numbers(n), err)
	}
}

func TestAnOrderBrokenIntoLinesIsOne(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for cut := 4; cut < 14; cut++ {
		for _, raw := range [][]byte{
			letter("Package "+lp+": in transit", "Order number: "+order1[:cut]+"\n"+order1[cut:]+"\nBye\n"),
			letter("Package "+lp+": in transit", "> Order number:\n> "+order1[:cut]+"\n> "+order1[cut:]+"\n"),
			htmlLetter("Package "+lp+": in transit", "<table><tr><td>Order number</td><td>"+order1[:cut]+"<br>"+order1[cut:]+"</td></tr></table>"),
		} {
			n, err := p.Parse(raw, unverified)
			if err != nil || !slices.Equal(numbers(n), []string{lp}) || !slices.Equal(n.Orders, []string{order1}) {
				t.Errorf("cut at %d: %v %v, %v", cut, numbers(n), n.Orders, err)
			}
		}
	}
}

func TestLinesThatAreNoPartOfANumber(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for body, want := range map[string][]string{
		"Tracking number: " + lp + "\n12345678\n":                  {lp},
		"Tracking number: " + lp + "\n" + s10 + "\n":               {lp, s10},
		"Tracking number 1\n" + s10 + "\nTracking number 2\n" + lp: {s10, lp},
		"Tracking number: 520600009876\n20260301\n":                {"520600009876"},
		"Tracking number: 520600009876\n12\n":                      {"520600009876"},
		"Tracking number: 2026\nRB12\n":                            {},
	} {
		n, err := p.Parse(htmlLetter("Your order has shipped", strings.ReplaceAll(body, "\n", "<br>")), unverified)
		if err != nil || !slices.Equal(numbers(n), want) {
			t.Errorf("%s: %v, want %v, %v", body, numbers(n), want, err)
		}
	}
}

func TestSubjectsWithNumbersInGroups(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, space := range []string{" ", "\u2007", "\u2009", "\u202f", "\u00a0", "\u3000", "\u200b", "\u200d", "\u00ad"} {
		for _, num := range printedNumbers {
			subject := "Package" + strings.Trim(space, "\u200b\u200d\u00ad") + " " + groupsOf(4, num, space) + ": in transit"
			n, err := p.Parse(letter(encoded(subject), "Order number "+groupsOf(4, order1, space)+"\n"), unverified)
			if err != nil || !slices.Equal(numbers(n), []string{num}) || !slices.Equal(n.Orders, []string{order1}) {
				t.Errorf("%+q: %v %v, %v", subject, numbers(n), n.Orders, err)
			}
		}
		subject := "Order " + groupsOf(4, order1, space) + ": order shipped"
		if n, err := p.Parse(letter(encoded(subject), "Hi"), unverified); err != nil || len(n.Parcels) != 0 || !slices.Equal(n.Orders, []string{order1}) {
			t.Errorf("%+q: %v %v, %v", subject, numbers(n), n.Orders, err)
		}
	}
	for subject, want := range map[string][]string{
		"Package " + s10 + " 2026 03 01": {s10}, "Package 2026 03 02 delivered": {}, "Your package 20 26 03 02 is on its way": {},
	} {
		if n, err := p.Parse(letter(subject, "Hi"), unverified); err != nil || !slices.Equal(numbers(n), want) {
			t.Errorf("%s: %v, want %v, %v", subject, numbers(n), want, err)
		}
	}
}

func TestQuotedPrintableInOddForms(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	text := "<p style=3D\"a\">Order number " + order1 + "</p><p>Tracking number: " + lp[:7] + "=\n" + lp[7:] + "</p>"
	for name, raw := range map[string]string{
		"soft breaks":            "Content-Transfer-Encoding: quoted-printable\n\n" + text,
		"blanks behind":          "Content-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(text, "=\n", "= \t\n"),
		"letters escaped":        "Content-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(text, "P", "=50"),
		"not declared":           "\n" + text,
		"declared as 7bit":       "Content-Transfer-Encoding: 7bit\n\n" + text,
		"twice":                  "Content-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(text, "=", "=3D"),
		"not declared, Cyrillic": "\n=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82=\n" + text,
	} {
		mail := "From: AliExpress <transaction@notice.aliexpress.com>\nSubject: Your order has shipped\nContent-Type: text/html; charset=utf-8\n" + raw
		n, err := p.Parse([]byte(strings.ReplaceAll(mail, "\n", "\r\n")), unverified)
		if err != nil || !slices.Equal(numbers(n), []string{lp}) || !slices.Equal(n.Orders, []string{order1}) {
			t.Errorf("%s: %v %v, %v", name, numbers(n), n.Orders, err)
		}
	}
}
