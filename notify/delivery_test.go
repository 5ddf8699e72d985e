package notify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/store"
)

func TestNextFate(t *testing.T) {
	t.Parallel()
	made := noon
	try := func(f store.Delivery, r notify.SendResult, at time.Time) store.Delivery {
		o := notify.Outcome{To: f.To, Result: r}
		if r != notify.SendOK {
			o.Err = errors.New("because\r\nof this")
		}
		return notify.NextDelivery(f, o, made, at)
	}
	fresh := store.Delivery{To: "me@example.org", State: store.DeliveryWaiting, Next: made}
	t.Run("sent is final", func(t *testing.T) {
		t.Parallel()
		if got := try(fresh, notify.SendOK, made); got.State != store.DeliverySent || !got.Next.IsZero() || got.Error != "" || got.Tries != 1 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("an untried one is as before", func(t *testing.T) {
		t.Parallel()
		if got := try(fresh, notify.SendUntried, made); !cmp.Equal(got, fresh) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("pauses grow, and after days it is given up", func(t *testing.T) {
		t.Parallel()
		f, at, last := fresh, made, time.Duration(0)
		for f.State == store.DeliveryWaiting {
			f = try(f, notify.SendTemporary, at)
			if f.State != store.DeliveryWaiting {
				break
			}
			pause := f.Next.Sub(at)
			if pause < last || pause > 4*time.Hour || pause <= 0 {
				t.Fatalf("try %d: a pause of %v after %v", f.Tries, pause, last)
			}
			last, at = pause, f.Next
		}
		if f.State != store.DeliveryRefused || at.Sub(made) < 4*24*time.Hour || at.Sub(made) > 6*24*time.Hour || f.Tries < 20 {
			t.Errorf("given up after %v: %+v", at.Sub(made), f)
		}
		if strings.ContainsAny(f.Error, "\r\n") {
			t.Errorf("the error is not one line: %q", f.Error)
		}
	})
	t.Run("an ambiguous end is repeated after ten minutes, three times at most", func(t *testing.T) {
		t.Parallel()
		f := try(fresh, notify.SendTemporary, made)
		for i := range 2 {
			f = try(f, notify.SendAmbiguous, made)
			if f.State != store.DeliveryAmbiguous || f.Next.Sub(made) < 10*time.Minute {
				t.Fatalf("end %d: %+v", i+1, f)
			}
		}
		if f = try(f, notify.SendTemporary, made); f.State != store.DeliveryAmbiguous || f.Next.Sub(made) < 10*time.Minute {
			t.Fatalf("a busy server between: %+v", f)
		}
		if f = try(f, notify.SendAmbiguous, made); f.State != store.DeliveryRefused || !strings.Contains(f.Error, "may have arrived") {
			t.Errorf("the third: %+v", f)
		}
	})
}
