package carriers_test

import (
	"testing"

	"parcelwatch/carriers"
)

func TestARedactedAnswerKeepsItsStructureAndNamesNobody(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"mailNo":"RB123456785CN","code":21,"time":"2026-02-04 11:20:00"}`: `{"mailNo":"RB000000000CN","code":21,"time":"2026-02-04 11:20:00"}`,
		`{"recipientName": "Иванов И.", "city":"Москва"}`:                   `{"recipientName": "xxxxxx x.", "city":"Москва"}`,
		`{"signedBy":"O\"Neil","status":"DELIVERED"}`:                       `{"signedBy":"x\"xxxx","status":"DELIVERED"}`,
		`<td>call +49 170 1234567 or me@example.org</td>`:                   `<td>call +00 000 0000000 or xx@xxxxxxx.xxx</td>`,
		`not found`: `not found`,
	} {
		if got := string(carriers.Redact([]byte(in))); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
	}
}
