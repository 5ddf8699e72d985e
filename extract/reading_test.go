package extract_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// htmlLetter returns an HTML mail of the shop.
func htmlLetter(subject, body string) []byte {
	return []byte(strings.Replace(string(letter(encoded(subject), body)), "text/plain", "text/html", 1))
}

func numbers(n parcel.Notice) []string {
	out := []string{}
	for _, p := range n.Parcels {
		out = append(out, string(p.Number))
	}
	return out
}

const (
	order1 = "8190000000001234"
	order2 = "8190000000005678"
	lp     = "LP00999900000034"
	s10    = "RB123456785CN"
)

func TestOrdersAndNumbersByStructure(t *testing.T) {
	t.Parallel()
	track := func(query string) string { return "https://www.aliexpress.com/p/tracking/index.html?" + query }
	tests := []struct {
		name, subject, body string
		orders, parcels     []string
	}{
		{"an order in the subject", "Order " + order1 + ": order shipped", "Hi", []string{order1}, nil},
		{"two orders in the subject", "Orders " + order1 + " and " + order2 + " have shipped", "Hi", []string{order1, order2}, nil},
		{"an older order of 15 digits", "Your order 819000000001234 has been shipped", "Hi", []string{"819000000001234"}, nil},
		{"a number with an unknown form", "Package ZZ11223344556677X: in transit", "Hi", nil, []string{"ZZ11223344556677X"}},
		{"a number with a wrong check digit", "Package RB123456789CN: in transit", "Hi", nil, []string{"RB123456789CN"}},
		{"a number of 16 digits that says it is one", "Package 1234567890123456: in transit", "Hi", nil, []string{"1234567890123456"}},
		{"digits that a link calls an order", "Ding " + order1 + ": klingelt", track("tradeOrderId=" + order1), []string{order1}, nil},
		{"digits that a link calls a number", "Ding 1234567890123456: klingelt", track("tradeOrderId=" + order1 + "&trackingNumber=1234567890123456"), []string{order1}, []string{"1234567890123456"}},
		{"digits that a rotated id calls an order", "Ding " + order1 + ": klingelt", "https://www.aliexpress.com/?rowan_msg_id=1234819000000000$0123456789abcdef0123456789abcdef", []string{order1}, nil},
		{"a language nobody knows", "Ding " + lp + ": klingelt", "Hi", nil, []string{lp}},
		{"an unknown language and only digits", "Ding 00340999999999990010 klingelt", "Hi", nil, []string{"00340999999999990010"}},
		{"a number in groups", "Package RB 123 456 785 CN: in transit", "Hi", nil, []string{s10}},

		{"numbers only in links", "Tus 2 paquetes tienen actualizaciones de entrega", track("tradeOrderId="+order1+"&trackingNumber="+lp) + "\n" + track("tradeOrderId="+order2+"&trackingNumber="+s10), []string{order1, order2}, []string{lp, s10}},
		{"several orders in one link", "Package " + lp + ": in transit", "https://www.aliexpress.com/ssr/300002636/x?o_ids=" + order1 + "%2C" + order2, []string{order1, order2}, []string{lp}},
		{"an older link", "Package " + lp + ": in transit", "http://track.aliexpress.com/logisticsdetail.htm?tradeId=" + order1, []string{order1}, []string{lp}},
		{"a link behind a redirect", "Package " + lp + ": in transit", "https://www.google.com/url?q=https%3A%2F%2Fwww.aliexpress.com%2Fp%2Ftracking%2Findex.html%3FtradeOrderId%3D" + order1 + "&source=gmail", []string{order1}, []string{lp}},
		{"a link inside Proofpoint's", "Package " + lp + ": in transit", "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.aliexpress.com_p_order_detail.html-3ForderId-3D" + order1 + "&d=DwMFaQ", []string{order1}, []string{lp}},
		{"a link inside Proofpoint's third form", "Package " + lp + ": in transit", "https://urldefense.com/v3/__https://www.aliexpress.com/p/order/detail.html?orderId=" + order1 + "__;!!AbC$", []string{order1}, []string{lp}},
		{"a link in the path of Cisco's", "Package " + lp + ": in transit", "https://secure-web.cisco.com/1AbC/https%3A%2F%2Fwww.aliexpress.com%2Fp%2Forder%2Fdetail.html%3ForderId%3D" + order1, []string{order1}, []string{lp}},
		{"a look-alike inside a gateway's link is none", "Order " + order1 + ": order shipped", "https://secure-web.cisco.com/1AbC/https%3A%2F%2Faliexpress.com.evil.example%2F%3FtrackingNumber%3D" + lp, []string{order1}, nil},
		{"a link to the shop's site of a country", "Package " + lp + ": in transit", "https://m.aliexpress.us/p/order/detail.html?orderId=" + order1, []string{order1}, []string{lp}},

		{"labels in the first row", "Your order has shipped", "<table><tr><th>Order number</th><th>Tracking number</th></tr><tr><td>" + order1 + "</td><td>10101022000006</td></tr></table>", []string{order1}, []string{"10101022000006"}},
		{"labels in the first row, the number first", "Your order has shipped", "<table><tr><th>Tracking number</th><th>Order number</th></tr><tr><td>10101022000006</td><td>" + order1 + "</td></tr><tr><td>10101022000014</td><td>" + order2 + "</td></tr></table>", []string{order1, order2}, []string{"10101022000006", "10101022000014"}},
		{"labels in the first column", "Your order has shipped", "<table><tr><th>Order number</th><td>" + order1 + "</td></tr><tr><th>Tracking number</th><td>10101022000006</td></tr></table>", []string{order1}, []string{"10101022000006"}},
		{"both ids in one sentence", "Your order has shipped", "The tracking number of your order " + order1 + " is 10101022000006.", []string{order1}, []string{"10101022000006"}},
		{"digits in groups behind a label", "Your order has shipped", "Order number " + order1 + "\nTracking number: 0034 0999 9999 9999 0010", []string{order1}, []string{"00340999999999990010"}},
		{"a number with a dash behind a label", "Your order has shipped", "Order number " + order1 + "\nTracking number: 714-5544332", []string{order1}, []string{"714-5544332"}},
		{"a number behind a label", "Your order has shipped", "Your order " + order1 + " is sent.\nTracking number: 520600009876", []string{order1}, []string{"520600009876"}},
		{"the label of 2019", "Your order has shipped", "Order " + order1 + "\nTRACKING NUMBER :" + s10 + ".", []string{order1}, []string{s10}},
		{"a label on the line above", "Your order has shipped", "Tracking number\n" + s10, nil, []string{s10}},
		{"a number in a sentence", "Bestellung " + order1 + ": Neuer Lieferstatus", "Ihre Sendungsverfolgungsnummer lautet H9990000000000000012. Kopieren Sie sie.", []string{order1}, []string{"H9990000000000000012"}},
		{"a strong form without a label", "Your order has shipped", "Order " + order1 + "\nIt is " + lp + " now", []string{order1}, []string{lp}},
		{"an order id behind its label", "Package " + lp + ": in transit", "Order number\n" + order1, []string{order1}, []string{lp}},
		{"a running number glued to the order", "2 orders confirmed: " + order1 + " & more", "Order 1" + order1 + "\nx1\nOrder 2" + order2, []string{order1, order2}, nil},
		{"the order again, with a running number", "Order " + order1 + ": order shipped", "Order 1" + order1, []string{order1}, nil},

		{"a weak form without a label is none", "Order " + order1 + ": order shipped", "see 520600009876 and YT2200000000000446", []string{order1}, nil},
		{"a wrong check digit without a label is none", "Order " + order1 + ": order shipped", "see RB123456789CN", []string{order1}, nil},
		{"a price is none", "Order " + order1 + ": order shipped", "Tracking number 123456789,99", []string{order1}, nil},
		{"a phone is none", "Order " + order1 + ": order shipped", "Package +491700000000 parcel (+49) 17000000000", []string{order1}, nil},
		{"an item is none", "Order " + order1 + ": order shipped", "https://www.aliexpress.com/item/1005006000000001.html?orderId=" + order2 + "&trackingNumber=" + lp, []string{order1}, nil},
		{"a parameter nobody knows is none", "Order " + order1 + ": order shipped", track("mem_info=" + lp + "&pdp_npi=" + s10), []string{order1}, nil},
		{"a link elsewhere is none", "Order " + order1 + ": order shipped", "https://evil.example/?tradeOrderId=" + order2 + "&trackingNumber=" + lp, []string{order1}, nil},
		{"a look-alike link is none", "Order " + order1 + ": order shipped", "https://aliexpress.com.evil.example/?trackingNumber=" + lp + " https://aliexpress.com@evil.example/?trackingNumber=" + lp, []string{order1}, nil},
		{"a rotated id is none", "Order " + order1 + ": order shipped", "Tracking number 1234819000000000", []string{order1}, nil},
		{"an order is no number", "Order " + order1 + ": order shipped", "Tracking number " + order1, []string{order1}, nil},
		{"words in capitals are none", "PACKAGE DELIVERED: " + lp, "TRACKING NUMBER DELIVERED", nil, []string{lp}},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		for form, raw := range map[string][]byte{
			"plain": letter(encoded(tt.subject), tt.body),
			"html":  htmlLetter(tt.subject, asHTML(tt.body)),
		} {
			t.Run(tt.name+", "+form, func(t *testing.T) {
				t.Parallel()
				n, err := p.Parse(raw, unverified)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(n.Orders, tt.orders) || !slices.Equal(numbers(n), append([]string{}, tt.parcels...)) {
					t.Errorf("orders %v, want %v; parcels %v, want %v", n.Orders, tt.orders, numbers(n), tt.parcels)
				}
				checkNotice(t, n, err)
			})
		}
	}
}

// asHTML returns plain text as markup with its links as anchors.
func asHTML(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		b.WriteString("<p>")
		for i, word := range strings.Split(line, " ") {
			if i > 0 {
				b.WriteByte(' ')
			}
			if strings.HasPrefix(word, "http") {
				word = `<a href="` + strings.ReplaceAll(word, "&", "&amp;") + `">Track</a>`
			}
			b.WriteString(word)
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

func TestWhichOrdersAParcelCarries(t *testing.T) {
	t.Parallel()
	link := func(order, number string) string {
		return "https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=" + order + "&trackingNumber=" + number + "\n"
	}
	tests := []struct {
		name, subject, body string
		want                []parcel.NoticeParcel
	}{
		{
			"the only parcel carries all", "Package " + lp + ": in transit", "Order number " + order1 + "\nOrder number " + order2,
			[]parcel.NoticeParcel{{Number: lp, Orders: []string{order1, order2}, Step: parcel.StepInTransit}},
		},
		{
			"a link ties them", "2 packages have updates", link(order1, lp) + link(order2, s10),
			[]parcel.NoticeParcel{{Number: lp, Orders: []string{order1}, Step: parcel.StepUpdate}, {Number: s10, Orders: []string{order2}, Step: parcel.StepUpdate}},
		},
		{
			"one parcel, several links", "2 packages have updates", link(order1, lp) + link(order2, lp) + link(order2, s10),
			[]parcel.NoticeParcel{{Number: lp, Orders: []string{order1, order2}, Step: parcel.StepUpdate}, {Number: s10, Orders: []string{order2}, Step: parcel.StepUpdate}},
		},
		{
			"the only order is in all", "Order " + order1 + ": order shipped", "Tracking number " + lp + "\nTracking number " + s10,
			[]parcel.NoticeParcel{{Number: lp, Orders: []string{order1}, Step: parcel.StepShipped}, {Number: s10, Orders: []string{order1}, Step: parcel.StepShipped}},
		},
		{
			"otherwise nobody knows", "Orders " + order1 + " and " + order2 + " have shipped", "Tracking number " + lp + "\nTracking number " + s10,
			[]parcel.NoticeParcel{{Number: lp, Step: parcel.StepShipped}, {Number: s10, Step: parcel.StepShipped}},
		},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(letter(tt.subject, tt.body), unverified)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, n.Parcels); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestParcelsWithStepsOfTheirOwn(t *testing.T) {
	t.Parallel()
	card := func(order, number, words string) string {
		return fmt.Sprintf("%s\nTrack it: https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=%s&trackingNumber=%s\n", words, order, number)
	}
	p := newParser(t, options{})
	n, err := p.Parse(letter("Your 2 packages have delivery updates", card(order1, lp, "At customs")+card(order2, s10, "Out for delivery")), unverified)
	if err != nil || n.Step != parcel.StepUpdate || len(n.Parcels) != 2 || n.Parcels[0].Step != parcel.StepAtCustoms || n.Parcels[1].Step != parcel.StepOutForDelivery {
		t.Errorf("%s %+v, %v", n.Step, n.Parcels, err)
	}
	n, err = p.Parse(letter("Your 2 packages have delivery updates", card(order1, lp, "At customs")+card(order2, s10, "Something new")), unverified)
	if err != nil || n.Step != parcel.StepUpdate || n.Parcels[0].Step != parcel.StepUpdate {
		t.Errorf("%s %+v, %v", n.Step, n.Parcels, err)
	}
}

func TestWhatIsNoShipmentMail(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, subject, body string }{
		{"a coupon", "Your delayed delivery coupon code", "for your order " + order1},
		{"a coupon with an order in front", "Order " + order1 + ": here is a coupon", "Hi"},
		{"a coupon that links to a parcel", "A coupon for you", "https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=" + order1 + "&trackingNumber=" + lp},
		{"marketing that says order", "Ihre Bestellung hat einen lokalen Boost erhalten!", "Hallo"},
		{"a survey", "설문에 참여해 주세요", "Hi"},
		{"a code", "Your verification code is 12345678", "Hi"},
		{"a long code", "Save with code 2026030112345678", "Hi"},
		{"a date", "Flash sale 20260301", "Hi"},
		{"a message", "You have a new message about order " + order1, "Hi"},
		{"nothing", "", ""},
		{"other mail", "Welcome to AliExpress", "Hi, look around"},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(letter(encoded(tt.subject), tt.body), unverified)
			if err != nil || n.Shop != "" || n.Step != parcel.StepNone || len(n.Orders)+len(n.Parcels) != 0 {
				t.Errorf("%q %s %v %v, %v", n.Shop, n.Step, n.Orders, numbers(n), err)
			}
		})
	}
}

func TestShipmentMailWithoutAnythingIsSaid(t *testing.T) {
	t.Parallel()
	n, err := newParser(t, options{}).Parse(letter("Your order has been shipped", "Hi"), unverified)
	if err != nil || n.Shop != theShop.Name() || n.Step != parcel.StepShipped || len(n.Problems) != 1 || !n.Problems[0].Equal(message.New(parcel.NothingFound)) {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestTheStepIsFoundElsewhere(t *testing.T) {
	t.Parallel()
	link := "https://www.aliexpress.com/p/order/detail.html?orderId=" + order1 + "&rowan_id1="
	tests := []struct {
		name, subject, body string
		want                parcel.Step
		words               string
	}{
		{"the template's name", "Ding " + order1 + ": klingelt", link + "lg_local_carrier_202503270152_1_xx_XX_2026-01-16", parcel.StepLocalCarrier, "klingelt"},
		{"the subject is stronger", "Order " + order1 + ": order shipped", link + "lg_local_carrier_202503270152_1_en_US_2026-01-16", parcel.StepShipped, "order shipped"},
		{"a template that says nothing", "Ding " + order1 + ": klingelt", link + "logistics_default_20221027_1_xx_XX_2023-12-01", parcel.StepOther, "klingelt"},
		{"the sentence about the parcel", "Ding " + lp + ": klingelt", "Hello Jo,\nYour package " + lp + " has been collected by the local carrier.", parcel.StepLocalCarrier, "klingelt"},
		{"the headline", "Ding " + lp + ": klingelt", "Ready for pickup\nHello Jo,\nDing.", parcel.StepReadyForPickup, "klingelt"},
		{"not the progress bar", "Ding " + lp + ": klingelt", "Hello Jo,\nDing.\nConfirmed\nShipped\nDelivered", parcel.StepOther, "klingelt"},
		{"not a sentence about something else", "Ding " + lp + ": klingelt", "Hello Jo,\nDing.\nOther things are out for delivery.", parcel.StepOther, "klingelt"},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(letter(tt.subject, tt.body), unverified)
			if err != nil || n.Step != tt.want || n.StepWords != tt.words {
				t.Errorf("%s %q, %v; want %s %q", n.Step, n.StepWords, err, tt.want, tt.words)
			}
		})
	}
}

func TestColumnsOfPlainTextAreRead(t *testing.T) {
	t.Parallel()
	n, err := newParser(t, options{}).Parse(letter("Your order has shipped",
		"Order number        Tracking number     Shipping company\n"+order1+"    10101022000006      China Post\n"), unverified)
	if err != nil || !slices.Equal(n.Orders, []string{order1}) || !slices.Equal(numbers(n), []string{"10101022000006"}) {
		t.Errorf("orders %v, parcels %v, %v", n.Orders, numbers(n), err)
	}
}

// TestAnOrderIDIsNeverAParcel tries every order of columns and rows, with the
// labels in the first row and in the first column.
func TestAnOrderIDIsNeverAParcel(t *testing.T) {
	t.Parallel()
	labels := map[string]string{"Order number": order1, "Tracking number": "10101022000006", "Status": "Shipped"}
	orders := [][]string{
		{"Order number", "Tracking number", "Status"},
		{"Order number", "Status", "Tracking number"},
		{"Tracking number", "Order number", "Status"},
		{"Tracking number", "Status", "Order number"},
		{"Status", "Order number", "Tracking number"},
		{"Status", "Tracking number", "Order number"},
	}
	p := newParser(t, options{})
	for _, columns := range orders {
		var head, row, across strings.Builder
		for _, c := range columns {
			head.WriteString("<th>" + c + "</th>")
			row.WriteString("<td>" + labels[c] + "</td>")
			across.WriteString("<tr><th>" + c + "</th><td>" + labels[c] + "</td></tr>")
		}
		for name, table := range map[string]string{
			"first row": "<tr>" + head.String() + "</tr><tr>" + row.String() + "</tr>", "first column": across.String(),
		} {
			n, err := p.Parse(htmlLetter("Your order has shipped", "<table>"+table+"</table>"), unverified)
			if err != nil || !slices.Equal(n.Orders, []string{order1}) || !slices.Equal(numbers(n), []string{"10101022000006"}) {
				t.Errorf("%v, labels in the %s: orders %v, parcels %v, %v", columns, name, n.Orders, numbers(n), err)
			}
		}
	}
}

func TestRunningNumbersGluedToOrdersAreTakenOff(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	var want []string
	for i := range 12 {
		id := fmt.Sprintf("8190000000%02d1234", i)
		want = append(want, id)
		fmt.Fprintf(&body, "Order %d%s\n", i+1, want[i])
	}
	n, err := newParser(t, options{}).Parse(letter("12 orders confirmed: "+want[0]+" & more", body.String()), unverified)
	if err != nil || !slices.Equal(n.Orders, want) {
		t.Errorf("got %v, want %v, %v", n.Orders, want, err)
	}
}
