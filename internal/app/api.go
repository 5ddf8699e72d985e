package app

import (
	"context"

	"parcelwatch/carriers"
	"parcelwatch/internal/api"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// newAPI returns what other programs are answered.
func (h *household) newAPI() *api.API {
	return &api.API{
		Store: h.store, Editor: h.tracker, Audiences: h.notifying.Audiences, Protection: h.notifying.Protection,
		Metrics: h.life.metrics, Log: h.log, Now: h.life.Now,
		Source: h.source,
	}
}

// countedAsker counts the results of a carrier.
type countedAsker struct {
	tracker.Asker

	asked func(carrier string, result parcel.Result)
}

// Track asks the carrier and counts its results. A carrier that was not called has none.
func (c countedAsker) Track(ctx context.Context, turn carriers.Turn, numbers []number.Number) ([]carriers.Result, error) {
	results, err := c.Asker.Track(ctx, turn, numbers)
	for i := range numbers {
		one := err
		if err == nil {
			one = results[i].Err
		}
		if _, notNow := carriers.NotNowUntil(one); !notNow && ctx.Err() == nil {
			c.asked(c.Info().Name, carriers.ResultOf(one))
		}
	}
	return results, err
}

// counted makes every asker of the engine count.
func counted(e *tracker.Engine, m *api.Metrics) *tracker.Engine {
	for name, asker := range e.Askers {
		e.Askers[name] = countedAsker{Asker: asker, asked: m.Asked}
	}
	return e
}

// countedOutbox counts the changes that messages announce.
type countedOutbox struct {
	store.Outbox

	told func(changes int)
}

// Enqueue stores a message and counts what it announces.
func (o countedOutbox) Enqueue(ctx context.Context, m store.Message, announced []int64) error {
	err := o.Outbox.Enqueue(ctx, m, announced)
	if err == nil {
		o.told(len(announced))
	}
	return err
}
