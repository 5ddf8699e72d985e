package mailwatch

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	headBatch  = 1000    // headers in one FETCH
	bodyBatch  = 128     // mails in one FETCH
	bodyBytes  = 1 << 20 // and their total size: three such batches are in memory at a time
	headBytes  = 64 << 10
	slackBytes = 4 << 20
)

// batch is a part of the mailbox that has been read.
type batch struct {
	mails    []delivered
	aside    []aside
	again    []store.Withheld // mails of aside that are asked for again
	released []released       // mails that were withheld before
	upTo     uint32           // every mail up to here is in this batch, in an earlier one, or not from the senders
	scanned  bool             // this batch completes the first scan
	validity uint32
	free     func() // gives back the memory that the mails were counted with; may be nil
}

// done gives back the memory of the batch.
func (b batch) done() {
	if b.free != nil {
		b.free()
	}
}

type delivered struct {
	mail    Mail
	subject string
	date    time.Time
}

type aside struct {
	uid     uint32
	subject string
	why     message.Text
	later   bool // the server may deliver it later
	named   bool // it was set aside before
}

// reader turns UIDs into batches of mail. It outlives connections and remembers which
// commands do not work on the server.
type reader struct {
	account *Account
	folder  string
	// emit queues a batch. While it waits, it keeps the session alive.
	emit func(context.Context, *session, batch) error
	// hold waits until so many bytes of mail may be read, and keeps the session alive.
	hold     func(context.Context, *session, int64) (free func(), err error)
	progress func(Progress)
	reached  uint32   // the highest UID seen in the current reading
	there    []uint32 // all of them, if they are few

	noFrom      bool // SEARCH FROM does not work
	noSearch    bool // SEARCH SINCE does not work either
	searchFails int
	fullHeader  bool // HEADER.FIELDS does not work
	// chosen is set if a verified search has selected the mails, so that their headers need
	// not be read before the bodies.
	chosen    bool
	headPace  pace
	bodyPace  pace
	sinceDate time.Time // older mail is ignored; zero for no limit
	waiting   map[uint32]store.Withheld
	late      late
	hasty     bool            // a mail that is refused for the moment is not asked for again at once
	hides     func(mails int) // reports mails that the server counts and does not show
}

func newReader(a *Account, folder string) *reader {
	return &reader{
		account: a, folder: folder, progress: func(Progress) {},
		hold:     func(context.Context, *session, int64) (func(), error) { return func() {}, nil },
		headPace: newPace(headBatch), bodyPace: newPace(bodyBatch), waiting: map[uint32]store.Withheld{}, hides: func(int) {},
	}
}

// read emits the mails that are from the senders, in UID order, and finally last.
func (r *reader) read(ctx context.Context, s *session, uids []uint32, last batch) error {
	total := len(uids)
	r.reached, r.there = 0, r.there[:0]
	for len(uids) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk := uids[:min(len(uids), r.headPace.limit)]
		if err := r.readChunk(ctx, s, chunk); err != nil {
			return err
		}
		uids = uids[len(chunk):]
		r.progress(Progress{Stage: StageReading, Done: total - len(uids), Total: total})
	}
	last.upTo = max(last.upTo, r.reached)
	return r.send(ctx, s, last)
}

// send emits a batch unless it is empty.
func (r *reader) send(ctx context.Context, s *session, b batch) error {
	if b.upTo == 0 && !b.scanned && len(b.mails)+len(b.aside)+len(b.released) == 0 {
		return nil // nothing was read
	}
	r.withhold(&b, time.Now())
	b.validity = s.box.UIDValidity
	return r.emit(ctx, s, b)
}

// readChunk reads the headers of a chunk, then the mails that are from the senders.
func (r *reader) readChunk(ctx context.Context, s *session, chunk []uint32) error {
	heads, lost, err := r.heads(ctx, s, chunk)
	if err != nil {
		return err
	}
	// A search may return mail that does not exist: reached counts only mail that does.
	for _, h := range heads {
		r.saw(h.uid)
	}
	for _, l := range lost {
		r.saw(l.uid)
	}
	b := batch{aside: lost}
	var group []head
	var bytes int64
	flush := func() error {
		if len(group) == 0 {
			return nil
		}
		if err := r.fill(ctx, s, &b, group, bytes); err != nil {
			return err
		}
		b.upTo = group[len(group)-1].uid
		err := r.send(ctx, s, b)
		b, group, bytes = batch{}, nil, 0
		return err
	}
	for _, h := range heads {
		if !r.chosen && !r.wanted(h) {
			continue
		}
		size := min(h.size, r.account.MaxSize)
		if len(group) > 0 && (len(group) >= r.bodyPace.limit || bytes+size > bodyBytes) {
			if err := flush(); err != nil {
				return err
			}
		}
		group, bytes = append(group, h), bytes+size
	}
	if err := flush(); err != nil {
		return err
	}
	b.upTo = r.reached
	return r.send(ctx, s, b)
}

func (r *reader) saw(uid uint32) {
	if r.reached = max(r.reached, uid); len(r.there) <= maxSeen {
		r.there = append(r.there, uid)
	}
}

// fill reads mails of so many bytes into a batch, once there is room for them.
func (r *reader) fill(ctx context.Context, s *session, b *batch, group []head, bytes int64) error {
	free, err := r.hold(ctx, s, 2*bytes) // some servers only estimate the size
	if err != nil {
		return err
	}
	mails, lost, err := r.bodies(ctx, s, group)
	if err != nil {
		free()
		return err
	}
	b.mails, b.aside, b.free = mails, append(b.aside, lost...), free
	return nil
}

// wanted reports whether a mail is recent enough and from one of the senders.
func (r *reader) wanted(h head) bool {
	old := !r.sinceDate.IsZero() && !h.date.IsZero() && h.date.Before(r.sinceDate)
	return !old && h.wanted
}

// heads reads sizes and headers. Deleted mails are left out.
func (r *reader) heads(ctx context.Context, s *session, uids []uint32) ([]head, []aside, error) {
	budget := int64(len(uids))*headBytes + slackBytes
	if r.chosen {
		return r.sizes(ctx, s, uids)
	}
	got, lost, err := r.fetch(ctx, s, &r.headPace, ask{uids, r.headSection(), budget})
	if errors.Is(err, errHeaderFields) {
		r.fullHeader = true
		got, lost, err = r.fetch(ctx, s, &r.headPace, ask{uids, r.headSection(), budget})
	}
	if err != nil {
		return nil, nil, err
	}
	heads := make([]head, 0, len(got))
	for _, f := range got {
		heads = append(heads, f.head)
	}
	return heads, lost, nil
}

// sizes reads the sizes of mails, which limit the batches.
func (r *reader) sizes(ctx context.Context, s *session, uids []uint32) ([]head, []aside, error) {
	got, lost, err := r.fetch(ctx, s, &r.headPace, ask{uids, nil, int64(len(uids))*1024 + slackBytes})
	heads := make([]head, 0, len(got))
	for _, f := range got {
		heads = append(heads, head{uid: f.uid, size: f.size})
	}
	return heads, lost, err
}

func (r *reader) headSection() *imap.FetchItemBodySection {
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	if !r.fullHeader {
		section.HeaderFields = r.account.Senders.Fields()
	}
	return section
}

// bodies reads mails; of those larger than MaxSize only the beginning.
func (r *reader) bodies(ctx context.Context, s *session, heads []head) ([]delivered, []aside, error) {
	byUID := make(map[uint32]head, len(heads))
	var whole, large []uint32
	budget := int64(slackBytes)
	for _, h := range heads {
		byUID[h.uid] = h
		if h.size > r.account.MaxSize || h.size <= 0 {
			large = append(large, h.uid)
			continue
		}
		whole = append(whole, h.uid)
		budget += 2 * h.size // some servers only estimate the size
	}
	got, lost, err := r.fetch(ctx, s, &r.bodyPace, ask{whole, &imap.FetchItemBodySection{Peek: true}, budget})
	if err != nil {
		return nil, nil, err
	}
	for _, uid := range large {
		one, gone, err := r.fetch(ctx, s, &r.bodyPace, ask{[]uint32{uid}, r.partSection(), r.account.MaxSize + slackBytes})
		if err != nil {
			return nil, nil, err
		}
		got, lost = append(got, one...), append(lost, gone...)
	}
	for i, l := range lost {
		if lost[i].subject = byUID[l.uid].subject; r.chosen {
			lost[i].subject = r.subject(s, l.uid)
		}
	}
	return r.deliver(s, order(got), byUID), lost, nil
}

// subject reads the subject of a mail whose body could not be read; empty if the header
// cannot be read either.
func (r *reader) subject(s *session, uid uint32) string {
	f, ok, err := s.fetchOne(uid, r.headSection(), headBytes+slackBytes)
	if err != nil || !ok {
		return ""
	}
	return f.subject
}

func (r *reader) partSection() *imap.FetchItemBodySection {
	return &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: r.account.MaxSize}}
}

func (r *reader) deliver(s *session, got []fetched, byUID map[uint32]head) []delivered {
	out := make([]delivered, 0, len(got))
	for _, f := range got {
		size := max(byUID[f.uid].size, int64(len(f.body)))
		m := mail.Read(f.body)
		h := headOf(m.Header, r.account.Senders)
		if r.chosen && !r.wanted(h) {
			continue
		}
		m.Raw = m.Raw[:min(int64(len(m.Raw)), r.account.MaxSize)]
		out = append(out, delivered{
			mail: Mail{
				Message: m,
				Ref:     parcel.MailRef{Mailbox: r.account.Name, Folder: r.folder, UIDValidity: s.box.UIDValidity, UID: f.uid},
				Size:    size,
				Partial: size > r.account.MaxSize && int64(len(f.body)) >= r.account.MaxSize,
			},
			subject: h.subject,
			date:    h.date,
		})
	}
	return out
}
