package cli_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/cli"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
)

var update = flag.Bool("update", false, "write the goldens anew")

var (
	china = time.FixedZone("", 8*60*60)
	now   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// sample returns a parcel with all kinds of data.
func sample() parcel.Parcel {
	p := parcel.Parcel{
		Title: "USB\x1b[31m cable", Orders: []string{"8190000000000001"}, FirstSeen: now.AddDate(0, 0, -20),
		Sources: []parcel.Source{
			{Carrier: "cainiao", Number: "RB123456785CN", Result: parcel.ResultOK, Events: []parcel.Event{
				{Time: time.Date(2026, 2, 3, 11, 20, 0, 0, china), ZoneKnown: true, Status: parcel.Accepted, Country: "CN", Place: "Guangzhou", Text: "Accepted by carrier", Code: "GWMS_ACCEPT", Sources: []string{"cainiao"}},
				{Time: time.Date(2026, 2, 10, 9, 0, 0, 0, china), ZoneKnown: true, Status: parcel.Export, Country: "CN", Text: "Departed\nfrom airport", Sources: []string{"cainiao"}},
			}},
			{Carrier: "russianpost", Number: "RB123456785CN", Result: parcel.ResultOK, Events: []parcel.Event{
				{Time: time.Date(2026, 2, 26, 8, 0, 0, 0, time.UTC), Status: parcel.ReadyForPickup, Country: "RU", Place: "Москва 101000", Text: "Ожидает адресата в месте вручения", Sources: []string{"russianpost"}},
			}, Pickup: parcel.Pickup{Until: "2026-03-28", Place: "Москва 101000"}},
		},
	}
	p.AddLink(parcel.Link{Number: "RB123456785CN", Since: now, Reason: "mail", Certainty: parcel.Certain})
	p.AddLink(parcel.Link{Number: "10100011607346", Since: now, Reason: "copyRealMailNo", Certainty: parcel.Certain})
	p.Maybe = []parcel.Link{{Number: "LP00710020030040", Certainty: parcel.Maybe}}
	p.Settle("RU", now)
	return p
}

func asked() []status.Asked {
	return []status.Asked{
		{Carrier: "cainiao", Number: "RB123456785CN", Result: parcel.ResultOK, Link: "https://example.org/ok"},
		{Carrier: "upu", Number: "10100011607346", Result: parcel.ResultChanged, Error: "upu: answer not understood: \x1b[2J", Detail: "a login\x1b[2J page", Why: message.Raw("a login\x1b[2J page"), Link: "https://example.org/upu"},
		{Carrier: "ukrposhta", Number: "RB123456785CN", Result: parcel.ResultNoCredential, Note: "ask the post for a token", Why: message.Raw("ask the post for a token"), Link: "https://example.org/u"},
	}
}

// golden compares got with a file, or writes the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestAParcelIsShownToPeople(t *testing.T) {
	t.Parallel()
	p := sample()
	for _, language := range locale.Languages() {
		say, err := locale.New(language)
		if err != nil {
			t.Fatal(err)
		}
		if language != "en" && language != "ru" {
			continue
		}
		var out bytes.Buffer
		if err := cli.WriteParcel(&out, say, status.Document(p, "RB123456785CN", asked(), now), p.StatusSince, now); err != nil {
			t.Fatal(err)
		}
		golden(t, "parcel."+language+".txt", out.Bytes())
	}
}

func TestANumberNobodyKnowsIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	say, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	p := parcel.Parcel{FirstSeen: now}
	p.AddLink(parcel.Link{Number: "RB123456785CN", Certainty: parcel.Certain})
	p.Settle("RU", now)
	var out bytes.Buffer
	if err := cli.WriteParcel(&out, say, status.Document(p, "", nil, now), time.Time{}, now); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "RB123456785CN\nno news from the carriers yet\nfrom China to Russia\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q first", got, want)
	}
}

func TestAParcelIsGivenToScripts(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := cli.WriteJSON(&out, status.Document(sample(), "RB123456785CN", asked(), now)); err != nil {
		t.Fatal(err)
	}
	golden(t, "parcel.json", out.Bytes())
}

func TestAFailedWriteIsAnError(t *testing.T) {
	t.Parallel()
	if err := cli.WriteJSON(broken{}, 1); err == nil {
		t.Error("a failed write is not told")
	}
}

func TestAParcelIsARow(t *testing.T) {
	t.Parallel()
	p := sample()
	row := status.ParcelRow(p, now)
	if row.Number != "10100011607346" || row.Status != parcel.ReadyForPickup || *row.PickupUntil != "2026-03-28" || row.Done || row.ETA != nil {
		t.Errorf("%+v", row)
	}
}

func TestTheShopsEmailIsNamedInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	say, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	d := status.Parcel{Number: "RB123456785CN", Events: []parcel.Event{{Text: "Departed", Sources: []string{"upu", parcel.SourceMail}}}}
	if err := cli.WriteParcel(&out, say, d, time.Time{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Departed (upu, магазин)") {
		t.Errorf("prints:\n%s", out.String())
	}
}

func TestPlacesAreInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	say, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	for want, e := range map[string]parcel.Event{
		"Китай, Guangzhou": {Country: "CN", Place: "Guangzhou"},
		"Китай":            {Country: "CN"},
		"Guangzhou":        {Place: "Guangzhou"},
		"":                 {},
	} {
		if got := cli.Place(say, e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
