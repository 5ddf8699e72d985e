package extract_test

import (
	"slices"
	"strings"
	"testing"

	"parcelwatch/extract"
	"parcelwatch/parcel"
)

// must lists the steps that every language needs phrases for.
var must = []parcel.Step{
	parcel.StepConfirmed, parcel.StepReadyToShip, parcel.StepPartlyShipped, parcel.StepShipped, parcel.StepHandedOver,
	parcel.StepPickedUp, parcel.StepInTransit, parcel.StepLeftOrigin, parcel.StepAtCustoms, parcel.StepClearedCustoms,
	parcel.StepInCountry, parcel.StepLocalTransit, parcel.StepLocalCarrier, parcel.StepAtDeliveryCenter,
	parcel.StepOutForDelivery, parcel.StepReadyForPickup, parcel.StepDelivered, parcel.StepDeliveryConfirmed,
	parcel.StepAwaitingConfirmation, parcel.StepFeedback, parcel.StepClosed, parcel.StepUpdate,
}

var languages = []string{"ar", "cs", "de", "en", "es", "fr", "he", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk"}

func TestEveryLanguageHasWordsForEveryStep(t *testing.T) {
	t.Parallel()
	have := map[string]map[string]bool{}
	for _, r := range extract.Rows() {
		if have[r.Language] == nil {
			have[r.Language] = map[string]bool{}
		}
		have[r.Language][r.Kind] = true
	}
	for _, lang := range languages {
		for _, step := range must {
			if !have[lang][string(step)] {
				t.Errorf("%s: no words for %s", lang, step)
			}
		}
		for _, label := range []string{"@order", "@package", "@number", "@shipto", "@eta", "@items", "@greeting", "@promo", "@from", "@subject", "@logistics"} {
			if !have[lang][label] {
				t.Errorf("%s: no words for %s", lang, label)
			}
		}
	}
}

func TestEveryRowSaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	seen := map[extract.Row]bool{}
	for _, r := range extract.Rows() {
		if r.Source != "seen" && r.Source != "translated" {
			t.Errorf("%s: %q is neither seen nor translated", r.Language, r)
		}
		if r.Phrase != strings.TrimSpace(r.Phrase) || r.Phrase == "" {
			t.Errorf("%s: blanks around %q", r.Language, r.Phrase)
		}
		if key := (extract.Row{Language: r.Language, Kind: r.Kind, Phrase: r.Phrase}); seen[key] {
			t.Errorf("%s: %s %q stands twice", r.Language, r.Kind, r.Phrase)
		} else {
			seen[key] = true
		}
	}
}

// TestEveryPhraseIsFound puts each phrase into a subject of its form. No phrase
// of another language may match it with another step.
func TestEveryPhraseIsFound(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, r := range extract.Rows() {
		if strings.HasPrefix(r.Kind, "@") {
			continue
		}
		phrase := strings.ReplaceAll(r.Phrase, "*", "")
		for _, subject := range []string{"Package LP00999900000034: " + phrase, "Order 8190000000001234 " + phrase + "!"} {
			if strings.Contains(" "+phrase+" ", " N ") {
				subject = strings.Replace(phrase, "N", "LP00999900000034", 1)
			}
			n, err := p.Parse(letter(encoded(subject), ""), unverified)
			if err != nil {
				t.Fatal(err)
			}
			if string(n.Step) != r.Kind {
				t.Errorf("%s: %q is %s, want %s", r.Language, subject, n.Step, r.Kind)
			}
		}
	}
}

// TestEveryWordForTheNumberIsFound puts each label before a number in a text.
func TestEveryWordForTheNumberIsFound(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, r := range extract.Rows() {
		var body string
		switch r.Kind {
		case "@number":
			body = "AliExpress\n" + r.Phrase + ": 520600009876\n"
		case "@order":
			body = "LP00999900000034\n" + r.Phrase + "\n8190000000001234\n"
		default:
			continue
		}
		n, err := p.Parse(letter("AliExpress: order shipped", body), unverified)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case r.Kind == "@number" && (len(n.Parcels) != 1 || n.Parcels[0].Number != "520600009876"):
			t.Errorf("%s: no number behind %q: %+v", r.Language, r.Phrase, n.Parcels)
		case r.Kind == "@order" && !slices.Equal(n.Orders, []string{"8190000000001234"}):
			t.Errorf("%s: no order behind %q: %v", r.Language, r.Phrase, n.Orders)
		}
	}
}

// TestEveryAddressIsCut puts the same digits after each label of an address.
func TestEveryAddressIsCut(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for _, r := range extract.Rows() {
		if r.Kind != "@shipto" {
			continue
		}
		body := "Package LP00999900000034\n" + r.Phrase + "\nTracking number street 520600009876\nSpringfield RB123456785CN\nJo Doe (+1) 5555555555\n"
		body = strings.Replace(body, "Tracking number street", "Main street", 1)
		n, err := p.Parse(letter("Package LP00999900000034: in transit", body), unverified)
		if err != nil {
			t.Fatal(err)
		}
		if len(n.Parcels) != 1 {
			t.Errorf("%s: the address behind %q was read: %+v", r.Language, r.Phrase, n.Parcels)
		}
	}
}

func TestPhrasesAreTolerant(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, subject string
		step          parcel.Step
	}{
		{"a colon", "Package LP00999900000034: delivered", parcel.StepDelivered},
		{"no colon and an auxiliary", "Package LP00999900000034 has been delivered", parcel.StepDelivered},
		{"capitals", "PACKAGE LP00999900000034: OUT FOR DELIVERY", parcel.StepOutForDelivery},
		{"an article more", "Package LP00999900000034: left the departure region", parcel.StepLeftOrigin},
		{"an article less", "Package LP00999900000034: left departure region", parcel.StepLeftOrigin},
		{"a full-width colon", "Package LP00999900000034：delivered", parcel.StepDelivered},
		{"letters and accents apart", "Packstu\u0308ck LP00999900000034: beim Zoll", parcel.StepAtCustoms},
		{"a dotted capital I", "Sipariş 8190000000001234: SİPARİŞ ONAYLANDI", parcel.StepConfirmed},
		{"invisible letters", "Package LP00999900000034: deli\u200bvered", parcel.StepDelivered},
		{"the phrase in front", "Delivered: package LP00999900000034", parcel.StepDelivered},
		{"the phrase around the number", "Zollabfertigung für LP00999900000034 wurde beendet", parcel.StepClearedCustoms},
		{"the longer phrase", "Package LP00999900000034: collected by the local carrier", parcel.StepLocalCarrier},
		{"the shorter phrase", "Package LP00999900000034: collected by the carrier", parcel.StepPickedUp},
		{"the trap of German", "Bestellung 8190000000001234: Wird zugestellt", parcel.StepHandedOver},
		{"and what looks like it", "Paket LP00999900000034 wurde zugestellt", parcel.StepDelivered},
		{"blanks in Korean", "운송장 번호 LP00999900000034: 배송완료", parcel.StepDelivered},
		{"no blanks in Japanese", "お荷物LP00999900000034：現地の配送業者に引き渡されました", parcel.StepLocalCarrier},
		{"from right to left", "طرد LP00999900000034: في الجمارك", parcel.StepAtCustoms},
		{"one word among many is none", "Package LP00999900000034: delivered to our warehouse by mistake, sorry", parcel.StepOther},
		{"a future is no past", "Package LP00999900000034 could not be delivered", parcel.StepOther},
		{"a word nobody knows", "Package LP00999900000034: teleported", parcel.StepOther},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(letter(encoded(tt.subject), ""), unverified)
			if err != nil {
				t.Fatal(err)
			}
			if n.Step != tt.step {
				t.Errorf("%q is %s (%q), want %s", tt.subject, n.Step, n.StepWords, tt.step)
			}
		})
	}
}
