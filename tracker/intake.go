package tracker

import (
	"cmp"
	"slices"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/internal/ordered"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// Policy says what the mail of a mailbox may do.
type Policy struct {
	RequireVerified bool // unverified mail creates nothing
}

// rules are the settings that importNotice depends on.
type rules struct {
	Home string
	Zone *time.Location // of the days that limit unproven mail; nil for UTC
	Policy
}

// importNotice applies a notice to the state: it finds or creates orders and
// parcels, joins numbers, turns the step into an event, and records changes. A
// notice that may create nothing leaves the state unchanged. Recorded as not
// understood are a shipment mail without a number or an order, a mail of a stranger
// that names the shop as its original sender, and a forwarded mail without readable
// text.
func importNotice(s *store.State, ref parcel.MailRef, n parcel.Notice, rules rules, now time.Time) {
	if n.Claims() || n.Sealed() {
		s.NotUnderstood = notUnderstood(ref, n, now, unread(n)...)
	}
	if !n.Shipment() || !n.Verdict.Trust.Creates() {
		return
	}
	if n.Verdict.Trust == parcel.TrustUnverified && rules.RequireVerified {
		s.NotUnderstood = notUnderstood(ref, n, now, message.New("unread_unverified").Around(n.Verdict.Reason))
		return
	}
	if len(n.Parcels) == 0 && len(n.Orders) == 0 {
		s.NotUnderstood = notUnderstood(ref, n, now, unread(n)...)
		return
	}
	day, sent := quotaDays(n, rules.Zone, now)
	if !s.Scanned {
		day = sent
	}
	in := intake{State: s, Notice: n, mailbox: ref.Mailbox, rules: rules, quota: quotaOf(n.Verdict, s.Tallies[day]), now: now}
	before, boxes := snapshots(s), mailboxesOf(s.Orders)
	fresh := map[string]parcel.Step{}
	for _, id := range orderIDs(n) {
		if o, earlier := in.order(id); o != nil {
			fresh[o.ID] = earlier
		}
	}
	for _, np := range n.Parcels {
		in.parcel(np)
	}
	if len(n.Parcels) == 0 {
		in.addOrderStep()
	}
	if s.Tallies != nil {
		s.Tallies[day] = in.quota.add(s.Tallies[day])
	}
	in.record(before, boxes, fresh)
}

// intake is the import of one notice.
type intake struct {
	*store.State
	parcel.Notice

	mailbox string
	rules   rules
	quota   quota
	now     time.Time
}

// record records what has changed: parcels since their snapshots, orders without a parcel
// since the number of mailboxes and the step that they had.
func (in *intake) record(before map[*parcel.Parcel]snapshot, boxes map[*parcel.Order]int, fresh map[string]parcel.Step) {
	for _, p := range in.State.Parcels {
		in.Changes = append(in.Changes, before[p].changes(p, in.now)...)
		in.Changes = append(in.Changes, before[p].shared(p, in.now)...)
	}
	for _, o := range in.State.Orders {
		if len(parcelsOf(in.State, o.ID)) > 0 {
			continue
		}
		if earlier, ok := fresh[o.ID]; ok {
			in.Changes = append(in.Changes, orderChanges(o, earlier, in.now)...)
		}
		if known, ok := boxes[o]; ok {
			in.Changes = append(in.Changes, sharedOrder(o, known, in.now)...)
		}
	}
}

func (in *intake) sent() time.Time { return sentAt(in.Notice, in.now) }

// sentAt returns when the mail was sent, or now if its date is missing or in the
// future.
func sentAt(n parcel.Notice, now time.Time) time.Time {
	if n.Sent.IsZero() || n.Sent.After(now) {
		return now
	}
	return n.Sent
}

// unread returns why a mail yielded nothing.
func unread(n parcel.Notice) []message.Text {
	if len(n.Problems) == 0 {
		return []message.Text{message.New(parcel.NothingFound)}
	}
	return n.Problems
}

func notUnderstood(ref parcel.MailRef, n parcel.Notice, now time.Time, why ...message.Text) *parcel.NotUnderstood {
	return &parcel.NotUnderstood{Mail: ref.String(), Subject: n.Subject, Why: why, At: now}
}

func snapshots(s *store.State) map[*parcel.Parcel]snapshot {
	out := make(map[*parcel.Parcel]snapshot, len(s.Parcels))
	for _, p := range s.Parcels {
		out[p] = snap(p)
	}
	return out
}

// orderIDs returns all orders of a notice without repetitions.
func orderIDs(n parcel.Notice) []string {
	ids := slices.Clone(n.Orders)
	for _, p := range n.Parcels {
		ids = append(ids, p.Orders...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// order finds or creates the order and sets its step. It returns the order and its
// earlier step (empty for a new one), or nil if the step has not changed.
func (in *intake) order(id string) (*parcel.Order, parcel.Step) {
	n := in.Notice
	i := slices.IndexFunc(in.State.Orders, func(o *parcel.Order) bool { return o.ID == id })
	var o *parcel.Order
	var earlier parcel.Step
	if i < 0 {
		if in.Forgotten[id] || !in.quota.order() {
			return nil, ""
		}
		o = &parcel.Order{ID: id, Shop: n.Shop, FirstSeen: in.now, Unverified: !in.Verdict.Proven()}
		in.State.Orders = append(in.State.Orders, o)
	} else {
		o, earlier = in.State.Orders[i], in.State.Orders[i].Step
		o.Unverified = o.Unverified && !in.Verdict.Proven()
	}
	o.Mailboxes.Add(in.mailbox)
	if len(o.Items) == 0 && len(n.Orders) <= 1 {
		o.Items = n.Items
	}
	if n.ETA != "" {
		o.ETA = n.ETA
	}
	at := in.sent()
	if n.Step == parcel.StepConfirmed {
		o.Placed = parcel.Earliest(o.Placed, at)
	}
	if n.Step.Sent() {
		o.Shipped = parcel.Earliest(o.Shipped, at)
	}
	if at.Before(o.StepAt) || n.Step == parcel.StepNone || closes(n.Step) && !n.Verdict.Proven() && !o.Unverified {
		return nil, ""
	}
	if (n.Step == parcel.StepOther || n.Step == parcel.StepUpdate) && earlier != "" {
		return nil, "" // an unknown phrase and an "update" do not undo a known step
	}
	o.Step, o.StepWords, o.StepAt = n.Step, n.StepWords, at
	o.Closed = closes(n.Step)
	if o.Step == earlier {
		return nil, ""
	}
	return o, earlier
}

// closes reports whether the shop's step ends an order.
func closes(s parcel.Step) bool {
	return slices.Contains([]parcel.Step{parcel.StepClosed, parcel.StepDelivered, parcel.StepDeliveryConfirmed, parcel.StepFeedback}, s)
}

func orderChanges(o *parcel.Order, earlier parcel.Step, now time.Time) []store.NewChange {
	c := parcel.Change{
		Kind: parcel.ChangeNewOrder, Order: o.ID, Old: string(earlier), New: string(o.Step), To: o.Step.Status(), At: now,
		Key:   "order/" + o.ID + "/" + string(o.Step),
		Quiet: now.Sub(o.StepAt) > quietAge || o.Closed && earlier == "",
	}
	if earlier != "" {
		c.Kind = parcel.ChangeOrderStep
	}
	return []store.NewChange{{Change: c}}
}

// parcel finds the parcel of a number, joins the number to one, or creates one, and
// adds the mail's step to its timeline.
func (in *intake) parcel(np parcel.NoticeParcel) {
	p := carrying(in.State, np.Number)
	if p == nil {
		p = in.newNumber(np)
	}
	if p == nil {
		return
	}
	p.Unverified = p.Unverified && !in.Verdict.Proven()
	p.Mailboxes.Add(in.mailbox)
	known := len(p.Orders)
	in.addOrders(p, np.Orders)
	if len(in.Notice.Parcels) == 1 {
		addItems(p, in.Items, known == 0 || len(p.Orders) == known)
	}
	if in.Logistics.Sender != "" || len(in.Logistics.Sites) > 0 {
		p.Logistics = in.Logistics
	}
	step := np.Step
	if step == "" || step == parcel.StepNone {
		step = in.Step
	}
	in.move(p, np.Number, step)
	inherit(in.State, p)
}

// newNumber joins a number that no parcel has to one, or creates a parcel. It returns
// nil if the number is forgotten or the mail's quota is used up.
func (in *intake) newNumber(np parcel.NoticeParcel) *parcel.Parcel {
	match := in.predecessor(np)
	if match == nil && in.Forgotten[string(np.Number)] || !in.quota.number() {
		return nil
	}
	if match != nil {
		match.AddLink(parcel.Link{Number: np.Number, Since: in.now, Reason: "same order", Certainty: parcel.Likely})
		return match
	}
	p := &parcel.Parcel{FirstSeen: in.now, NextCheck: in.now, Reason: "new", Unverified: !in.Verdict.Proven()}
	in.State.Parcels = append(in.State.Parcels, p)
	p.AddLink(parcel.Link{Number: np.Number, Since: in.now, Reason: "mail", Certainty: parcel.Certain})
	in.suspect(p, np)
	return p
}

// addOrderStep adds the step of a mail that names only orders to the parcel of each
// order that has exactly one.
func (in *intake) addOrderStep() {
	for _, id := range in.Notice.Orders {
		of := parcelsOf(in.State, id)
		if closes(in.Step) && in.Verdict.Proven() {
			closeGhosts(of)
		}
		for _, p := range of {
			p.Mailboxes.Add(in.mailbox)
		}
		if len(of) == 1 {
			in.move(of[0], of[0].Number(), in.Step)
		}
	}
}

// move adds the shop's step to the parcel. If it is news, carriers are asked at once.
func (in *intake) move(p *parcel.Parcel, number number.Number, step parcel.Step) {
	ended := p.Closed || p.Status.Final()
	if in.addStep(p, number, step) && !ended && in.now.Sub(in.sent()) < quietAge {
		p.NextCheck, p.Reason = in.now, byMail
	}
	settle(p, in.rules.Home, in.now)
}

// byMail is the reason of a check that a mail has caused.
const byMail = "mail"

// addStep adds the shop's step to the timeline, once per step and day, and reports
// whether it did.
func (in *intake) addStep(p *parcel.Parcel, number number.Number, step parcel.Step) bool {
	if !moves(step) {
		return false
	}
	at := in.sent()
	src := p.Source(parcel.SourceMail, number)
	for i := range src.Events {
		e := &src.Events[i]
		if e.Code == string(step) && e.Text == in.StepWords && parcel.DateOf(e.Time) == parcel.DateOf(at) {
			e.Unproven = e.Unproven && !in.Verdict.Proven()
			return false
		}
	}
	if !in.quota.unlimited && len(src.Events) >= unprovenEvents {
		return false
	}
	country := ""
	if step.Arrived() {
		country = cmp.Or(p.Destination, in.rules.Home)
	}
	src.Events = append(src.Events, parcel.Event{
		Country: country, Time: at, ZoneKnown: true, Status: step.Status(), Text: in.StepWords, Code: string(step),
		Sources: []string{parcel.SourceMail}, Unproven: !in.Verdict.Proven(),
	})
	ordered.Sort(src.Events, func(a, b parcel.Event) int { return a.Time.Compare(b.Time) })
	src.Answered = in.now
	if in.ETA != "" {
		src.ETA = in.ETA
	}
	return true
}

// moves reports whether a step tells where the parcel is.
func moves(s parcel.Step) bool {
	return !slices.Contains([]parcel.Step{
		parcel.StepNone, parcel.StepUpdate, parcel.StepFeedback, parcel.StepAwaitingConfirmation, parcel.StepClosed,
	}, s)
}

// inherit copies items, mailboxes and the day of dispatch from the parcel's orders.
func inherit(s *store.State, p *parcel.Parcel) {
	for _, o := range s.Orders {
		if !slices.Contains(p.Orders, o.ID) {
			continue
		}
		if len(p.Items) == 0 {
			p.Items = o.Items
		}
		p.Mailboxes.Add(o.Mailboxes...)
		p.Shipped = parcel.Earliest(p.Shipped, o.Shipped)
	}
}

// addItems adds the items of a list. A list of the same orders may have the same things in
// another language or with titles cut elsewhere; the longer list is then kept.
func addItems(p *parcel.Parcel, items []parcel.Item, same bool) {
	had := p.Items
	if same {
		p.Items = nil
	}
	for _, it := range items {
		if !slices.Contains(p.Items, it) && len(p.Items) < 20 {
			p.Items = append(p.Items, it)
		}
	}
	if same && len(p.Items) <= len(had) {
		p.Items = had
	}
}

func carrying(s *store.State, n number.Number) *parcel.Parcel {
	for _, p := range s.Parcels {
		if p.Has(n) {
			return p
		}
	}
	return nil
}

func parcelsOf(s *store.State, order string) []*parcel.Parcel {
	var out []*parcel.Parcel
	for _, p := range s.Parcels {
		if slices.Contains(p.Orders, order) {
			out = append(out, p)
		}
	}
	return out
}
