package ems

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// row is one event as it is printed. The list is oldest first.
type row struct{ time, label, place string }

// prefix begins the name of a table; the number it is of follows.
const prefix = "table-"

var itemForm = regexp.MustCompile(`\b[A-Z]{2}\d{9}[A-Z]{2}\b`)

// find returns the table of the number, or the reason why there is none. If the
// tables name no numbers, the page may name no other item.
func find(page *goquery.Document, n number.Number) (table *goquery.Selection, why string) {
	named := page.Find(`table[id^="` + prefix + `"], .result-table[id^="` + prefix + `"]`)
	if named.Length() > 0 {
		own := named.FilterFunction(func(_ int, s *goquery.Selection) bool {
			return adapter.Same(n, strings.TrimPrefix(s.AttrOr("id", ""), prefix))
		})
		if own.Length() != 1 {
			return nil, "the answer is of another number"
		}
		return own, ""
	}
	if tables := page.Find("tbody"); tables.Length() != 1 {
		return nil, "not one table in the answer"
	}
	for _, item := range itemForm.FindAllString(page.Text(), -1) {
		if other := number.Number(item); other.S10() && other.Check() == number.CheckOK && !adapter.Same(n, item) {
			return nil, "the answer names another number"
		}
	}
	return page.Selection, ""
}

// rows lists the rows of three cells.
func rows(table *goquery.Selection) []row {
	var list []row
	table.Find("tbody > tr").Each(func(_ int, tr *goquery.Selection) {
		cells := tr.Find("td")
		if cells.Length() < 3 {
			return
		}
		cell := func(i int) string { return adapter.Text(cells.Eq(i).Text()) }
		list = append(list, row{cell(0), cell(1), cell(2)})
	})
	return list
}

// read reads the rows. The post that issued the number is the one where the item
// was posted.
func (c *carrier) read(ans adapter.Answer, rows []row, n number.Number) (carriers.Result, error) {
	t := parcel.Tracking{Origin: n.Country()}
	t.Events = adapter.Events(rows, func(r row) (ev parcel.Event, ok bool) {
		row := c.row(r.label)
		ev = parcel.Event{Status: row.Status, Guess: row.Guess, Country: cmp.Or(adapter.CountryNamed(r.place), row.Country(t.Origin, "")), Place: r.place, Text: r.label}
		ev.Time, ok = adapter.At(r.time, time.UTC, "Jan 2, 2006, 3:04 PM", "Jan 2, 2006 3:04 PM", "Jan 2, 2006, 15:04", "Jan 2, 2006 15:04")
		return ev, ok && ev.Text != ""
	})
	return c.Result(ans, n, t, len(rows))
}

// row finds the row of a label: the service has no codes, and those of the table
// are its English labels.
func (c *carrier) row(label string) adapter.Code {
	for _, row := range c.Codes() {
		if strings.EqualFold(row.Code, strings.TrimSuffix(label, ".")) {
			return row
		}
	}
	return adapter.Unknown()
}
