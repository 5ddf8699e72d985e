package adapter_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

func TestNoNames(t *testing.T) {
	for in, want := range map[string]string{
		"Delivered, signed by JANE DOE":                 "Delivered, signed",
		"Delivered. Signed for by: J. Doe.":             "Delivered. Signed",
		"Signatory: Jane Doe":                           "",
		"Delivered (recipient: Jane Doe)":               "Delivered)",
		"Signed by recipient":                           "Signed by recipient",
		"Выдано получателю: ИВАНОВ И.И.":                "Выдано",
		"Received by local delivery company":            "Received by local delivery company",
		"Handed to courier":                             "Handed to courier",
		"Recipient not at home":                         "Recipient not at home",
		"Awaiting collection by recipient as requested": "Awaiting collection by recipient as requested",
		"已签收，签收人：张三":                                    "已签收，",
		"Вручено. Получатель: Иванов И. И.":             "Вручено.",
		"Вручение: Адресату почтальоном":                "Вручение: Адресату почтальоном",
		"Envío entregado. Receptor: Juana Pérez":        "Envío entregado.",
		"Recibido por JUANA PEREZ":                      "",
		"Envío entregado al destinatario":               "Envío entregado al destinatario",
		"Destinatario ausente":                          "Destinatario ausente",
		"Destinatario: ausente":                         "Destinatario: ausente",
		"consegnata. Ricevuta da: MARIO ROSSI":          "consegnata.",
		"consegnata, firmato da Mario Rossi":            "consegnata",
		"Livré, signé par Mme DUPONT":                   "Livré",
		"Reçu par le destinataire":                      "Reçu par le destinataire",
		"Accepted by carrier":                           "Accepted by carrier",
		"Arrived at collection point of addressee":      "Arrived at collection point of addressee",
	} {
		if got := adapter.NoNames(in); got != want {
			t.Errorf("NoNames(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCountries(t *testing.T) {
	for in, want := range map[string]string{
		"cn": "CN", "Mainland China": "CN", "Russian Federation,Vyatka": "RU", "Türkiye": "TR", "Atlantis": "", "": "", "C1": "",
	} {
		if got := adapter.CountryNamed(in); got != want {
			t.Errorf("CountryNamed(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestZone(t *testing.T) {
	for in, want := range map[string]string{
		"GMT+8": "+08:00", "GMT-3": "-03:00", "GMT+02:00": "+02:00", "+0530": "+05:30", "UTC+08:00": "+08:00", "z": "Z", "GMT": "Z",
		"": "", "MSK": "", "+25": "", "+0260": "",
	} {
		zone, ok := adapter.Zone(in)
		got := ""
		if ok {
			got = time.Date(2026, 1, 1, 0, 0, 0, 0, zone).Format("Z07:00")
		}
		if got != want {
			t.Errorf("Zone(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAt(t *testing.T) {
	for in, want := range map[string]string{
		"2026-02-03 11:20:00": "2026-02-03T11:20:00+08:00", "2026-02-03T11:20:00+03:00": "2026-02-03T11:20:00+03:00",
		" 2026-02-03 11:20:00 ": "2026-02-03T11:20:00+08:00", "0001-01-01 00:00:00": "", "9999-12-31 23:59:59": "", "x": "", "": "",
	} {
		at, ok := adapter.At(in, adapter.Fixed(8*3600), time.DateTime, time.RFC3339)
		got := ""
		if ok {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("At(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLaxValues(t *testing.T) {
	var got struct {
		A, B, C, D, E adapter.Lax
		F, G, H, I    adapter.Int
	}
	in := `{"A":" x ","B":7,"C":null,"D":{"a":1},"E":true,"F":7,"G":"1770000000000","H":"x","I":1.5e3}`
	if err := json.Unmarshal([]byte(in), &got); err != nil {
		t.Fatal(err)
	}
	if got.A != "x" || got.B != "7" || got.C != "" || got.D != "" || got.E != "true" || got.F != 7 || got.G != 1770000000000 || got.H != 0 || got.I != 1500 {
		t.Errorf("got %+v", got)
	}
}

func TestTimeline(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 3, 1, h, 0, 0, 0, time.UTC) }
	in := []parcel.Event{
		{Time: at(9), Text: "c"}, {Time: at(8), Text: "b"}, {Time: at(8), Text: "a"}, {Time: at(9), Text: "c"}, {Time: at(7), Text: "0"},
	}
	var got []string
	for _, e := range adapter.Timeline(in, true) {
		got = append(got, e.Text)
	}
	if diff := cmp.Diff([]string{"0", "a", "b", "c"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	many := make([]parcel.Event, 0, 700)
	for i := range 700 {
		many = append(many, parcel.Event{Time: at(0).Add(time.Duration(i) * time.Hour), Text: "x"})
	}
	bounded := adapter.Timeline(many, false)
	if len(bounded) != 500 || !bounded[499].Time.Equal(many[699].Time) {
		t.Errorf("%d events kept, the last at %s: the newest 500 are wanted", len(bounded), bounded[len(bounded)-1].Time)
	}
}

func TestParseTable(t *testing.T) {
	const head = "code\tsub\tstatus\tside\tmeaning\n# seen: in answers\n"
	table, err := adapter.ParseTable(head + "8\t*\tin_transit\t-\tProcessing\n8\t2\tready_for_pickup\t-\tAt the office\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[[2]string]parcel.Status{{"8", "2"}: parcel.ReadyForPickup, {"8", "9"}: parcel.InTransit, {"9", "2"}: ""} {
		if row, _ := table.Find(key[0], key[1]); row.Status != want {
			t.Errorf("%v is %q, want %q", key, row.Status, want)
		}
	}
	if row, _ := table.Find("8", "2"); row.Source != "seen: in answers" {
		t.Errorf("the row is known from %q", row.Source)
	}
	if _, err := adapter.ParseTable("code\tsub\tstatus\tside\tmeaning\n8\t*\tinfo\t-\tx\n"); err == nil {
		t.Error("a row without a source is taken")
	}
	for _, bad := range []string{"8\t*\tin_transit\n", "8\t*\tnowhere\t-\tx\n", "8\t*\tinfo\t-\tx\n8\t*\tinfo\t-\tx\n", "\t*\tinfo\t-\tx\n"} {
		if _, err := adapter.ParseTable(head + bad); err == nil {
			t.Errorf("table %q is taken", bad)
		}
	}
}

func TestCodesInCapitalsAndSmallLettersAreTheSame(t *testing.T) {
	table, err := adapter.ParseTable("code\tsub\tstatus\tside\tmeaning\n# seen: in answers\nIsS\t*\tdelivered\t-\tx\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"IsS", "ISS", "iss"} {
		if table.Row(code, "*").Status != parcel.Delivered {
			t.Errorf("%s is not found", code)
		}
	}
}

func TestADeliveryThatWordsDenyIsAFailedAttempt(t *testing.T) {
	row := adapter.Code{Status: parcel.Delivered}
	for words, want := range map[string]parcel.Status{
		"The shipment could not be delivered": parcel.AttemptFailed, "No se ha podido entregar": parcel.AttemptFailed, "Undelivered": parcel.AttemptFailed,
		"Non è stata consegnata": parcel.AttemptFailed, "Delivered to the neighbour, you were not at home": parcel.Delivered, "": parcel.Delivered,
		"The recipient was not present. Delivered": parcel.Delivered,
	} {
		if got := adapter.Sober(row, words).Status; got != want {
			t.Errorf("%q is %s, want %s", words, got, want)
		}
	}
}

func TestFlags(t *testing.T) {
	for text, want := range map[string]adapter.Flag{
		"true": true, `"true"`: true, `"TRUE"`: true, "1": true, `"1"`: true, "false": false, `"false"`: false, "0": false, "null": false, "{}": false,
	} {
		var got adapter.Flag
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %t (%v), want %t", text, got, err, want)
		}
	}
}

func TestAliases(t *testing.T) {
	if got := adapter.Alias("LP00999900000034", "rb123456785 cn", "f"); len(got) != 1 || got[0].Number != "RB123456785CN" || got[0].Field != "f" {
		t.Errorf("got %v", got)
	}
	for _, s := range []string{"", "LP00999900000034", "no <number>"} {
		if got := adapter.Alias("LP00999900000034", s, "f"); got != nil {
			t.Errorf("%q gives %v", s, got)
		}
	}
	if !adapter.Same("RB123456785CN", " rb 123456785 cn") || adapter.Same("RB123456785CN", "") {
		t.Error("numbers are compared wrongly")
	}
}
