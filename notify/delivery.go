package notify

import (
	"context"
	"slices"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
	"parcelwatch/store"
)

// Sender hands a message to a mail server.
type Sender interface {
	// Send tries each given recipient once and returns an outcome for each, in the same
	// order. It never retries. It returns soon after ctx ends.
	Send(ctx context.Context, m store.Message, to []string) []Outcome
}

// Outcome is the result of one try for one recipient.
type Outcome struct {
	To     string
	Result SendResult
	Err    error // nil if Result is SendOK
	// Offered is set if the server was offered the mail, so that it may accept another one.
	Offered bool
}

// SendResult is the meaning of an outcome for the recipient's copy.
type SendResult string

// The results of a try.
const (
	SendOK        SendResult = "ok"        // the server has accepted it
	SendTemporary SendResult = "temporary" // the server may accept it later
	SendRefused   SendResult = "refused"   // the server will never accept it
	SendAmbiguous SendResult = "ambiguous" // connection lost after the final dot: it may have been accepted
	SendUntried   SendResult = "untried"   // stopped before the server answered
)

// Limits of sending.
const (
	giveUpAfter    = 5 * day          // after the message was made
	ambiguousPause = 10 * time.Minute // receivers recognize the same Message-ID
	ambiguousTries = 3
)

// backoff returns the pause after the nth failed try; the last one repeats. Greylisting
// ends after minutes, an outage after hours.
func backoff(tries int) time.Duration {
	steps := []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}
	return steps[min(max(tries, 1), len(steps))-1]
}

// NextDelivery returns a recipient's delivery after one try of a message made at made.
// It is pure.
func NextDelivery(f store.Delivery, o Outcome, made, now time.Time) store.Delivery {
	if o.Result == SendUntried {
		return f
	}
	f.Error, f.Fault = "", Fault(o.Err)
	if o.Err != nil {
		f.Error = textx.Line(o.Err.Error(), 300)
	}
	switch o.Result {
	case SendOK:
		f.Tries++
		f.State, f.Next = store.DeliverySent, time.Time{}
		return f
	case SendRefused:
		f.Tries++
		if f.State == store.DeliveryAmbiguous {
			f.Error = textx.Line("given up, though it may have arrived: "+f.Error, 300)
			f.Fault = message.New(givenUpPerhaps).And(f.Fault.What())
		}
		f.State, f.Next = store.DeliveryRefused, time.Time{}
		return f
	case SendAmbiguous:
		// For an ambiguous copy, only ambiguous outcomes are counted as tries.
		if f.State != store.DeliveryAmbiguous {
			f.Tries = 0
		}
		f.Tries++
		f.State, f.Next = store.DeliveryAmbiguous, now.Add(ambiguousPause)
		if f.Tries >= ambiguousTries {
			f.State, f.Next = store.DeliveryRefused, time.Time{}
			f.Error = textx.Line("given up, though it may have arrived: "+f.Error, 300)
			f.Fault = message.New(givenUpPerhaps).And(f.Fault.What())
		}
	default:
		if f.State != store.DeliveryAmbiguous {
			f.Tries++
		}
		f.Next = now.Add(max(backoff(f.Tries), minimum(f.State)))
	}
	if now.Sub(made) >= giveUpAfter && f.State != store.DeliveryRefused {
		f.State, f.Next = store.DeliveryRefused, time.Time{}
		f.Error = textx.Line("gave up after several days of trying: "+f.Error, 300)
		f.Fault = message.New("fault_given_up").And(f.Fault.What())
	}
	return f
}

// givenUpPerhaps begins the fault of a refused copy that may have arrived.
const givenUpPerhaps = "fault_given_up_perhaps"

// arrivedPerhaps reports whether a refused copy may have arrived.
func arrivedPerhaps(f store.Delivery) bool {
	return len(f.Fault) > 0 && f.Fault[0].ID == givenUpPerhaps
}

// begun returns deliveries as they are recorded before a try: if the program ends during it,
// the mail may have been accepted.
func begun(deliveries []store.Delivery) []store.Delivery {
	out := slices.Clone(deliveries)
	for i := range out {
		if out[i].State == store.DeliveryWaiting {
			out[i].State, out[i].Tries = store.DeliveryAmbiguous, min(out[i].Tries, 1)
		}
	}
	return out
}

func minimum(s store.DeliveryState) time.Duration {
	if s == store.DeliveryAmbiguous {
		return ambiguousPause
	}
	return 0
}

// due returns the deliveries of a message whose next try is due.
func due(m store.Message, now time.Time) []store.Delivery {
	var out []store.Delivery
	for _, f := range m.Deliveries {
		if (f.State == store.DeliveryWaiting || f.State == store.DeliveryAmbiguous) && !f.Next.After(now) {
			out = append(out, f)
		}
	}
	return out
}
