package all_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// settled is the parcel with the events of one source.
func settled(name string, n number.Number, t parcel.Tracking) parcel.Parcel {
	now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	p := parcel.Parcel{FirstSeen: now, Sources: []parcel.Source{{Carrier: name, Number: n, Events: t.Events, ETA: t.ETA}}}
	p.Settle("", now)
	return p
}

const cn, ip, fr, se, it, es, de = "LP00999900000034", "999900000000000000000017", "CW999900018FR", "UA999900214SE",
	"RN999900333IT", "CP999900435ES", "00340434999900000008"

func cainiaoAnswer(codes ...string) string {
	var list []string
	for i, c := range codes {
		list = append(list, fmt.Sprintf(`{"timeStr":"2026-09-%d 10:00:00","timeZone":"GMT+2","desc":"words","actionCode":%q}`, 28-i, c))
	}
	return `{"success":true,"module":[{"mailNo":"` + cn + `","mailNoSource":"AE_GLOBAL","detailList":[` + strings.Join(list, ",") + `]}]}`
}

func inpostAnswer(codes ...string) string {
	var list []string
	for i, c := range codes {
		list = append(list, fmt.Sprintf(`{"status":%q,"datetime":"2026-09-%dT10:00:00.000+02:00"}`, c, 28-i))
	}
	return `{"tracking_number":"` + ip + `","tracking_details":[` + strings.Join(list, ",") + `]}`
}

func laposteAnswer(id, more string, codes ...string) string {
	var list []string
	for i, c := range codes {
		list = append(list, fmt.Sprintf(`{"code":%q,"label":"words","date":"2026-09-%dT10:00:00+02:00"}`, c, 28-i))
	}
	return `{"returnCode":200,"shipment":{"idShip":"` + id + `","event":[` + strings.Join(list, ",") + `]}` + more + `}`
}

func postnordAnswer(state, code, text string) string {
	return `{"TrackingInformationResponse":{"shipments":[{"shipmentId":"` + se + `","items":[{"itemId":"` + se + `","events":[` +
		fmt.Sprintf(`{"eventTime":"2026-09-20T08:00:00","eventCode":%q,"status":%q,"eventDescription":%q,"location":{"countryCode":"SWE"}}`, code, state, text) + `]}]}]}}`
}

func posteAnswer(head, movements string) string {
	return `{"idTracciatura":"` + it + `","flagRitorno":false,` + head + `"listaMovimenti":[` + movements + `]}`
}

func correosAnswer(events, others string) string {
	return `[{"codEnvio":"` + es + `","eventos":` + events + `,"enviosAsociados":[` + others + `],"error":{"codError":"0"}}]`
}

func correosPhase(phase, words string) string {
	return `{"shipment":{"shipmentCode":"` + es + `","events":{"eventDate":"21/09/2026","eventTime":"10:00:00",` + fmt.Sprintf(`"phase":%q,"summaryText":%q}}}`, phase, words)
}

func dhlAnswer(code, words string) string {
	return `{"shipments":[{"id":"` + de + `","events":[` +
		fmt.Sprintf(`{"timestamp":"2026-09-08T15:38:00","location":{"address":{"addressLocality":"Germany"}},"statusCode":%q,"status":%q}`, code, words) + `]}]}`
}

func trackAnswer(sub, stage string) string {
	e := fmt.Sprintf(`{"time_iso":"2026-09-25T10:00:00-03:00","description":"words","sub_status":%q,"stage":%s}`, sub, stage)
	return `{"code":0,"data":{"accepted":[{"number":"` + cn + `","track_info":{"latest_status":{"status":"InTransit"},"tracking":{"providers":[{"events":[` + e + `]}]}}}],"rejected":[]}}`
}

func TestAnswerForms(t *testing.T) {
	notice := `{"statoLavorazione":"la spedizione è in lavorazione","dataOra":1789500000000}`
	for _, tc := range []struct {
		name, carrier string
		number        number.Number
		answer        string
		want          parcel.Status // "" if the number is not known
	}{
		{"a seller prepares it", "cainiao", cn, `{"success":true,"module":[{"mailNo":"` + cn + `","mailNoSource":"EXTERNAL","status":"WAIT_SELLER_SEND_GOODS","detailList":[]}]}`, parcel.PreAdvice},
		{"a number of others without events", "cainiao", cn, `{"success":true,"module":[{"mailNo":"` + cn + `","mailNoSource":"EXTERNAL","status":"DELIVERING","detailList":[]}]}`, ""},
		{"at a point", "cainiao", cn, cainiaoAnswer("PUDO_INBOUND", "LH_ARRIVE"), parcel.ReadyForPickup},
		{"handed out at a point", "cainiao", cn, cainiaoAnswer("GTMS_PUDO_SIGNED", "GTMS_PUDO_INBOUND"), parcel.Delivered},
		{"not fetched", "cainiao", cn, cainiaoAnswer("GTMS_PUDO_OVERDUE", "GTMS_PUDO_INBOUND"), parcel.Returning},
		{"any code of the way back", "cainiao", cn, cainiaoAnswer("RT_DO_SOMETHING", "LH_ARRIVE"), parcel.Returning},
		{"any exception", "cainiao", cn, cainiaoAnswer("LM_SORT_EXCEPTION", "LH_ARRIVE"), parcel.Exception},
		{"back at the sender", "cainiao", cn, cainiaoAnswer("RT_SIGNIN_SUCCESS", "LM_UNREACHABLE_RETURN"), parcel.Returned},
		{"a code in small letters", "cainiao", cn, cainiaoAnswer("lm delivery failure"), parcel.AttemptFailed},
		{"a note after a delivery", "cainiao", cn, cainiaoAnswer("NEWLY_MADE", "GTMS_SIGNED"), parcel.Delivered},
		{"a complaint", "inpost", ip, inpostAnswer("claimed", "ready_to_pickup"), parcel.ReadyForPickup},
		{"returned to the sender is not yet there", "inpost", ip, inpostAnswer("adopted_at_sorting_center", "returned_to_sender"), parcel.Returning},
		{"a receipt for the sender", "inpost", ip, inpostAnswer("return_pickup_confirmation_to_sender"), parcel.Delivered},
		{"nobody at the address", "inpost", ip, inpostAnswer("pickup_reminder_sent_address"), parcel.AttemptFailed},
		{"undelivered", "inpost", ip, inpostAnswer("undelivered"), parcel.Exception},
		{"no letterbox", "inpost", ip, inpostAnswer("undelivered_lack_of_access_letterbox"), parcel.Returning},
		{"taken back from a point", "inpost", ip, inpostAnswer("taken_by_courier_from_customer_service_point"), parcel.Returning},
		{"delayed is not delivered", "laposte", fr, laposteAnswer(fr, "", "DI3", "ET3"), parcel.InTransit},
		{"failed attempt", "laposte", fr, laposteAnswer(fr, "", "MD3", "MD1"), parcel.AttemptFailed},
		{"information after a delivery", "laposte", fr, laposteAnswer(fr, "", "ID1", "ID0", "DI1"), parcel.Delivered},
		{"a way back goes on", "laposte", fr, laposteAnswer(fr, "", "ET1", "RE1", "ET3"), parcel.Returning},
		{"a check character behind the number", "laposte", "XX99990000017", laposteAnswer("XX99990000017J", "", "MD2"), parcel.OutForDelivery},
		{"the number only repeated", "laposte", fr, laposteAnswer("", `,"inputIdShip":"`+fr+`"`, "DI1"), parcel.Delivered},
		{"with the courier by its code", "postnord", se, postnordAnswer("EN_ROUTE", "113", "In progress"), parcel.OutForDelivery},
		{"VAT is due", "postnord", se, postnordAnswer("CUSTOMS_STOPPED_VAT", "90", "Stopped"), parcel.CustomsHold},
		{"a charge is due", "postnord", se, postnordAnswer("EN_ROUTE", "93", "Import Charge sent to recipient."), parcel.CustomsHold},
		{"in clearance", "postnord", se, postnordAnswer("STOPPED", "91", "The item is being customs cleared by us."), parcel.Customs},
		{"held for the booked day", "postnord", se, postnordAnswer("STOPPED", "92", "It is being held, awaiting the booked delivery date."), parcel.InTransit},
		{"stopped", "postnord", se, postnordAnswer("STOPPED", "99", "Stopped"), parcel.Exception},
		{"an expired number", "posteitaliane", it, posteAnswer("", ""), ""},
		{"accepted at an office", "posteitaliane", it, posteAnswer(`"esitoRicerca":"3",`, `{"statoLavorazione":"da un nostro operatore presso l'ufficio postale di ROMA","dataOra":1789500000000}`), parcel.Accepted},
		{"handed over in new words", "posteitaliane", it, posteAnswer(`"esitoRicerca":"3","stato":"5",`, notice+`,{"statoLavorazione":"lasciata al vicino","dataOra":1789586400000}`), parcel.Delivered},
		{"a time in words", "posteitaliane", it, posteAnswer(`"esitoRicerca":"3",`, `{"statoLavorazione":"consegnata","dataOra":"16/09/2026 10:30"}`), parcel.Delivered},
		{"one event alone", "correos", es, correosAnswer(`{"fecEvento":"21/09/2026","horEvento":"19:38:09","codEvento":"Q1","desTextoResumen":"Prerregistrado"}`, ""), parcel.PreAdvice},
		{"at the delivery unit", "correos", es, correosAnswer(`[{"fecEvento":"21/09/2026","horEvento":"19:38:09","codEvento":"Q1","desTextoResumen":"Alta en la unidad de reparto"}]`, ""), parcel.InTransit},
		{"going back", "correos", es, correosAnswer(`[{"fecEvento":"21/09/2026","horEvento":"19:38:09","codEvento":"Q1","desTextoResumen":"En proceso de devolución"}]`, ""), parcel.Returning},
		{"a lone event of a list", "laposte", fr, `{"returnCode":200,"shipment":{"idShip":"` + fr + `","isFinal":"true","event":{"code":"di1","label":"x","date":"2026-09-20T10:00:00+02:00"}}}`, parcel.Delivered},
		{"a lone entry, and success as a word", "cainiao", cn, `{"success":"true","module":{"mailNo":"` + cn + `","mailNoSource":"AE","detailList":{"timeStr":"2026-09-20 10:00:00","desc":"x","actionCode":"GTMS_SIGNED"}}}`, parcel.Delivered},
		{"a lone shipment", "postnord", se, `{"TrackingInformationResponse":{"shipments":{"shipmentId":"` + se + `","items":{"itemId":"` + se + `","events":{"eventTime":"2026-09-10T08:00:00","status":"delivered","eventDescription":"x","location":{}}}}}}`, parcel.Delivered},
		{"a lone operation, its code in small letters", "kazpost", "RB123456785CN", `{"events":{"date":"28.09.2026","activity":{"time":"10:00","city":"x","status":"isspay"}}}`, parcel.Delivered},
		{"a shipment without items", "postnord", se, `{"TrackingInformationResponse":{"shipments":[{"shipmentId":"` + se + `","items":[]}]}}`, ""},
		{"held by customs", "postnord", se, postnordAnswer("EN_ROUTE", "94", "It is held by customs, documents are missing"), parcel.CustomsHold},
		{"a fee is due", "postnord", se, postnordAnswer("EN_ROUTE", "95", "The customs fee has to be paid before delivery"), parcel.CustomsHold},
		{"duties are due", "posteitaliane", it, posteAnswer(`"esitoRicerca":"3",`, `{"statoLavorazione":"In attesa del pagamento degli oneri doganali","dataOra":1789500000000,"box":"3"}`), parcel.CustomsHold},
		{"held at customs", "posteitaliane", it, posteAnswer(`"esitoRicerca":"3",`, `{"statoLavorazione":"Trattenuta in dogana","dataOra":1789500000000,"box":"3"}`), parcel.CustomsHold},
		{"nobody was there", "posteitaliane", it, posteAnswer(`"esitoRicerca":"3",`, `{"statoLavorazione":"Consegna non riuscita per destinatario assente","dataOra":1789500000000,"box":"3"}`), parcel.AttemptFailed},
		{"brought to a point", "posteitaliane", it, posteAnswer(`"esitoRicerca":"3",`, `{"statoLavorazione":"Consegnata al punto di ritiro","dataOra":1789500000000,"box":"4"}`), parcel.ReadyForPickup},
		{"given back in the last phase", "correos", es, correosPhase("4", "Envío devuelto al remitente"), parcel.Returned},
		{"without accents", "correos", es, correosPhase("3", "EN DEVOLUCION"), parcel.Returning},
		{"not delivered in the last phase", "correos", es, correosPhase("4", "No se ha podido entregar"), parcel.AttemptFailed},
		{"held at customs", "correos", es, correosPhase("2", "Envío retenido en aduana"), parcel.CustomsHold},
		{"duties are due", "correos", es, correosPhase("2", "En aduana. Pendiente de pago de aranceles"), parcel.CustomsHold},
		{"at a locker", "correos", es, correosPhase("3", "Disponible en Citypaq"), parcel.ReadyForPickup},
		{"nobody was there", "correos", es, correosPhase("3", "Destinatario ausente"), parcel.AttemptFailed},
		{"a denied delivery", "dhl", de, dhlAnswer("delivered", "The shipment could not be delivered"), parcel.AttemptFailed},
		{"held by customs", "belpost", "RB123456785CN", `{"data":{"number":"RB123456785CN","steps":{"timestamp":1789500000,"event":"Задержано таможней"}}}`, parcel.CustomsHold},
		{"handed to customs", "belpost", "RB123456785CN", `{"data":{"number":"RB123456785CN","steps":{"timestamp":1789500000,"event":"Передано на таможенный контроль"}}}`, parcel.Customs},
		{"a departure", "dhl", de, dhlAnswer("transit", "The shipment will be transported to the destination country"), parcel.Export},
		{"with the courier", "dhl", de, dhlAnswer("transit", "Being delivered."), parcel.OutForDelivery},
		{"with the courier, without a code", "dhl", de, dhlAnswer("", "Being delivered."), parcel.OutForDelivery},
		{"taken over", "dhl", de, dhlAnswer("transit", "Pick-up was successful."), parcel.Accepted},
		{"packed again", "dhl", de, dhlAnswer("transit", "It is damaged and is being returned to the parcel center for repackaging"), parcel.Exception},
		{"a new sub-status of a known stage", "seventeentrack", cn, trackAnswer("AvailableForPickup_Cupboard", "null"), parcel.ReadyForPickup},
		{"a new sub-status beside its stage", "seventeentrack", cn, trackAnswer("New_Thing", `"OutForDelivery"`), parcel.OutForDelivery},
		{"announced", "fourpx", "4PX3000999900011CN", `{"result":1,"data":[{"queryCode":"4PX3000999900011CN","status":"1","tracks":[{"tkCode":"FPX_O_IRI","tkDesc":"x","tkDateStr":"2026-09-20 10:00:00"}]}]}`, parcel.PreAdvice},
		{"12 digits lack a zero", "ukrposhta", "500999900018", `{"found":{"0500999900018":[{"barcode":"0500999900018","event":10100,"date":"2026-09-10T10:00:00","eventName":"x"}]},"notFound":[]}`, parcel.Accepted},
	} {
		t.Run(tc.carrier+": "+tc.name, func(t *testing.T) {
			res := ask(t, tc.carrier, 200, []byte(tc.answer), tc.number)
			if tc.want == "" {
				if got := carriers.ResultOf(res.Err); got != parcel.ResultNotFound {
					t.Errorf("%s (%v), want not_found", got, res.Err)
				}
				return
			}
			if got := settled(tc.carrier, tc.number, res.Tracking).Status; res.Err != nil || got != tc.want {
				t.Errorf("%s (%v), want %s", got, res.Err, tc.want)
			}
		})
	}
}

func TestOtherFactsOfAnswers(t *testing.T) {
	relabelled := ask(t, "correos", 200, []byte(correosAnswer(`[{"fecEvento":"21/09/2026","horEvento":"19:38:09","codEvento":"Q1","desTextoResumen":"Reetiquetado"}]`, `{"codEnvio":"CP999900449ES"}`)), es)
	if a := relabelled.Tracking.Aliases; len(a) != 1 || a[0].Number != "CP999900449ES" {
		t.Errorf("the number after relabelling is %v", a)
	}
	day := ask(t, "posteitaliane", 200, []byte(posteAnswer(`"esitoRicerca":"3","dataPrevistaConsegna":"Consegna prevista entro Giovedì 3 Dicembre 2026",`, `{"statoLavorazione":"la spedizione è in lavorazione","dataOra":1789500000000}`)), it)
	if day.Tracking.ETA != "2026-12-03" {
		t.Errorf("the expected day in words is %q", day.Tracking.ETA)
	}
	place := ask(t, "dhl", 200, []byte(dhlAnswer("delivered", "Delivery successful.")), de)
	if e := place.Tracking.Events; len(e) != 1 || e[0].Country != "DE" {
		t.Errorf("a place that is a country's name is read as %v", e)
	}
	sub := ask(t, "seventeentrack", 200, []byte(trackAnswer("AvailableForPickup_Cupboard", "null")), cn)
	if !slices.Equal(sub.Unmapped, []string{"AvailableForPickup_Cupboard"}) {
		t.Errorf("unknown sub-statuses are reported as %q", sub.Unmapped)
	}
}

// tableOf is the code table of a carrier.
func tableOf(t *testing.T, name string) adapter.Table {
	t.Helper()
	table, err := adapter.ParseTable(carriers.CodeTable(name))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestAnyOrderOfACarriersCodes draws events from each carrier's own table.
func TestAnyOrderOfACarriersCodes(t *testing.T) {
	files, err := filepath.Glob("../*/codes.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			table := tableOf(t, filepath.Base(filepath.Dir(file)))
			rows := slices.DeleteFunc(append(table.Codes(), adapter.Unknown()), func(c adapter.Code) bool { return c.Status == adapter.Ignored })
			rapid.Check(t, func(t *rapid.T) {
				drawn := rapid.SliceOfN(rapid.SampledFrom(rows), 1, 10).Draw(t, "codes")
				var events []parcel.Event
				last, returning := parcel.Status(""), false
				for i, row := range drawn {
					at := time.Date(2026, 9, 1+i, 9, 0, 0, 0, time.UTC)
					events = append(events, parcel.Event{Time: at, ZoneKnown: true, Status: row.Status, Guess: row.Guess, Text: "x", Code: row.Code})
					if s := row.Status; !row.Guess && s != parcel.Info && s != parcel.Expired && s != parcel.PreAdvice {
						last = s
						returning = s == parcel.Returning || returning && s != parcel.Delivered && s != parcel.Returned
					}
				}
				got := settled("post", "RB123456785CN", parcel.Tracking{Events: events}).Status
				if got == parcel.Delivered && last != parcel.Delivered || got == parcel.ReadyForPickup && returning {
					t.Fatalf("it is %s, the last decisive event %s, on its way back: %t", got, last, returning)
				}
			})
		})
	}
}
