package rows

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// reuseAfter is how long after a parcel became final a new mail with its number
// means a different parcel, because carriers reuse numbers. It is longer than any
// half of a year.
const reuseAfter = 184 * 24 * time.Hour

// Apply implements [store.Tracking]. The changes of a merged parcel move to the one
// that now carries its numbers.
func (db *Household) Apply(ctx context.Context, scope store.Scope, decide func(*store.State) error) error {
	_, err := db.ApplyAll(ctx, []store.Decision{{Scope: scope, Decide: decide}})
	return err
}

// ApplyAll implements [store.Tracking].
func (db *Household) ApplyAll(ctx context.Context, decisions []store.Decision) (int, error) {
	var b batch
	err := db.write(ctx, "store the outcome", func(tx homeTx) error {
		b.undo(0) // of a run that failed
		b = batch{}
		return b.run(ctx, tx, decisions)
	})
	if err != nil {
		b.stored = 0
	}
	b.undo(b.stored)
	if err == nil && b.failed != nil {
		err = fmt.Errorf("store the outcome: %w", db.db.Explain(b.failed))
	}
	return b.stored, err
}

// batch is decisions that are applied in one transaction.
type batch struct {
	applied []*apply
	stored  int   // how many of applied are stored: all but one that failed
	failed  error // why that one failed; nil if none did
}

// run applies decisions up to the first that fails. Without the first of them, nothing is stored.
func (b *batch) run(ctx context.Context, tx homeTx, decisions []store.Decision) error {
	brief := ctx
	if tx.sql.Brief != nil {
		brief = tx.sql.Brief(ctx)
	}
	for i, d := range decisions {
		if err := ctx.Err(); err != nil {
			return err
		}
		a := &apply{tx: tx, scope: d.Scope}
		b.applied = append(b.applied, a)
		run := func() error { return a.run(brief, d.Decide) }
		var err error
		if i == 0 {
			err = run()
		} else {
			b.failed, err = savepoint(brief, tx, run)
		}
		if err != nil {
			return err
		}
		if b.failed != nil {
			break
		}
		b.stored++
	}
	return moveCheckpoints(brief, tx, b.applied[:b.stored])
}

// undo takes back the ids of parcels whose rows were rolled back, from a decision on.
func (b *batch) undo(from int) {
	for _, a := range b.applied[from:] {
		for _, p := range a.added {
			p.ID = 0
		}
	}
}

// apply is one decision being applied.
type apply struct {
	tx        homeTx
	scope     store.Scope
	state     store.State
	parcels   map[int64][]byte    // documents as they were
	links     map[int64]links     // as they were
	orders    map[string][]byte   // documents as they were
	forgotten map[string][]string // kinds by key, as they were
	tallies   map[parcel.Date]store.Tally
	added     []*parcel.Parcel
}

func (a *apply) run(ctx context.Context, decide func(*store.State) error) error {
	if a.scope.Mail != nil {
		known, err := importMail(ctx, a.tx, a.scope)
		if err != nil || known {
			return err
		}
	}
	if err := a.load(ctx); err != nil {
		return err
	}
	if err := decide(&a.state); err != nil {
		return err
	}
	for _, save := range []func(context.Context) error{
		a.saveParcels, a.saveOrders, a.saveMerged, a.saveTombstones, a.saveChanges, a.saveTallies, a.saveNotUnderstood,
	} {
		if err := save(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a *apply) load(ctx context.Context) error {
	a.parcels, a.links = map[int64][]byte{}, map[int64]links{}
	a.orders, a.forgotten = map[string][]byte{}, map[string][]string{}
	a.state.Forgotten = map[string]bool{}
	if err := a.loadTallies(ctx); err != nil {
		return err
	}
	alive := a.scope.Now.Add(-reuseAfter).UnixMilli()
	for _, n := range a.scope.Numbers {
		if err := a.loadParcels(ctx,
			`SELECT p.id, p.doc FROM number n JOIN parcel p ON p.home = n.home AND p.id = n.parcel_id
			 WHERE n.home = $3 AND n.number = $1 AND (p.final_at IS NULL OR p.final_at >= $2) ORDER BY p.id`, string(n), alive, a.tx.home); err != nil {
			return fmt.Errorf("load parcels of number %s: %w", n, err)
		}
		if err := a.loadTombstone(ctx, "number", string(n)); err != nil {
			return err
		}
	}
	for _, id := range a.scope.Orders {
		if err := a.loadParcels(ctx,
			`SELECT p.id, p.doc FROM parcel_order o JOIN parcel p ON p.home = o.home AND p.id = o.parcel_id
			 WHERE o.home = $2 AND o.order_id = $1 ORDER BY p.id`, id, a.tx.home); err != nil {
			return fmt.Errorf("load parcels of order %s: %w", id, err)
		}
		if err := a.loadOrder(ctx, id); err != nil {
			return err
		}
		if err := a.loadTombstone(ctx, "order", id); err != nil {
			return err
		}
	}
	for _, id := range a.scope.Parcels {
		if err := a.loadParcels(ctx, `SELECT id, doc FROM parcel WHERE home = $2 AND id = $1`, id, a.tx.home); err != nil {
			return fmt.Errorf("load parcel %d: %w", id, err)
		}
	}
	return nil
}

func (a *apply) loadParcels(ctx context.Context, query string, args ...any) error {
	found, err := list(ctx, a.tx, scanParcel, query, args...)
	if err != nil {
		return err
	}
	for _, p := range found {
		if _, have := a.parcels[p.ID]; have {
			continue
		}
		doc, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("parcel %d: %w", p.ID, err)
		}
		a.parcels[p.ID] = doc
		a.links[p.ID] = linksOf(&p)
		a.state.Parcels = append(a.state.Parcels, &p)
	}
	return nil
}

func (a *apply) loadOrder(ctx context.Context, id string) error {
	if _, have := a.orders[id]; have {
		return nil
	}
	found, err := list(ctx, a.tx, scanOrder, `SELECT id, doc FROM shop_order WHERE home = $2 AND id = $1`, id, a.tx.home)
	if err != nil {
		return fmt.Errorf("load order %s: %w", id, err)
	}
	for _, o := range found {
		doc, err := json.Marshal(o)
		if err != nil {
			return fmt.Errorf("order %s: %w", id, err)
		}
		a.orders[id] = doc
		a.state.Orders = append(a.state.Orders, &o)
	}
	return nil
}

func (a *apply) loadTombstone(ctx context.Context, kind, key string) error {
	hit, err := exists(ctx, a.tx, `SELECT 1 FROM tombstone WHERE home = $3 AND kind = $1 AND key = $2`, kind, key, a.tx.home)
	if err != nil {
		return fmt.Errorf("look for the tombstone of %s %s: %w", kind, key, err)
	}
	if hit {
		a.state.Forgotten[key] = true
		a.forgotten[key] = append(a.forgotten[key], kind)
	}
	return nil
}

func (a *apply) saveParcels(ctx context.Context) error {
	for _, p := range a.state.Parcels {
		save := a.changeParcel
		if p.ID == 0 {
			save = a.addParcel
		}
		if err := save(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (a *apply) addParcel(ctx context.Context, p *parcel.Parcel) error {
	a.added = append(a.added, p)
	if err := insertParcel(ctx, a.tx, p); err != nil {
		return err
	}
	for _, n := range p.Numbers() {
		if slices.Contains(a.scope.Numbers, n) && !slices.Contains(a.forgotten[string(n)], "number") {
			continue
		}
		if err := clearTombstone(ctx, a.tx, "number", string(n)); err != nil {
			return err
		}
	}
	return nil
}

func (a *apply) changeParcel(ctx context.Context, p *parcel.Parcel) error {
	doc, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write parcel %d: %w", p.ID, err)
	}
	before, have := a.parcels[p.ID]
	if !have {
		return fmt.Errorf("parcel %d was not in the scope: %w", p.ID, parcel.ErrNotFound)
	}
	if bytes.Equal(doc, before) {
		return nil
	}
	return updateParcel(ctx, a.tx, p, a.links[p.ID], doc)
}

func (a *apply) saveOrders(ctx context.Context) error {
	for _, o := range a.state.Orders {
		doc, err := json.Marshal(o)
		if err != nil {
			return fmt.Errorf("write order %s: %w", o.ID, err)
		}
		if bytes.Equal(doc, a.orders[o.ID]) {
			continue
		}
		if err := saveOrder(ctx, a.tx, o, doc); err != nil {
			return err
		}
	}
	return nil
}

func (a *apply) saveMerged(ctx context.Context) error {
	for _, id := range a.state.Merged {
		if heir := a.heir(id); heir != 0 {
			if _, err := a.tx.ExecContext(ctx, `UPDATE change SET parcel_id = $2 WHERE home = $3 AND parcel_id = $1`, id, heir, a.tx.home); err != nil {
				return fmt.Errorf("hand over changes of parcel %d: %w", id, err)
			}
		}
		if _, err := a.tx.ExecContext(ctx, `DELETE FROM parcel WHERE home = $2 AND id = $1`, id, a.tx.home); err != nil {
			return fmt.Errorf("remove merged parcel %d: %w", id, err)
		}
	}
	return nil
}

// heir returns the parcel that now carries a number of the merged one.
func (a *apply) heir(merged int64) int64 {
	for _, n := range a.links[merged].numbers {
		for _, p := range a.state.Parcels {
			if p.ID == merged {
				continue
			}
			for _, l := range p.Links {
				if string(l.Number) == n {
					return p.ID
				}
			}
		}
	}
	return 0
}

func (a *apply) saveTombstones(ctx context.Context) error {
	for key, kinds := range a.forgotten {
		if a.state.Forgotten[key] {
			continue
		}
		for _, kind := range kinds {
			if err := clearTombstone(ctx, a.tx, kind, key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *apply) saveChanges(ctx context.Context) error {
	for _, c := range a.state.Changes {
		if c.Of != nil {
			c.Parcel = c.Of.ID
		}
		c.At = cmp.Or(c.At, a.scope.Now)
		if err := recordChange(ctx, a.tx, c.Change); err != nil {
			return err
		}
	}
	return nil
}

// saveNotUnderstood records the mail, or clears the record of an earlier attempt.
func (a *apply) saveNotUnderstood(ctx context.Context) error {
	if n := a.state.NotUnderstood; n != nil {
		return recordNotUnderstood(ctx, a.tx, *n, a.scope.Now)
	}
	if a.scope.Mail == nil {
		return nil
	}
	_, err := a.tx.ExecContext(ctx, `DELETE FROM not_understood WHERE home = $2 AND mail = $1`, a.scope.Mail.String(), a.tx.home)
	return wrap(err, "clear the mail's fault")
}
