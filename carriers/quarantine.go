package carriers

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"parcelwatch/parcel"
)

// successStep is how often a success that changes nothing else is recorded.
const successStep = time.Minute

// patience is how many failures of a kind in a row are borne before the carrier
// is left alone. One answer that was not understood may be one odd parcel, and
// the network may be away for a moment; a refusal is meant at once.
func patience(kind parcel.Result) int {
	switch kind {
	case parcel.ResultChanged:
		return 1
	case parcel.ResultTemporary:
		return 2
	default:
		return 0
	}
}

// rest is how long a carrier is left alone after the nth failure beyond
// patience: 1, 6, then 24 hours. What is merely away is looked for again sooner,
// after 6 hours at most.
func rest(kind parcel.Result, nth int) time.Duration {
	switch {
	case nth <= 1:
		return time.Hour
	case nth == 2 || kind == parcel.ResultTemporary:
		return 6 * time.Hour
	default:
		return 24 * time.Hour
	}
}

// Sentence is the health that follows from one more failure at now, given the
// health before it. Where the service said how long to wait, that counts the
// first time, and at least that much later on.
func Sentence(h parcel.CarrierHealth, err error, now time.Time) parcel.CarrierHealth {
	kind := ResultOf(err)
	before := h.State
	h.Fails++
	h.Error, h.Fault = err.Error(), Fault(err)
	h.State, h.Until = parcel.CarrierOK, time.Time{}
	if kind == parcel.ResultChanged {
		h.State = parcel.CarrierChanged
	}
	if nth := h.Fails - patience(kind); nth > 0 {
		if kind != parcel.ResultChanged {
			h.State = parcel.CarrierQuarantined
		}
		wait, after := rest(kind, nth), RetryAfter(err)
		if after > 0 && (nth == 1 || after > wait) {
			wait = after
		}
		h.Until = now.Add(wait)
	}
	if h.State != before || h.Since.IsZero() {
		h.Since = now
	}
	return h
}

// quarantined refuses while the carrier is to be left alone.
func (k *Keeper) quarantined(ctx context.Context) (refusal, err error) {
	h, err := k.ledger.CarrierHealth(ctx, k.info.Name)
	if err != nil {
		return nil, fmt.Errorf("carrier %s: read its health: %w", k.info.Name, err)
	}
	if now := k.clock(); h.Until.After(now) {
		return k.notNow(h.Until, "left alone after: "+h.Error), nil
	}
	return nil, nil
}

// judge records what a call says of the carrier.
func (k *Keeper) judge(ctx context.Context, results []Result) error {
	now := k.clock()
	h, err := k.ledger.CarrierHealth(ctx, k.info.Name)
	if err != nil {
		return fmt.Errorf("carrier %s: read its health: %w", k.info.Name, err)
	}
	old := h
	if failure := verdict(results); failure != nil {
		h = Sentence(h, failure, now)
	} else {
		h.Fails, h.Error, h.Fault, h.Until = 0, "", nil, time.Time{}
		if h.State != parcel.CarrierOK {
			h.State, h.Since = parcel.CarrierOK, now
		}
		if now.Sub(h.LastSuccess) >= successStep {
			h.LastSuccess = now
		}
	}
	for _, r := range results {
		if r.Note != "" {
			h.Note = r.Note
		}
	}
	if !reflect.DeepEqual(h, old) {
		h.Name = k.info.Name
		if err := k.ledger.SetCarrierHealth(ctx, h); err != nil {
			return fmt.Errorf("carrier %s: record its health: %w", k.info.Name, err)
		}
	}
	k.logChange(old, h)
	return k.keep(ctx, results, now)
}

// verdict is the failure that a call's results say of the carrier: none where
// it answered for any number, if only to say that it does not know it.
func verdict(results []Result) error {
	var failure error
	for _, r := range results {
		if r.Err == nil || errors.Is(r.Err, ErrNotFound) {
			return nil
		}
		if failure == nil {
			failure = r.Err
		}
	}
	return failure
}

// keep keeps the answers that were not understood; two of a call are enough for
// a bug report.
func (k *Keeper) keep(ctx context.Context, results []Result, now time.Time) error {
	var last error
	kept := 0
	for _, r := range results {
		e, ok := errors.AsType[*Error](r.Err)
		if !ok || len(e.Raw) == 0 || errors.Is(r.Err, last) || kept == 2 {
			continue
		}
		last = r.Err
		kept++
		if err := k.ledger.KeepAnswer(ctx, k.info.Name, e.Raw, now); err != nil {
			return fmt.Errorf("carrier %s: keep its answer: %w", k.info.Name, err)
		}
	}
	return nil
}

// logChange says once that a carrier broke or works again.
func (k *Keeper) logChange(old, now parcel.CarrierHealth) {
	was := old.State
	if was == "" {
		was = parcel.CarrierOK
	}
	switch now.State {
	case was:
	case parcel.CarrierOK:
		k.log.Info("carrier answers again", "state", now.State)
	default:
		k.log.Warn("carrier is left alone", "state", now.State, "until", now.Until, "reason", now.Error)
	}
}
