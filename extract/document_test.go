package extract_test

import (
	"encoding/json"
	"testing"
	"time"

	"parcelwatch/extract"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	n := parcel.Notice{
		Shop: theShop.Name(), Verdict: parcel.Verdict{Trust: parcel.TrustVerified, Reason: message.Raw("dkim=pass")}, Step: parcel.StepInCountry, StepWords: "in your country/region",
		Orders: []string{order1}, Parcels: []parcel.NoticeParcel{{Number: lp, Orders: []string{order1}, Step: parcel.StepInCountry}},
		Logistics: parcel.Logistics{Sender: "Singapore Post", Sites: []string{"singpost.com"}},
		Items:     []parcel.Item{{Title: "Cable", Variant: "1 m", Quantity: 1}}, ETA: "2026-03-05",
		Sent: time.Date(2026, 3, 1, 9, 30, 9, 0, time.FixedZone("", 3600)),
	}
	const want = `{"schema":1,"file":"x.eml","shop":"aliexpress","trusted":"verified","trust_reason":"dkim=pass","step":"in_country",` +
		`"step_words":"in your country/region","status":"import","orders":["8190000000001234"],"parcels":[{"number":"LP00999900000034",` +
		`"family":"cainiao","orders":["8190000000001234"],"step":"in_country"}],"logistics":{"sender":"Singapore Post","sites":["singpost.com"]},` +
		`"items":[{"title":"Cable","variant":"1 m","quantity":1}],"eta":"2026-03-05","sent":"2026-03-01T08:30:09Z","problems":[]}`
	got, err := json.Marshal(extract.Document("x.eml", n))
	if err != nil || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}

func TestADocumentOfNothingHasNoNulls(t *testing.T) {
	t.Parallel()
	const want = `{"schema":1,"file":"","shop":"","trusted":"foreign","trust_reason":"","step":"none","step_words":"","status":"info","orders":[],` +
		`"parcels":[],"logistics":{"sender":"","sites":[]},"items":[],"eta":"","sent":"","problems":[]}`
	n := parcel.Notice{Step: parcel.StepNone, Verdict: parcel.Verdict{Trust: parcel.TrustForeign}}
	if got, err := json.Marshal(extract.Document("", n)); err != nil || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}
