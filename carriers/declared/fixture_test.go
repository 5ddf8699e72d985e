package declared_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/declared"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const jsonPost = start + `request = { url = "https://post.example/{number}" }
not_found = "$.error"
item = "$.items[?@.kind=='PARCEL']"
number = "$.number"
events = "$.scans[*]"
time = ["$.day", "$.hour"]
layout = ["2 Jan 2006", "2 Jan 2006 15:04", "2006-01-02 15:04", "unixms", "rfc3339"]
zone = "Asia/Tashkent"
place = "$.city"
text = "$.msg"
code = "$.code"
aliases = "$.other"
eta = "$.eta"
pickup_place = "$.pickup"
cut = ["left with .*"]
personal = ["clerk"]
[carrier.status]
"/(?i)accepted/" = "accepted"
"/(?i)delivered/" = "delivered"
1000000123 = "import"
`

const htmlPost = start + `request = { url = "https://post.example/{number}" }
not_found = "p.none"
complete = "<!-- end 77 -->"
events = "table[data-kind=events] tr"
time = "td:nth-child(1)"
layout = ["2 Jan 2006", "02.01.2006 15:04"]
text = ["td:nth-child(2)", "td:nth-child(3)"]
[carrier.status]
"/(?i)accepted/" = "accepted"
"/(?i)delivered/" = "delivered"
`

// planted is personal data that no kept answer may hold.
func planted() []string {
	return []string{
		"RB123456785UZ", "PLANTED", "Planted", "planted", "+998 90 123 45 67", "90 123 45 67", "1234567", "8 (495) 123-45-67", "495", "998901234567",
		"Main Street", "17a", "01/02/1990x", "UA000123456", "000123456",
	}
}

// TestAKeptAnswerHoldsNoPersonalDataAndIsReadAsBefore keeps answers and reads them again.
func TestAKeptAnswerHoldsNoPersonalDataAndIsReadAsBefore(t *testing.T) {
	t.Parallel()
	head := `{"items":[{"kind":"PARCEL","number":"RB123456785UZ","scans":[`
	for name, tc := range map[string]struct{ definition, answer, keeps string }{
		"a day in words": {jsonPost, head + `{"day":"1 Mar 2026","msg":"Accepted"},{"day":"11 Mar 2026","hour":"09:05","msg":"Delivered"}],
			"phone":"+998 90 123 45 67","mobile":"8 (495) 123-45-67","sender":{"street":"Main Street 17a","zip":111111,"n":1}}]}`, "1 Mar 2026"},
		"a time in two parts": {jsonPost, head + `{"day":"2026-03-01","hour":"09:30","msg":"Accepted","city":"Tashkent"}]}],"receiverTel":998901234567,"r":"PLANTED PERSON"}`, "2026-03-01"},
		"milliseconds":        {jsonPost, head + `{"day":1772330400000,"msg":"Accepted","clerk":"PLANTED"}]}],"tel":1772330498901234567}`, "1772330400000"},
		"a name and a phone in an event": {jsonPost, head + `{"day":"1 Mar 2026","msg":"Delivered, signed by PLANTED PERSON"},
			{"day":"2 Mar 2026","msg":"Accepted, call +998 90 123 45 67 or planted@post.example"},{"day":"3 Mar 2026","msg":"Delivered, left with PLANTED"}]}]}`, "2 Mar 2026"},
		"the number in a text":     {jsonPost, head + `{"day":"1 Mar 2026","msg":"RB123456785UZ was accepted"}]}]}`, "1 Mar 2026"},
		"another number":           {jsonPost, head + `{"day":"1 Mar 2026","msg":"Accepted"}],"other":"UA000123456YP"}]}`, "1 Mar 2026"},
		"a code with many digits":  {jsonPost, head + `{"day":"1 Mar 2026","code":"1000000123"},{"day":"2 Mar 2026","code":1000000123}]}]}`, "1000000123"},
		"a place to collect":       {jsonPost, head + `{"day":"1 Mar 2026","msg":"Accepted"}],"pickup":"Main Street 17a","eta":"5 Mar 2026"}]}`, "5 Mar 2026"},
		"a call":                   {jsonPost, `cb_17(` + head + `{"day":"1 Mar 2026","msg":"Accepted"}]}],"name":"Planted \u0050LANTED"});`, "cb_17("},
		"a time that does not fit": {jsonPost, head + `{"day":"1 Mar 2026","msg":"Accepted"},{"day":"soon","msg":"Accepted"},{"day":"1234567","msg":"x"}]}]}`, "soon"},
		"a page": {htmlPost, `<html><body><h1 title="PLANTED PERSON">RB123456785UZ</h1><p>Dear Planted, Main Street 17a</p>
			<script>var user = {name: "PLANTED", id: 1234567}</script><!-- for PLANTED --><a href="tel:+998 90 123 45 67">+998&nbsp;90 123 45 67</a>
			<table data-kind=events><tr><td>1 Mar 2026</td><td>Accepted</td><td><b>by the post</b></td></tr>
			<tr><td>02.03.2026 17:17</td><td>Delivered, signed by</td><td>PLANTED PERSON</td></tr></table>1 7 <input value="1234567"><!-- end 77 --></body></html>`, "02.03.2026 17:17"},
	} {
		f, err := compile(t, tc.definition)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		kept{name, f, "RB123456785UZ", []byte(tc.answer), planted(), tc.keeps}.again(t)
	}
}

// kept is an answer that is kept, what it must not hold, and what it must.
type kept struct {
	name    string
	factory carriers.Factory
	number  number.Number
	answer  []byte
	hidden  []string
	keeps   string
}

// again keeps the answer and reads it with its new number.
func (k kept) again(t *testing.T) {
	t.Helper()
	name, n := k.name, k.number
	c, err := k.factory.New(carriers.Config{HTTP: carriertest.NoNetwork()})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	before, trace, err := declared.Try(ctx, c, n, k.answer)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	kept, invented := declared.Fixture(trace, n)
	for _, p := range k.hidden {
		if strings.Contains(string(kept), p) {
			t.Errorf("%s: %q is kept:\n%s", name, p, kept)
		}
	}
	if !strings.Contains(string(kept), k.keeps) {
		t.Errorf("%s: %q is lost:\n%s", name, k.keeps, kept)
	}
	after, _, err := declared.Try(ctx, c, invented, kept)
	if err != nil || invented == n {
		t.Fatalf("%s: error %v for %s:\n%s", name, err, invented, kept)
	}
	if diff := cmp.Diff(outline(before.Tracking), outline(after.Tracking)); diff != "" {
		t.Errorf("%s: read otherwise:\n%s\n%s", name, diff, kept)
	}
}

// outline is what a kept answer must still say: all but words, which lose names.
func outline(t parcel.Tracking) parcel.Tracking {
	t.Events, t.Aliases = slices.Clone(t.Events), make([]parcel.Alias, len(t.Aliases))
	t.PickupPlace = strings.Map(func(rune) rune { return -1 }, t.PickupPlace)
	for i := range t.Events {
		t.Events[i].Text = ""
	}
	return t
}

// TestKeptRecordingsAreReadAsBefore keeps every recording of the carriers that have a
// definition.
func TestKeptRecordingsAreReadAsBefore(t *testing.T) {
	t.Parallel()
	for _, s := range suites() {
		full := complete(t, s)
		for _, k := range full.Known {
			body, err := os.ReadFile(filepath.Join(full.Dir, k.Recording))
			if err != nil {
				t.Fatal(err)
			}
			kept{full.Info.Name + " " + k.Recording, carriers.Factory{Info: full.Info, New: full.New}, k.Number, body, append(full.Private, string(k.Number)), ""}.again(t)
		}
	}
}
