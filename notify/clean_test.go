package notify_test

import (
	"strings"
	"testing"

	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestIsolate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "cable": "cable", "кабель": "кабель", "电缆": "电缆",
		"כבל 2": "\u2068כבל 2\u2069", "box كابل": "\u2068box كابل\u2069",
	} {
		if got := notify.Isolate(in); got != want {
			t.Errorf("Isolate(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	with := func(n number.Number, phase parcel.Phase) *parcel.Parcel {
		return &parcel.Parcel{Links: []parcel.Link{{Number: n}}, Phase: phase, Origin: "BY", Destination: "RU"}
	}
	for _, c := range []struct {
		name       string
		p          *parcel.Parcel
		host, post string
	}{
		{"at the origin it is the origin's post", with("RB123456785BY", parcel.PhaseOrigin), "belpost", "BY"},
		{"the post that gave out the number counts, not where it is sent from", with("RB123456785CN", parcel.PhaseOrigin), "ems.com.cn", "CN"},
		{"after that it is the destination's", with("RB123456785BY", parcel.PhaseBetween), "pochta.ru", "RU"},
		{"a number of no post names none", with("LP00999900000034", parcel.PhaseBetween), "cainiao", ""},
		{"no number has no page", &parcel.Parcel{}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			link, post := notify.Page(c.p, "")
			if !strings.Contains(link, c.host) || (c.host == "") != (link == "") {
				t.Errorf("the page is %q, want one of %q", link, c.host)
			}
			if !strings.Contains(post, c.post) || (c.post == "") != (post == "") {
				t.Errorf("the post is %q, want %q", post, c.post)
			}
		})
	}
	evil := with(`RB1"><script>`, parcel.PhaseBetween)
	if link, _ := notify.Page(evil, ""); strings.ContainsAny(link, `"<> `) {
		t.Errorf("the page is %q", link)
	}
}

func TestRenderKeepsDatesAndRangesOnOneLine(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{
		"en": {`<span style="white-space:nowrap;">6–25</span>` + "\u00a0days", "Changes&nbsp;<span", "Shanghai\u00a0· Left"},
		"es": {`<span style="white-space:nowrap;">5–20</span>` + "\u00a0días", "jueves, 12\u00a0de\u00a0marzo", "11\u00a0de\u00a0marzo de 2026"},
		"fr": {`<span style="white-space:nowrap;">5 à 20</span>`, "vendredi 13\u00a0mars à 08:00."},
		"de": {"13.\u00a0März, 08:00 Uhr."},
	} {
		got := render(t, notify.Compose(sample(t, lang), noon), lang).HTML
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in the digest", lang, w)
			}
		}
	}
}
