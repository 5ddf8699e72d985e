package tracker_test

import (
	"slices"
	"testing"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

const (
	orderA = "8190000000010017"
	orderB = "8190000000020017"
)

func ref() parcel.MailRef {
	return parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 1, UID: 7}
}

// saying returns a notice sent an hour before now.
func saying(step parcel.Step, orders []string, parcels ...parcel.NoticeParcel) parcel.Notice {
	return parcel.Notice{
		Shop: "aliexpress", Verdict: parcel.Verdict{Trust: parcel.TrustVerified}, Step: step, StepWords: string(step),
		Orders: orders, Parcels: parcels, Sent: noon().Add(-time.Hour), Subject: "a mail",
		Items: []parcel.Item{{Title: "USB-C cable", Quantity: 1}},
	}
}

func with(number number.Number, step parcel.Step, orders ...string) parcel.NoticeParcel {
	return parcel.NoticeParcel{Number: number, Orders: orders, Step: step}
}

// took imports notices one after another into a state, giving new parcels ids as a
// store does, and returns the changes of the last one.
func took(s *store.State, notices ...parcel.Notice) []store.NewChange {
	for _, n := range notices {
		s.Changes = nil
		tracker.ImportNotice(s, ref(), n, tracker.Rules{Home: "RU"}, noon())
		for i, p := range s.Parcels {
			p.ID = int64(i + 1)
		}
	}
	return s.Changes
}

func kinds(changes []store.NewChange) []parcel.ChangeKind {
	var out []parcel.ChangeKind
	for _, c := range changes {
		out = append(out, c.Kind)
	}
	return out
}

func TestAnOrderWithoutANumberWaitsAndIsTold(t *testing.T) {
	var s store.State
	changes := took(&s, saying(parcel.StepConfirmed, []string{orderA}))
	if len(s.Orders) != 1 || len(s.Parcels) != 0 {
		t.Fatalf("%d orders and %d parcels, want one order and no parcel", len(s.Orders), len(s.Parcels))
	}
	if got := s.Orders[0]; got.Placed.IsZero() || got.Step != parcel.StepConfirmed {
		t.Errorf("order %+v, want it placed and confirmed", got)
	}
	if len(changes) != 1 || changes[0].Kind != parcel.ChangeNewOrder || changes[0].Quiet {
		t.Errorf("changes %+v, want one new order", changes)
	}
}

func TestANumberMakesAParcelThatKnowsItsOrder(t *testing.T) {
	var s store.State
	changes := took(&s,
		saying(parcel.StepConfirmed, []string{orderA}),
		saying(parcel.StepShipped, []string{orderA}),
		saying(parcel.StepPickedUp, []string{orderA}, with("RB123456785CN", parcel.StepPickedUp, orderA)))
	if len(s.Parcels) != 1 {
		t.Fatalf("%d parcels, want one", len(s.Parcels))
	}
	p := s.Parcels[0]
	if p.Status != parcel.Accepted || p.Shipped.IsZero() || len(p.Items) != 1 || p.NextCheck != noon() {
		t.Errorf("status %q, shipped %v, items %v, next %v; want accepted, the order's day and item, and now", p.Status, p.Shipped, p.Items, p.NextCheck)
	}
	if len(changes) != 1 || changes[0].Kind != parcel.ChangeNewParcel || changes[0].Of != p {
		t.Errorf("changes %v, want the new parcel alone", kinds(changes))
	}
}

func TestTheSameMailTwiceTellsNothingTheSecondTime(t *testing.T) {
	var s store.State
	n := saying(parcel.StepPickedUp, []string{orderA}, with("RB123456785CN", parcel.StepPickedUp, orderA))
	if changes := took(&s, n, n); len(changes) != 0 || len(s.Parcels) != 1 || len(s.Parcels[0].Timeline()) != 1 {
		t.Errorf("changes %v, %d parcels, want nothing new", kinds(changes), len(s.Parcels))
	}
}

func TestAnInternalNumberIsReplacedByTheLocalPosts(t *testing.T) {
	var s store.State
	took(&s,
		saying(parcel.StepPickedUp, []string{orderA}, with("AP00999900000180", parcel.StepPickedUp, orderA)),
		saying(parcel.StepLocalCarrier, []string{orderA}, with("RB123456785CN", parcel.StepLocalCarrier, orderA)))
	if len(s.Parcels) != 1 {
		t.Fatalf("%d parcels, want the two numbers joined", len(s.Parcels))
	}
	if l := s.Parcels[0].Links[1]; l.Certainty != parcel.Likely || l.Reason != "same order" {
		t.Errorf("link %+v, want a likely one for the same order", l)
	}
}

func TestTwoPossiblePredecessorsAreAQuestionNotAJoin(t *testing.T) {
	var s store.State
	took(&s,
		saying(parcel.StepPickedUp, []string{orderA}, with("AP00999900000180", parcel.StepPickedUp, orderA)),
		saying(parcel.StepPickedUp, []string{orderA}, with("AP00999900000181", parcel.StepPickedUp, orderA)))
	changes := took(&s, saying(parcel.StepLocalCarrier, []string{orderA}, with("RB123456785CN", parcel.StepLocalCarrier, orderA)))
	if len(s.Parcels) != 3 || len(s.Parcels[2].Maybe) != 2 {
		t.Fatalf("%d parcels, want a third one that may be either", len(s.Parcels))
	}
	if len(changes) == 0 {
		t.Error("nothing told of the new parcel")
	}
}

func TestForgedAndForeignMailCreatesNothing(t *testing.T) {
	for _, trust := range []parcel.Trust{parcel.TrustForged, parcel.TrustForeign, ""} {
		t.Run("trust "+string(trust), func(t *testing.T) {
			var s store.State
			n := saying(parcel.StepPickedUp, []string{orderA}, with("RB123456785CN", parcel.StepPickedUp, orderA))
			n.Verdict.Trust = trust
			if changes := took(&s, n); len(changes)+len(s.Parcels)+len(s.Orders) != 0 {
				t.Errorf("%v, %d parcels, %d orders, want none", kinds(changes), len(s.Parcels), len(s.Orders))
			}
		})
	}
}

func TestUnverifiedMailIsNamedWhereVerifiedIsRequired(t *testing.T) {
	var s store.State
	n := saying(parcel.StepPickedUp, []string{orderA}, with("RB123456785CN", parcel.StepPickedUp, orderA))
	n.Verdict.Trust = parcel.TrustUnverified
	tracker.ImportNotice(&s, ref(), n, tracker.Rules{Policy: tracker.Policy{RequireVerified: true}}, noon())
	if len(s.Parcels) != 0 || s.NotUnderstood == nil {
		t.Errorf("%d parcels, note %v; want none and a note", len(s.Parcels), s.NotUnderstood)
	}
}

func TestMailOfAStrangerThatNamesTheShopIsNoted(t *testing.T) {
	var s store.State
	n := saying(parcel.StepNone, nil)
	n.Verdict.Trust, n.Problems = parcel.TrustForeign, []message.Text{message.New(parcel.UnknownRewriter, "Address", "list@other.example")}
	if changes := took(&s, n); len(changes) != 0 || s.NotUnderstood == nil || !s.NotUnderstood.Why[0].Equal(n.Problems[0]) {
		t.Errorf("%v, note %+v; want the address named", kinds(changes), s.NotUnderstood)
	}
}

func TestAForwardedMailThatCannotBeReadIsNoted(t *testing.T) {
	for _, why := range []string{"unread_picture", "unread_encrypted", "unread_winmail"} {
		n := saying(parcel.StepNone, nil)
		n.Shop, n.Verdict.Trust, n.Problems = "", parcel.TrustForwarded, []message.Text{message.New(why)}
		var s store.State
		if took(&s, n); s.NotUnderstood == nil || !s.NotUnderstood.Why[0].Equal(n.Problems[0]) {
			t.Errorf("%s: note %+v, want the reason", why, s.NotUnderstood)
		}
		n.Verdict.Trust = parcel.TrustForeign
		s = store.State{}
		if took(&s, n); s.NotUnderstood != nil {
			t.Errorf("%s of a stranger: note %+v, want none", why, s.NotUnderstood)
		}
	}
}

func TestAShipmentMailThatNamesNothingIsNoted(t *testing.T) {
	var s store.State
	n := saying(parcel.StepShipped, nil)
	took(&s, n)
	if s.NotUnderstood == nil || s.NotUnderstood.Mail != "home/INBOX/7" || !s.NotUnderstood.Why[0].Equal(message.New(parcel.NothingFound)) {
		t.Errorf("note %+v, want the mail named", s.NotUnderstood)
	}
	n.Problems = []message.Text{message.New("unread_partial"), message.New(parcel.NothingFound)}
	took(&s, n)
	if got, want := s.NotUnderstood.Why, n.Problems; !slices.EqualFunc(got, want, message.Text.Equal) {
		t.Errorf("why %q, want all that was wrong: %q", got, want)
	}
}

func TestWhatThePersonForgotDoesNotComeBack(t *testing.T) {
	s := store.State{Forgotten: map[string]bool{"RB123456785CN": true, orderA: true}}
	changes := took(&s, saying(parcel.StepPickedUp, []string{orderA}, with("RB123456785CN", parcel.StepPickedUp, orderA)))
	if len(changes)+len(s.Parcels)+len(s.Orders) != 0 {
		t.Errorf("%v, %d parcels, %d orders, want none", kinds(changes), len(s.Parcels), len(s.Orders))
	}
}

func TestFirstSightOfOldNewsIsQuiet(t *testing.T) {
	t.Run("a parcel delivered before it was known", func(t *testing.T) {
		var s store.State
		changes := took(&s, saying(parcel.StepDelivered, []string{orderA}, with("RB123456785CN", parcel.StepDelivered, orderA)))
		if len(changes) != 1 || !changes[0].Quiet {
			t.Errorf("changes %+v, want one quiet one", changes)
		}
	})
	t.Run("a mail of weeks ago", func(t *testing.T) {
		var s store.State
		n := saying(parcel.StepPickedUp, []string{orderA}, with("RB123456785CN", parcel.StepPickedUp, orderA))
		n.Sent = noon().AddDate(0, 0, -30)
		if changes := took(&s, n); len(changes) != 1 || !changes[0].Quiet {
			t.Errorf("changes %+v, want one quiet one", changes)
		}
	})
}

func TestAMailThatArrivesLateDoesNotTakeAnOrderBack(t *testing.T) {
	var s store.State
	late := saying(parcel.StepConfirmed, []string{orderA})
	late.Sent = noon().Add(-48 * time.Hour)
	took(&s, saying(parcel.StepShipped, []string{orderA}), late)
	if got := s.Orders[0]; got.Step != parcel.StepShipped || got.Placed != late.Sent {
		t.Errorf("step %q placed %v, want shipped, and the day of the earlier mail", got.Step, got.Placed)
	}
}

func TestAnOrderMailMovesTheOnlyParcelOfTheOrder(t *testing.T) {
	var s store.State
	changes := took(&s,
		saying(parcel.StepPickedUp, []string{orderA}, with("RB123456785CN", parcel.StepPickedUp, orderA)),
		saying(parcel.StepInCountry, []string{orderA}))
	if p := s.Parcels[0]; p.Status != parcel.Import {
		t.Errorf("status %q, want import", p.Status)
	}
	if len(changes) != 1 || changes[0].Kind != parcel.ChangeMoved || changes[0].To != parcel.Import {
		t.Errorf("changes %v, want that the parcel moved", kinds(changes))
	}
}

func TestEveryChangeHasAKeyOfItsOwn(t *testing.T) {
	var s store.State
	type key struct {
		of  *parcel.Parcel
		key string
	}
	seen := map[key]parcel.ChangeKind{}
	for _, n := range []parcel.Notice{
		saying(parcel.StepConfirmed, []string{orderA}), saying(parcel.StepShipped, []string{orderA}),
		saying(parcel.StepConfirmed, []string{orderB}),
		saying(parcel.StepPickedUp, []string{orderA}, with("AP00999900000180", parcel.StepPickedUp, orderA)),
		saying(parcel.StepInCountry, []string{orderA}, with("RB123456785CN", parcel.StepInCountry, orderA)),
		saying(parcel.StepDelivered, []string{orderB}, with("RR123456785CN", parcel.StepDelivered, orderB)),
	} {
		for _, c := range took(&s, n) {
			if was, ok := seen[key{c.Of, c.Key}]; ok {
				t.Errorf("key %q of %s was already that of %s", c.Key, c.Kind, was)
			}
			seen[key{c.Of, c.Key}] = c.Kind
		}
	}
	if len(seen) < 6 {
		t.Errorf("%d changes, want news of every mail", len(seen))
	}
}

func TestAnEndByUnprovenMailCountsOnlyBesideTheShopsOrAPosts(t *testing.T) {
	t.Parallel()
	says := func(step parcel.Step, v parcel.Verdict) parcel.Notice {
		n := saying(step, []string{orderA}, with("RB123456785CN", step, orderA))
		n.Verdict = v
		return n
	}
	junk := parcel.Verdict{Trust: parcel.TrustUnverified}
	shop := parcel.Verdict{Trust: parcel.TrustVerified}
	bare := parcel.Verdict{Trust: parcel.TrustForwarded, Unsigned: true}
	for name, c := range map[string]struct {
		notices []parcel.Notice
		ended   bool
		closed  bool // the order
	}{
		"the shop's":                      {[]parcel.Notice{says(parcel.StepShipped, shop), says(parcel.StepDelivered, shop)}, true, true},
		"a stranger's":                    {[]parcel.Notice{says(parcel.StepShipped, shop), says(parcel.StepDelivered, junk)}, false, false},
		"a forwarder's without a proof":   {[]parcel.Notice{says(parcel.StepShipped, shop), says(parcel.StepDelivered, bare)}, false, false},
		"a stranger's, of his own parcel": {[]parcel.Notice{says(parcel.StepShipped, junk), says(parcel.StepDelivered, junk)}, false, true},
		"a stranger's, then the shop's":   {[]parcel.Notice{says(parcel.StepShipped, shop), says(parcel.StepDelivered, junk), says(parcel.StepDelivered, shop)}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s store.State
			took(&s, c.notices...)
			if p := s.Parcels[0]; p.Status.Final() != c.ended {
				t.Errorf("status %q, want ended %t", p.Status, c.ended)
			}
			if s.Orders[0].Closed != c.closed {
				t.Errorf("order closed %t, want %t", s.Orders[0].Closed, c.closed)
			}
		})
	}
}

func TestAStepInTheCountryOfDestinationSaysWhereTheParcelIs(t *testing.T) {
	t.Parallel()
	for _, step := range parcel.Steps() {
		var s store.State
		took(&s, saying(step, []string{orderA}, with("RB123456785CN", step, orderA)))
		if len(s.Parcels) != 1 {
			continue // the mail names nothing
		}
		if p := s.Parcels[0]; step.Arrived() != (p.Phase == parcel.PhaseDestination || p.Phase == parcel.PhaseDone) || step.Arrived() && p.Imported.IsZero() {
			t.Errorf("%s: phase %s, imported %v; arrived is %t", step, p.Phase, p.Imported, step.Arrived())
		}
	}
	if !parcel.StepLocalCarrier.Arrived() || !parcel.StepAtCustoms.Arrived() || parcel.StepLeftOrigin.Arrived() || parcel.StepInTransit.Arrived() {
		t.Error("with the local carrier and at customs are in the country of destination, on the way is not")
	}
}
