package notify_test

import (
	"testing"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// A parcel came to mailbox a, then to b, then to c. Each audience hears of it once as
// new: with the first of its mailboxes.
func TestAParcelIsNewOnceToEachAudience(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		reads, boxes []string // of the audience, of the parcel
		configured   []string
		joined       string // the mailbox for whose readers it is new
		shown, news  bool
	}{
		"all mailboxes":                    {nil, []string{"a", "b"}, []string{"a", "b"}, "b", true, false},
		"the first mailbox":                {[]string{"a"}, []string{"a", "b"}, []string{"a", "b"}, "b", true, false},
		"the second mailbox":               {[]string{"b"}, []string{"a", "b"}, []string{"a", "b"}, "b", true, true},
		"both":                             {[]string{"b", "a"}, []string{"a", "b"}, []string{"a", "b"}, "b", true, false},
		"the second and the third, first":  {[]string{"b", "c"}, []string{"a", "b", "c"}, []string{"a", "b", "c"}, "b", true, true},
		"the second and the third, second": {[]string{"b", "c"}, []string{"a", "b", "c"}, []string{"a", "b", "c"}, "c", true, false},
		"another one":                      {[]string{"d"}, []string{"a", "b"}, []string{"a", "b", "d"}, "b", false, false},
		"a renamed one":                    {[]string{"b"}, []string{"a", "b"}, []string{"b", "d"}, "b", true, false},
		"beside a renamed one":             {[]string{"d"}, []string{"a", "b"}, []string{"b", "d"}, "b", false, false},
		"a removed one":                    {[]string{"d"}, []string{"a"}, []string{"d"}, "", true, true},
		"after it was added by hand":       {[]string{"a"}, []string{"a"}, []string{"a"}, "a", true, false},
	} {
		d := notify.Compose(notify.Input{
			Audience: notify.Audience{Mailboxes: tc.reads}, Mailboxes: tc.configured,
			Parcels: []parcel.Parcel{{ID: 1, Status: parcel.InTransit, Mailboxes: tc.boxes}},
			Changes: []parcel.Change{{ID: 1, Kind: parcel.ChangeNewParcel, Parcel: 1, Mailbox: tc.joined}},
		}, noon)
		if shown := len(d.Sections) > 0; shown != tc.shown || (d.News > 0) != tc.news || len(d.Told) != 1 {
			t.Errorf("%s: shown %t, %d news, announced %v; want shown %t, news %t", name, shown, d.News, d.Told, tc.shown, tc.news)
		}
	}
}
