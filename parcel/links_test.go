package parcel_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestAddLink(t *testing.T) {
	link := func(n number.Number, c parcel.Certainty, reason string) parcel.Link {
		return parcel.Link{Number: n, Certainty: c, Reason: reason}
	}
	p := parcel.Parcel{NeverJoin: []number.Number{"RB123456785DE"}}
	for _, c := range []struct {
		name string
		link parcel.Link
		news bool
	}{
		{"the first number", link("LP00999900000034", parcel.Certain, "mail"), true},
		{"the same again", link("LP00999900000034", parcel.Certain, "mail"), false},
		{"one that may belong", link("RB123456785CN", parcel.Maybe, "same days"), true},
		{"which is known already", link("RB123456785CN", parcel.Maybe, "same days"), false},
		{"one that likely belongs", link("RB123456785SE", parcel.Likely, "same order"), true},
		{"which a carrier confirms", link("RB123456785SE", parcel.Certain, "copyRealMailNo"), false},
		{"and nobody makes less sure", link("RB123456785SE", parcel.Likely, "same order"), false},
		{"one of its own that may belong", link("RB123456785SE", parcel.Maybe, "same days"), false},
		{"one that was split off", link("RB123456785DE", parcel.Certain, "copyRealMailNo"), false},
		{"none at all", link("", parcel.Certain, "mail"), false},
	} {
		if got := p.AddLink(c.link); got != c.news {
			t.Errorf("%s: news %v", c.name, got)
		}
	}
	want := []parcel.Link{link("LP00999900000034", parcel.Certain, "mail"), link("RB123456785SE", parcel.Certain, "copyRealMailNo")}
	if diff := cmp.Diff(want, p.Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]parcel.Link{link("RB123456785CN", parcel.Maybe, "same days")}, p.Maybe); diff != "" {
		t.Errorf("maybe (-want +got):\n%s", diff)
	}
	if !p.AddLink(link("RB123456785CN", parcel.Certain, "merged by hand")) || len(p.Maybe) != 0 {
		t.Errorf("a number that belongs after all is still in doubt: %v", p.Maybe)
	}
	if !p.Has("RB123456785CN") || p.Has("RB123456785DE") || p.Has("") {
		t.Error("it has the wrong numbers")
	}
}

func TestSourceOfParcel(t *testing.T) {
	var p parcel.Parcel
	p.Source("cainiao", "LP00999900000034").Error = "first"
	p.Source("cainiao", "RB123456785CN").Error = "second"
	p.Source("upu", "RB123456785CN").Error = "third"
	p.Source("cainiao", "RB123456785CN").Error += ", again"
	want := []parcel.Source{
		{Carrier: "cainiao", Number: "LP00999900000034", Error: "first"},
		{Carrier: "cainiao", Number: "RB123456785CN", Error: "second, again"},
		{Carrier: "upu", Number: "RB123456785CN", Error: "third"},
	}
	if diff := cmp.Diff(want, p.Sources); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestName(t *testing.T) {
	var p parcel.Parcel
	for _, step := range []struct {
		change func()
		want   string
	}{
		{func() {}, ""},
		{func() { p.Links = []parcel.Link{{Number: "LP00999900000034"}, {Number: "RB123456785CN"}} }, "RB123456785CN"},
		{func() { p.Items = []parcel.Item{{Variant: "1 m"}, {Title: "USB-C cable"}} }, "USB-C cable"},
		{func() { p.Title = "cable for Ann" }, "cable for Ann"},
	} {
		step.change()
		if got := p.Name(); got != step.want {
			t.Errorf("name %q, want %q", got, step.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	var p parcel.Parcel
	if p.Number() != "" || len(p.Numbers()) != 0 {
		t.Errorf("a parcel without links has the numbers %v", p.Numbers())
	}
	p.Links = []parcel.Link{{Number: "LP00999900000034"}, {Number: "RB123456785CN"}}
	if diff := cmp.Diff([]number.Number{"LP00999900000034", "RB123456785CN"}, p.Numbers()); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	if got := p.Number(); got != "RB123456785CN" {
		t.Errorf("it is shown under %s, want the number learned last", got)
	}
}

func TestDays(t *testing.T) {
	now := noon("2026-03-01")
	told := []parcel.Source{source(t, "cainiao", "2026-02-04 11:20+08 accepted CN a")}
	for name, c := range map[string]struct {
		parcel parcel.Parcel
		want   int
	}{
		"of nothing":                   {parcel.Parcel{}, 0},
		"since it became known":        {parcel.Parcel{FirstSeen: noon("2026-02-21")}, 8},
		"since it was sent":            {parcel.Parcel{FirstSeen: noon("2026-02-21"), Shipped: noon("2026-02-11")}, 18},
		"since its first event":        {parcel.Parcel{FirstSeen: noon("2026-02-21"), Sources: told}, 25},
		"until it was delivered":       {parcel.Parcel{FirstSeen: noon("2026-02-11"), Status: parcel.Delivered, StatusSince: noon("2026-02-21")}, 10},
		"never less than none":         {parcel.Parcel{FirstSeen: noon("2026-03-21")}, 0},
		"delivered, nobody knows when": {parcel.Parcel{FirstSeen: noon("2026-02-21"), Status: parcel.Delivered}, 8},
		"part of a day is none":        {parcel.Parcel{FirstSeen: now.Add(-23 * time.Hour)}, 0},
	} {
		if got := c.parcel.Days(now); got != c.want {
			t.Errorf("%s: %d days, want %d", name, got, c.want)
		}
	}
}
