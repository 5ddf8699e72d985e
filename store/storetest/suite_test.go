package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

// faults maps every check of the suite to a store that must fail it.
func faults() map[string]func(b *broken) {
	all := map[string]func(b *broken){}
	for _, group := range []map[string]func(b *broken){storyFaults(), mailFaults(), ledgerFaults()} {
		maps.Copy(all, group)
	}
	return all
}

// with replaces the scope of Apply, or changes the state after the decision.
func with(scope func(*store.Scope), after func(*store.State)) func(b *broken) {
	return func(b *broken) {
		b.apply = func(ctx context.Context, s store.Scope, decide func(*store.State) error) error {
			if scope != nil {
				scope(&s)
			}
			return b.Store.Apply(ctx, s, func(st *store.State) error {
				err := decide(st)
				if after != nil {
					after(st)
				}
				return err
			})
		}
	}
}

func unique() func(string) string {
	var n atomic.Int64
	return func(s string) string { return fmt.Sprint(s, n.Add(1)) }
}

func storyFaults() map[string]func(b *broken) {
	suffix := unique()
	return map[string]func(b *broken){
		"a parcel saved twice is one": func(b *broken) {
			b.parcels = func(l []parcel.Parcel) []parcel.Parcel { return append(l, l...) }
		},
		"two mails naming one number are one parcel":              with(func(s *store.Scope) { s.Numbers = nil }, nil),
		"a scope loads by number, order and id, each parcel once": with(func(s *store.Scope) { s.Orders = nil }, nil),
		"a withheld mail is kept until it is released":            func(b *broken) { b.withheld = reversed[store.Withheld] },
		"unverified parcels are due after all others":             func(b *broken) { b.due = reversed[parcel.Parcel] },
		"tallies of a mailbox and day are kept and counted": func(b *broken) {
			b.health = func(h parcel.Health) parcel.Health { h.Surplus = nil; return h }
		},
		"followed parcels are the active ones and those asked for": func(b *broken) {
			b.outlines = func(all []parcel.Parcel) []parcel.Parcel { return all[:1] }
		},
		"followed parcels come in pages": func(b *broken) {
			b.followed = func(all []parcel.Parcel) []parcel.Parcel { return all[:min(1, len(all))] }
		},
		"an outline is the stored parcel without what is only shown": func(b *broken) {
			b.outlines = func(all []parcel.Parcel) []parcel.Parcel { all[0].Title = ""; return all }
		},
		"parcels to remind of are those that wait and those whose protection began in a time": func(b *broken) {
			b.remindable = func(all []parcel.Parcel) []parcel.Parcel { return all[1:] }
		},
		"what has ended is the rest": func(b *broken) {
			b.ended = func(p *parcel.Parcel) *parcel.Parcel {
				if p.Closed && !p.Status.Final() {
					return nil
				}
				return p
			}
		},
		"every parcel has one standing and is visited once, until the visitor has enough": func(b *broken) {
			b.standing = func(store.Standing) store.Standing { return store.Open }
		},
		"the newest changes come first": func(b *broken) { b.recent = reversed[parcel.Change] },
		"parcels that a carrier was asked about are counted once each": func(b *broken) {
			b.asked = func(n map[string]int) map[string]int { n["post"]++; return n }
		},
		"followed orders are the open ones without a parcel and those asked for": func(b *broken) {
			b.orders = func([]parcel.Order) []parcel.Order { return nil }
		},
		"a channel's news is that of some time, until it is marked": func(b *broken) {
			b.pending = func([]parcel.Change) []parcel.Change { return nil }
		},
		"an order is found with its parcels": func(b *broken) {
			b.carriers = func(all []parcel.Parcel) []parcel.Parcel { return all[min(1, len(all)):] }
		},
		"forgetting a selection forgets nothing else": func(b *broken) {
			b.selection = func(s store.Selection) store.Selection { s.Unverified = false; return s }
		},
		"parcels are due in order and up to the limit": func(b *broken) { b.due = reversed[parcel.Parcel] },
		"lists leave out what is final or closed":      func(b *broken) { b.parcels = reversed[parcel.Parcel] },
		"recording the same tracking twice makes no change": with(nil, func(st *store.State) {
			for i := range st.Changes {
				st.Changes[i].Key = suffix(st.Changes[i].Key)
			}
		}),
		"an event inserted earlier in time is kept in its place": func(b *broken) {
			b.byNumber = func(p parcel.Parcel, err error) (parcel.Parcel, error) {
				slices.Reverse(p.Sources[0].Events)
				return p, err
			}
		},
		"a failure in the middle leaves nothing": func(b *broken) {
			b.apply = func(ctx context.Context, s store.Scope, decide func(*store.State) error) error {
				var failed error
				err := b.Store.Apply(ctx, s, func(st *store.State) error { failed = decide(st); return nil })
				return errors.Join(failed, err)
			}
		},
		"a cancelled context leaves nothing": func(b *broken) {
			b.apply = func(ctx context.Context, s store.Scope, decide func(*store.State) error) error {
				err := b.Store.Apply(context.WithoutCancel(ctx), s, decide)
				return errors.Join(ctx.Err(), err)
			}
		},
		"two writers at once lose nothing": func(b *broken) {
			var n atomic.Int64
			b.apply = func(ctx context.Context, s store.Scope, decide func(*store.State) error) error {
				if n.Add(1)%7 == 0 {
					return nil
				}
				return b.Store.Apply(ctx, s, decide)
			}
		},
		"everything survives a reopen": func(b *broken) {
			b.byNumber = func(p parcel.Parcel, err error) (parcel.Parcel, error) { p.Maybe = nil; return p, err }
		},
		"times keep their milliseconds and their zone": func(b *broken) {
			b.due = func(l []parcel.Parcel) []parcel.Parcel {
				for _, p := range l {
					p.Sources[0].Events[0].Time = p.Sources[0].Events[0].Time.UTC()
				}
				return l
			}
		},
		"text of any script survives": func(b *broken) {
			b.byNumber = func(p parcel.Parcel, err error) (parcel.Parcel, error) {
				for i := range p.Items {
					p.Items[i].Title = strings.ReplaceAll(p.Items[i].Title, "\x00", "")
				}
				return p, err
			}
		},
		"what is not there is ErrNotFound": func(b *broken) {
			b.byNumber = func(p parcel.Parcel, _ error) (parcel.Parcel, error) { return p, nil }
		},
		"a number seen again long after the end is a new parcel": with(func(s *store.Scope) { s.Now = storetest.Now() }, nil),
		"a merged parcel goes and its changes go over":           with(nil, func(st *store.State) { st.Merged = nil }),
		"what is forgotten stays forgotten until purged or taken back": func(b *broken) {
			b.forget = func(ctx context.Context, id int64) error { return b.Store.Forget(ctx, id, true) }
		},
		"an order that another parcel carries is not forgotten": func(b *broken) {
			b.apply = func(ctx context.Context, s store.Scope, decide func(*store.State) error) error {
				return b.Store.Apply(ctx, s, func(st *store.State) error {
					for _, id := range s.Orders {
						st.Forgotten[id] = true
					}
					return decide(st)
				})
			}
		},
		"the newest deliveries are listed as trips": func(b *broken) {
			b.trips = func(l []parcel.Trip) []parcel.Trip { return append(l, parcel.Trip{}) }
		},
		"finished crossings are listed as journeys": func(b *broken) {
			b.journeys = func(l []store.Journey) []store.Journey { return append(l, store.Journey{}) }
		},
	}
}

func mailFaults() map[string]func(b *broken) {
	suffix := unique()
	return map[string]func(b *broken){
		"a mail is imported once, however it is known again": with(func(s *store.Scope) { s.Digest = "" }, nil),
		"importing a mail moves the position":                with(func(s *store.Scope) { s.Mail = nil }, nil),
		"checkpoints move past all mails that are imported together": func(b *broken) {
			b.applyAll = func(d []store.Decision) []store.Decision {
				d = slices.Clone(d)
				d[3].Scope.Mail = nil
				return d
			}
		},
		"mails are imported together up to the first that fails": func(b *broken) {
			b.applyAll = func(all []store.Decision) []store.Decision { return all[:1] }
		},
		"a position never goes back": func(b *broken) { b.savePosition = func() error { return nil } },
		"a mail that was not understood is shown until it is": func(b *broken) {
			b.setAside = func() error { return nil }
		},
		"the list of mails not understood is bounded, newest first": func(b *broken) {
			b.health = func(h parcel.Health) parcel.Health { slices.Reverse(h.NotUnderstood); return h }
		},
		"changes are pending until marked, and marking again is harmless": func(b *broken) {
			b.enqueue = func(m store.Message, _ []int64) (store.Message, []int64) { return m, nil }
		},
		"changes come oldest first, as they were recorded": func(b *broken) { b.pending = reversed[parcel.Change] },
		"a key is recorded once": func(b *broken) {
			b.tell = func(l []parcel.Change) []parcel.Change {
				for i := range l {
					l[i].Key = suffix(l[i].Key)
				}
				return l
			}
		},
		"a parcel's changes are apart from those of no parcel": func(b *broken) {
			b.changes = func(l []parcel.Change) []parcel.Change {
				return slices.DeleteFunc(l, func(c parcel.Change) bool { return c.Quiet })
			}
		},
		"quiet changes are never pending": func(b *broken) {
			b.tell = func(l []parcel.Change) []parcel.Change {
				for i := range l {
					l[i].Quiet = false
				}
				return l
			}
		},
		"an audience's slot is taken once": func(b *broken) {
			b.enqueue = func(m store.Message, told []int64) (store.Message, []int64) {
				m.Slot = suffix(m.Slot)
				return m, told
			}
		},
		"messages are due in order and up to the limit":             func(b *broken) { b.messages = reversed[store.Message] },
		"each recipient has a fate of its own, and sent stays sent": func(b *broken) { b.record = func(l []store.Delivery) []store.Delivery { return l[:1] } },
		"own Message-IDs are known for good":                        func(b *broken) { b.sent = func([]string) []string { return []string{"other@example.org"} } },
		"what was tried in vain and sent to nobody is known by its audience": func(b *broken) {
			b.backlog = func(l store.Backlog) store.Backlog { l.Tried = l.Made; return l }
		},
		"messages that no copy of arrived are withdrawn with what they announced": func(b *broken) {
			b.withdraw = func(ctx context.Context, audience string) ([]store.Message, error) {
				all, err := b.Store.Withdraw(ctx, audience)
				for _, m := range all {
					err = errors.Join(err, b.Store.Enqueue(ctx, m, nil))
				}
				return all, err
			}
		},
		"a message that may have arrived is not withdrawn": func(b *broken) {
			b.withdraw = func(ctx context.Context, audience string) ([]store.Message, error) {
				due, err := b.DueMessages(ctx, storetest.Now().AddDate(1, 0, 0), 10)
				for _, m := range due {
					for i := range m.Deliveries {
						m.Deliveries[i].State = store.DeliveryWaiting
					}
					err = errors.Join(err, b.Store.Record(ctx, m.ID, m.Deliveries))
				}
				all, e := b.Store.Withdraw(ctx, audience)
				return all, errors.Join(err, e)
			}
		},
		"a message is refused if every delivery is": func(b *broken) { b.refused = reversed[store.Message] },
		"the last slot is the newest message's":     func(b *broken) { b.lastSlot = func(string) string { return "2026-02-28 19:00" } },
	}
}

func ledgerFaults() map[string]func(b *broken) {
	always := func() (bool, error) { return true, nil }
	shared := func(b *broken) { b.household = func(string) string { return "one for all" } }
	return map[string]func(b *broken){
		"who follows a number is known of the households that are asked about": func(b *broken) {
			b.followers = func(names []string) []string { return append(names, "nobody") }
		},
		"households are kept as they were put, sorted by name":               func(b *broken) { b.docs = reversed[store.HouseholdDoc] },
		"the revision changes with every change of the households":           func(b *broken) { b.revision = func(int64) int64 { return 1 } },
		"a household is removed with all that is stored of it, and no other": func(b *broken) { b.removal = func(string) error { return nil } },
		"nothing is stored for a household that was just removed":            func(b *broken) { b.removal = func(string) error { return nil } },
		"the only daemon holds all households": func(b *broken) {
			b.claim = func(c store.Claims) store.Claims { c.Held = c.Held[:min(1, len(c.Held))]; return c }
		},
		"a daemon is listed with what it says of itself":           func(b *broken) { b.nodes = func(n []store.Node) []store.Node { return append(n, n...) } },
		"a program that claims nothing writes for every household": func(b *broken) { b.removal = func(string) error { return store.ErrLeaseLost } },
		"a budget is never overdrawn and survives a reopen":        func(b *broken) { b.take = always },
		"many who take at once get what there is and no more":      func(b *broken) { b.take = always },
		"a host's moments are spaced and survive a reopen": func(b *broken) {
			b.reserve = func(_ time.Duration, now time.Time) (time.Duration, time.Time) { return 0, now }
		},
		"a clock set back does not block a host": func(b *broken) {
			b.reserve = func(d time.Duration, _ time.Time) (time.Duration, time.Time) { return d, storetest.Now() }
		},
		"a carrier's health is kept beside its count of today": func(b *broken) {
			b.carrierHealth = func(h parcel.CarrierHealth) parcel.CarrierHealth { h.Today = 0; return h }
		},
		"the newest few answers not understood are kept, bounded":                func(b *broken) { b.answers = reversed[store.Answer] },
		"the heartbeat is the last one":                                          func(b *broken) { b.beat = func(v store.Heartbeat) store.Heartbeat { v.PID = 0; return v } },
		"a secret is kept until dropped":                                         func(b *broken) { b.secret = func(v string, _ error) (string, error) { return v, nil } },
		"an empty store is healthy":                                              func(b *broken) { b.health = func(h parcel.Health) parcel.Health { h.Outbox.Waiting++; return h } },
		"the same number, order, mail and name in two households are two things": shared,
		"what one household forgets, sends or keeps secret is of no other":       shared,
		"a store is the household home":                                          shared,
		"counts are those of the lists":                                          func(b *broken) { b.following = func(n int) int { return n + 1 } },
		"unverified parcels are counted while they are followed":                 func(b *broken) { b.unverified = func(n int) int { return n + 1 } },
		"a backup is a new file and leaves the store sound":                      func(b *broken) { b.backup = func() error { return nil } },
		"what is no longer used is pruned, and nothing else":                     func(b *broken) { b.prune = func(p store.Pruned) store.Pruned { p.Bodies = 0; return p } },
		"parcels of unwatched mailboxes are counted by mailbox":                  func(b *broken) { b.unwatched = reversed[store.Unwatched] },
		"a mailbox's state is kept, and what a restart does not know stays": func(b *broken) {
			b.health = func(h parcel.Health) parcel.Health { h.Mailboxes[0].LastMail = time.Time{}; return h }
		},
	}
}

func reversed[V any](l []V) []V { slices.Reverse(l); return l }

func TestSuiteFailsOnBrokenStores(t *testing.T) {
	t.Parallel()
	faults := faults()
	for _, c := range storetest.Checks() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			breakIt, ok := faults[c.Name]
			if !ok {
				t.Fatal("no store is known that breaks this promise: the check may be unable to fail")
			}
			if bad := try(t.Context(), c, harness(t, func(*broken) {})); len(bad) > 0 {
				t.Errorf("a sound store fails the check: %q", bad)
			}
			if bad := try(t.Context(), c, harness(t, breakIt)); len(bad) == 0 {
				t.Error("a store that breaks the promise passes the check")
			}
		})
	}
}

// harness returns a sound store wrapped by one that breaks a clause of the
// contract.
func harness(t *testing.T, breakIt func(*broken)) storetest.Harness {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.db")
	open := func() store.Store {
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{Now: storetest.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		b := &broken{Store: db}
		breakIt(b)
		return b
	}
	return storetest.Harness{Store: open(), Reopen: open, Dir: t.TempDir()}
}
