package parcel_test

import (
	"slices"
	"testing"
	"time"

	"parcelwatch/parcel"
)

func TestStatuses(t *testing.T) {
	seen := map[parcel.Status]bool{}
	var final []parcel.Status
	for _, s := range parcel.Statuses() {
		if !s.Known() || seen[s] {
			t.Errorf("%q is not known, or is listed twice", s)
		}
		seen[s] = true
		if s.Final() {
			final = append(final, s)
		}
	}
	if !slices.Equal(final, []parcel.Status{parcel.Delivered, parcel.Returned, parcel.Expired}) {
		t.Errorf("final are %v", final)
	}
	if parcel.Status("").Known() || parcel.Status("lost").Known() || len(seen) != 16 {
		t.Errorf("%d statuses are known", len(seen))
	}
}

func TestStepsAmountToStatuses(t *testing.T) {
	want := map[parcel.Status][]parcel.Step{
		parcel.PreAdvice:      {parcel.StepConfirmed, parcel.StepReadyToShip, parcel.StepPartlyShipped, parcel.StepShipped},
		parcel.Accepted:       {parcel.StepHandedOver, parcel.StepPickedUp},
		parcel.InTransit:      {parcel.StepInTransit, parcel.StepLocalCarrier, parcel.StepAtDeliveryCenter},
		parcel.Export:         {parcel.StepLeftOrigin},
		parcel.Customs:        {parcel.StepAtCustoms, parcel.StepClearedCustoms},
		parcel.Import:         {parcel.StepInCountry, parcel.StepLocalTransit},
		parcel.OutForDelivery: {parcel.StepOutForDelivery},
		parcel.ReadyForPickup: {parcel.StepReadyForPickup},
		parcel.Delivered:      {parcel.StepDelivered, parcel.StepDeliveryConfirmed},
		parcel.Info: {
			parcel.StepAwaitingConfirmation, parcel.StepFeedback, parcel.StepClosed, parcel.StepUpdate, parcel.StepOther, parcel.StepNone,
			parcel.Step("never heard of"),
		},
	}
	count := 0
	for status, steps := range want {
		for _, s := range steps {
			count++
			if got := s.Status(); got != status {
				t.Errorf("%s amounts to %s, want %s", s, got, status)
			}
		}
	}
	if count != len(parcel.Steps())+1 {
		t.Errorf("%d steps are tried, there are %d", count, len(parcel.Steps()))
	}
}

func TestTrustThatCreates(t *testing.T) {
	for trust, want := range map[parcel.Trust]bool{
		parcel.TrustVerified: true, parcel.TrustRelayed: true, parcel.TrustForwarded: true, parcel.TrustUnverified: true,
		parcel.TrustForged: false, parcel.TrustForeign: false, "": false,
	} {
		if got := trust.Creates(); got != want {
			t.Errorf("mail that is %q creates: %v", trust, got)
		}
	}
}

func TestDate(t *testing.T) {
	zone := time.FixedZone("", 3*60*60)
	if got := parcel.DateOf(time.Date(2026, 3, 5, 1, 0, 0, 0, zone)); got != "2026-03-05" {
		t.Errorf("the day is that of the zone: %s", got)
	}
	if got := parcel.DateOf(time.Time{}); got != "" {
		t.Errorf("no time has the day %q", got)
	}
	if got := parcel.Date("2026-03-05").Time(zone); !got.Equal(time.Date(2026, 3, 5, 0, 0, 0, 0, zone)) {
		t.Errorf("the day begins at %v", got)
	}
	for _, d := range []parcel.Date{"", "5 March", "2026-02-30", "2026-03-05T10:00:00Z"} {
		if got := d.Time(zone); !got.IsZero() {
			t.Errorf("%q begins at %v", d, got)
		}
	}
}

func TestNoticeOfShipment(t *testing.T) {
	for name, c := range map[string]struct {
		notice parcel.Notice
		want   bool
	}{
		"a shipment":           {parcel.Notice{Shop: "aliexpress", Step: parcel.StepShipped}, true},
		"an unknown step":      {parcel.Notice{Shop: "aliexpress", Step: parcel.StepOther}, true},
		"marketing":            {parcel.Notice{Step: parcel.StepNone}, false},
		"of no shop":           {parcel.Notice{Step: parcel.StepShipped}, false},
		"the shop's, but none": {parcel.Notice{Shop: "aliexpress", Step: parcel.StepNone}, false},
	} {
		if got := c.notice.Shipment(); got != c.want {
			t.Errorf("%s is a shipment: %v", name, got)
		}
	}
	ref := parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 7, UID: 42}
	if got := ref.String(); got != "home/INBOX/42" {
		t.Errorf("the mail is shown as %s", got)
	}
}
