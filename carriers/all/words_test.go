package all_test

import (
	"slices"
	"testing"

	"parcelwatch/parcel"
)

// TestAKnownWordInAnotherSenseIsNoArrival reads texts by the tables of the carriers that
// are read by their words.
func TestAKnownWordInAnotherSenseIsNoArrival(t *testing.T) {
	arrived := []parcel.Status{parcel.Delivered, parcel.ReadyForPickup, parcel.Returned}
	for name, texts := range map[string]struct {
		code     string
		not, are []string
	}{
		"singpost": {"words", []string{
			"Delivered to carrier", "Delivered to the airline", "Delivered to customs", "Delivered in error", "Delivered to the wrong address",
			"Will be delivered", "To be delivered", "Not delivered", "Not yet delivered", "Undelivered", "Expected delivered by 5 March", "Delivery attempted",
			"Unable to be delivered", "May be delivered today", "Almost delivered", "Item could not be delivered", "When delivered you get a message",
			"Ready for collection by courier", "Available for collection by the carrier", "Will be ready for collection", "Not ready for collection",
		}, []string{"Delivered", "Delivered to addressee", "Delivered by courier", "Ready for collection", "Delivered to mailbox", "Ready for collection at post office"}},
		"dhl": {"transit", []string{
			"The shipment is available for pick-up by the courier", "Ready for pick-up by our driver", "The shipment will be ready for pick-up", "Not ready for pick-up",
		}, []string{"The shipment is ready for pick-up", "Available for pick-up at the shop"}},
		"correos": {"text", []string{
			"Entregado al transportista", "Entregado a la aduana", "Será entregado mañana", "No entregado", "Pendiente de ser entregado", "Entregado por error",
			"Disponible para el transportista",
		}, []string{"Entregado", "Envío entregado al destinatario", "Disponible"}},
		"posteitaliane": {"text", []string{
			"Consegnata al corriere", "Consegnata al vettore", "Sarà consegnata domani", "Non consegnata", "Non ancora consegnata", "Consegnata per errore",
			"Disponibile per il ritiro dal corriere",
		}, []string{"Consegnata", "Consegnata al destinatario", "Disponibile per il ritiro"}},
	} {
		table := tableOf(t, name)
		for _, text := range texts.not {
			if row, ok := table.Holds(texts.code, text); ok && slices.Contains(arrived, row.Status) {
				t.Errorf("%s: %q is %s", name, text, row.Status)
			}
		}
		for _, text := range texts.are {
			if row, ok := table.Holds(texts.code, text); !ok || !slices.Contains(arrived, row.Status) {
				t.Errorf("%s: %q is %s, want an arrival", name, text, row.Status)
			}
		}
	}
}
