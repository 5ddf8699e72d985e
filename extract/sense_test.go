package extract_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"parcelwatch/extract"
	"parcelwatch/parcel"
)

// stepOf returns the step that a subject tells.
func stepOf(p parser, subject string) parcel.Step {
	if step, ok := extract.SubjectStep(p.Parser, subject); ok {
		return step
	}
	return parcel.StepOther
}

func TestWordsAroundAStepChangeIt(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	raw, err := os.ReadFile("testdata/senses.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		want, subject, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		if got := stepOf(p, "RB123456785CN: "+subject); got != parcel.Step(want) {
			t.Errorf("%s: %s, want %s", subject, got, want)
		}
	}
}

// A denied or refused clearance leaves a parcel at customs, so that step is not
// among those that a denial rules out.
func TestADenialBeforeAPhraseNeverYieldsItsStep(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	words := map[string][]string{}
	for _, r := range extract.Rows() {
		if r.Kind == "@not" {
			words[r.Language] = append(words[r.Language], plain(r.Phrase))
		}
	}
	for _, r := range extract.Rows() {
		if strings.HasPrefix(r.Kind, "@") || r.Kind == string(parcel.StepOther) || r.Kind == string(parcel.StepAtCustoms) {
			continue
		}
		for _, not := range words[r.Language] {
			subject := not + " " + plain(r.Phrase)
			if got := stepOf(p, subject); got == parcel.Step(r.Kind) {
				t.Errorf("%s: %q is read as %s", r.Language, subject, got)
			}
		}
	}
	for lang, list := range words {
		if len(list) < 4 {
			t.Errorf("%s: only %d denials", lang, len(list))
		}
	}
}

func TestAFutureBeforeAPhraseNeverYieldsWhatIsDone(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	done := []parcel.Step{
		parcel.StepShipped, parcel.StepHandedOver, parcel.StepPickedUp, parcel.StepClearedCustoms, parcel.StepDelivered, parcel.StepClosed,
		parcel.StepInCountry, parcel.StepLocalTransit, parcel.StepLocalCarrier, parcel.StepAtDeliveryCenter,
	}
	rows := extract.Rows()
	for _, r := range rows {
		if !slices.Contains(done, parcel.Step(r.Kind)) {
			continue
		}
		for _, f := range rows {
			if f.Language != r.Language || f.Kind != "@will" && f.Kind != "@later" {
				continue
			}
			subject := plain(f.Phrase) + " " + plain(r.Phrase)
			if got := stepOf(p, subject); got == parcel.Step(r.Kind) {
				t.Errorf("%s: %q is read as %s", r.Language, subject, got)
			}
		}
	}
}

func TestAWordForAnotherThingBeforeASingleWordNeverYieldsItsStep(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	things, known := map[string][]string{}, map[string]bool{}
	rows := extract.Rows()
	for _, r := range rows {
		known[r.Phrase] = true
		if r.Kind == "@thing" {
			things[r.Language] = append(things[r.Language], plain(r.Phrase))
		}
	}
	for _, r := range rows {
		if strings.HasPrefix(r.Kind, "@") || r.Kind == string(parcel.StepOther) || strings.ContainsAny(r.Phrase, " /") {
			continue
		}
		for _, thing := range things[r.Language] {
			subject := thing + " " + plain(r.Phrase)
			if got := stepOf(p, subject); got == parcel.Step(r.Kind) && !known[subject] {
				t.Errorf("%s: %q is read as %s", r.Language, subject, got)
			}
		}
	}
	if len(things) < 12 {
		t.Errorf("words for other things in %d languages, want 12", len(things))
	}
}

// plain returns a phrase as it stands in a text.
func plain(phrase string) string {
	return strings.ReplaceAll(strings.ReplaceAll(phrase, "*", ""), "N ", "RB123456785CN ")
}
