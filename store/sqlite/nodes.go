package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

// onlyNode is the id of the daemon.
const onlyNode = 1

// Claim returns all households: [Lock] keeps other daemons out. What n says is written
// with the next heartbeat.
func (db *DB) Claim(ctx context.Context, n store.Node, households []string) (store.Claims, error) {
	if err := ctx.Err(); err != nil {
		return store.Claims{}, fmt.Errorf("claim households: %w", err)
	}
	n.Name, n.Version, n.Households = rows.Line(n.Name), rows.Line(n.Version), len(households)
	db.node.Store(&n)
	return store.Claims{Node: onlyNode, Held: slices.Sorted(slices.Values(households))}, nil
}

// Release does nothing: nobody waits for the households.
func (db *DB) Release(context.Context, ...string) error { return nil }

// Nodes returns the daemon of the last heartbeat, if it lives or was seen within a day.
func (db *DB) Nodes(context.Context) ([]store.Node, error) {
	p, err := db.lastPulse()
	if err != nil {
		return nil, fmt.Errorf("list the daemons: %w", err)
	}
	b, n := p.Heartbeat, p.Node
	n.ID, n.Started, n.Version, n.Seen, n.Alive = onlyNode, b.Started, b.Version, b.LastAlive(), b.Alive(db.now())
	if n.Name == "" {
		n.Name = fmt.Sprintf("process %d", b.PID)
	}
	if n.Seen.Before(db.now().AddDate(0, 0, -1)) {
		return nil, nil
	}
	if !n.Alive {
		n.Households = 0
	}
	return []store.Node{n}, nil
}

// RemoveHousehold deletes a household, also from the heartbeat file.
func (db *DB) RemoveHousehold(ctx context.Context, name string) error {
	if err := db.Installation.RemoveHousehold(ctx, name); err != nil {
		return err
	}
	return db.pulse("remove household "+name, func(p *pulse) {
		for key := range p.Checks {
			if strings.HasPrefix(key, name+"/") {
				delete(p.Checks, key)
				delete(p.Mails, key)
			}
		}
	})
}

// self returns what the daemon said of itself.
func (db *core) self() store.Node {
	if n := db.node.Load(); n != nil {
		return *n
	}
	return store.Node{}
}
