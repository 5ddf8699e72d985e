package carriers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"parcelwatch/parcel"
)

// successStep is the least time between two records of a success that changes
// nothing else.
const successStep = time.Minute

// tolerated returns how many failures of a kind in a row leave the circuit breaker
// closed. One answer that was not understood may be due to an unusual parcel, and
// the network may fail for a moment; a refusal opens the breaker at once.
func tolerated(kind parcel.Result) int {
	switch kind {
	case parcel.ResultChanged:
		return 1
	case parcel.ResultTemporary:
		return 2
	default:
		return 0
	}
}

// openFor returns how long the circuit breaker stays open after the nth failure
// that is not tolerated: 1, 6, then 24 hours, and at most 6 hours if the service
// could not be reached.
func openFor(kind parcel.Result, nth int) time.Duration {
	switch {
	case nth <= 1:
		return time.Hour
	case nth == 2 || kind == parcel.ResultTemporary:
		return 6 * time.Hour
	default:
		return 24 * time.Hour
	}
}

// AfterFailure returns the health of a carrier after one more failure at now, given
// the health before. The circuit breaker is open until the field Until; the first
// call after that decides (half-open). A wait requested by the service replaces the
// first one and prolongs later ones.
func AfterFailure(h parcel.CarrierHealth, err error, now time.Time) parcel.CarrierHealth {
	kind := ResultOf(err)
	before := h.State
	h.Fails++
	h.Error, h.Fault = err.Error(), Fault(h.Name, err)
	h.State, h.Until = parcel.CarrierOK, time.Time{}
	if kind == parcel.ResultChanged {
		h.State = parcel.CarrierChanged
	}
	if nth := h.Fails - tolerated(kind); nth > 0 {
		if kind != parcel.ResultChanged {
			h.State = openState(err)
		}
		wait, after := openFor(kind, nth), RetryAfter(err)
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

// openState returns the state of a carrier whose circuit breaker was opened by err.
func openState(err error) parcel.CarrierState {
	switch {
	case errors.Is(err, ErrThrottled):
		return parcel.CarrierThrottled
	case errors.Is(err, ErrCredential):
		return parcel.CarrierCredential
	case errors.Is(err, ErrCaptcha):
		return parcel.CarrierCaptcha
	case errors.Is(err, ErrBlocked):
		return parcel.CarrierBlocked
	default:
		return parcel.CarrierQuarantined
	}
}

// credentialRetry is how soon callers come back to a carrier that refused the
// credential: it may be corrected long before the circuit breaker closes.
const credentialRetry = time.Hour

// breaker refuses a call while the circuit breaker is open. A refused credential is
// tried once by each keeper, because the configuration may have been corrected.
func (k *Keeper) breaker(ctx context.Context) (refusal, err error) {
	h, err := k.ledger.CarrierHealth(ctx, k.info.Name)
	if err != nil {
		return nil, fmt.Errorf("carrier %s: read its health: %w", k.info.Name, err)
	}
	now, until := k.clock(), h.Until
	if !until.After(now) {
		return nil, nil
	}
	if h.State == parcel.CarrierCredential {
		if !k.tried.Swap(true) {
			return nil, nil
		}
		until = parcel.Earliest(until, now.Add(credentialRetry))
	}
	return k.notNow(until, "left alone after: "+h.Error), nil
}

// settle records the carrier's health after a call.
func (k *Keeper) settle(ctx context.Context, results []Result) error {
	now := k.clock()
	h, err := k.ledger.CarrierHealth(ctx, k.info.Name)
	if err != nil {
		return fmt.Errorf("carrier %s: read its health: %w", k.info.Name, err)
	}
	old := h
	if failure := failureOf(results); failure != nil {
		h = AfterFailure(h, failure, now)
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
	k.mu.Lock()
	defer k.mu.Unlock()
	if h = k.fresh.add(h, results, now); !reflect.DeepEqual(h, old) {
		k.fresh.flush(&h, now)
		h.Name = k.info.Name
		if err := k.ledger.SetCarrierHealth(ctx, h); err != nil {
			return fmt.Errorf("carrier %s: record its health: %w", k.info.Name, err)
		}
	}
	k.logChange(old, h)
	return k.keep(ctx, results, now)
}

// failureOf returns the failure of a whole call, or nil if the carrier answered for
// any number, even with "not known". It is a [NotNowError] only if no number failed otherwise.
func failureOf(results []Result) error {
	var failure error
	for _, r := range results {
		if r.Err == nil || errors.Is(r.Err, ErrNotFound) {
			return nil
		}
		if failure == nil || errors.Is(failure, ErrNotNow) {
			failure = r.Err
		}
	}
	return failure
}

// keep stores answers that were not understood, at most two per call.
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

// logChange logs when a carrier fails or works again, once per change.
func (k *Keeper) logChange(old, now parcel.CarrierHealth) {
	switch now.State {
	case cmp.Or(old.State, parcel.CarrierOK):
	case parcel.CarrierOK:
		k.log.Info("carrier answers again", "state", now.State)
	default:
		k.log.Warn("carrier is left alone", "state", now.State, "until", now.Until, "reason", now.Error)
	}
}
