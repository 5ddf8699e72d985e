package extract_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// grid is a table of cells, by row.
type grid [][]string

func (g grid) transposed() grid {
	out := make(grid, len(g[0]))
	for _, row := range g {
		for i, cell := range row {
			out[i] = append(out[i], cell)
		}
	}
	return out
}

func (g grid) html() string {
	var b strings.Builder
	b.WriteString("<table>")
	for _, row := range g {
		b.WriteString("<tr><td>" + strings.Join(row, "</td><td>") + "</td></tr>")
	}
	return b.String() + "</table>"
}

func (g grid) text(between string) string {
	var b strings.Builder
	for _, row := range g {
		b.WriteString(strings.Join(row, between) + "\n")
	}
	return b.String()
}

var tableLabels = [][2]string{
	{"Order number", "Tracking number"},
	{"Order", "Tracking no."},
	{"Bestellnummer", "Sendungsnummer"},
	{"Номер заказа", "Трек-номер"},
	{"Numéro de commande", "Numéro de suivi"},
	{"Order No.", "Tracking number"},
	{"Номер замовлення", "Номер відстеження"},
	{"Nr zamówienia", "Numer śledzenia"},
	{"Número de pedido", "Número de seguimiento"},
	{"Sipariş numarası", "Takip numarası"},
	{"注文番号", "追跡番号"},
	{"주문번호", "운송장번호"},
	{"رقم الطلب", "رقم التتبع"},
}

// TestTablesInEveryOrder draws tables of orders and numbers with their rows,
// columns and heads in any place. The pairs must always be the same.
func TestTablesInEveryOrder(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, 4).Draw(t, "rows")
		labels := rapid.SampledFrom(tableLabels).Draw(t, "labels")
		columns := rapid.Permutation([]string{"order", "number", "item", "date"}).Draw(t, "columns")
		columns = slices.DeleteFunc(slices.Clone(columns), func(c string) bool {
			return (c == "item" || c == "date") && rapid.Bool().Draw(t, "without "+c)
		})
		form := rapid.SampledFrom([]string{"head", "own", "before", "behind"}).Draw(t, "form")
		var g grid
		want := map[string]string{}
		for _, i := range rapid.Permutation([]int{0, 1, 2, 3}).Draw(t, "order of rows")[:count] {
			order, num := fmt.Sprintf("819000000000%d234", i+1), []string{"10101022000006", lp, s10, "520600009876"}[i]
			want[num] = order
			row := []string{}
			for _, c := range columns {
				label, value := map[string]string{"order": labels[0], "number": labels[1], "item": "Item", "date": "Date"}[c], map[string]string{"order": order, "number": num, "item": "Lamp 20 W", "date": "02.03.2026"}[c]
				switch form {
				case "own":
					row = append(row, label+": "+value)
				case "before":
					row = append(row, label, value)
				case "behind":
					row = append(row, value, label)
				default:
					row = append(row, value)
				}
			}
			g = append(g, row)
		}
		if form == "head" {
			head := []string{}
			for _, c := range columns {
				head = append(head, map[string]string{"order": labels[0], "number": labels[1], "item": "Item", "date": "Date"}[c])
			}
			if rapid.Bool().Draw(t, "head below") {
				g = append(g, head)
			} else {
				g = append(grid{head}, g...)
			}
		}
		betweens := []string{"", "\t", " | ", "    ", " │ ", "box"}
		if form == "head" && rapid.Bool().Draw(t, "transposed") {
			g = g.transposed()
		} else if form == "head" && fmt.Sprint(g[0]) != fmt.Sprint(g[len(g)-1]) && strings.Contains(strings.Join(g[0], " "), labels[0]) {
			betweens = append(betweens, ";", " / ")
		}
		body := g.html()
		raw := htmlLetter("Your order has shipped", "<p>Hi</p>"+body)
		if between := rapid.SampledFrom(betweens).Draw(t, "text"); between != "" {
			body = g.text(between)
			if between == "box" {
				body = "+-----+\n| " + strings.ReplaceAll(strings.TrimSpace(g.text(" | ")), "\n", " |\n+--+--+\n| ") + " |\n+==+==+\n"
			}
			raw = letter("Your order has shipped", "Hi\n\n"+body)
		}
		n, err := p.Parse(raw, unverified)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, q := range n.Parcels {
			got[string(q.Number)] = strings.Join(q.Orders, ",")
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s\ngot  %v, orders %v\nwant %v", body, got, n.Orders, want)
		}
	})
}
