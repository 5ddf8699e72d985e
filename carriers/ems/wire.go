package ems

import (
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

// find is the table of the number, or why there is none. Where tables bear no
// numbers, no other item may be named on the page.
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

// read takes the rows apart. The post that gave the number is the one where the
// item was posted.
func (c *carrier) read(ans adapter.Answer, rows []row, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	t := parcel.Tracking{Origin: n.Country()}
	for _, r := range rows {
		at, ok := adapter.At(r.time, time.UTC, "Jan 2, 2006, 3:04 PM", "Jan 2, 2006 3:04 PM", "Jan 2, 2006, 15:04", "Jan 2, 2006 15:04")
		if !ok || r.label == "" {
			continue
		}
		label, known := c.label(r.label)
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, r.label)
		}
		ev := parcel.Event{
			Time: at, Status: label.Status, Country: adapter.CountryNamed(r.place), Place: r.place, Text: r.label,
		}
		if ev.Country == "" && label.Side == adapter.SideOrigin {
			ev.Country = t.Origin
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 {
		return res, c.client.Changed(ans, "none of %d rows could be read", len(rows))
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	res.Tracking = t
	return res, nil
}
