//go:build linux

package abuse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parcelwatch/internal/demo"
	"parcelwatch/internal/locale"
	"parcelwatch/test/rig"
)

// parcelRows are about what strangers make of the parcels on record, and what is left of
// them.
func parcelRows() []row {
	return []row{
		{
			part: "mail", name: "flood", quick: true, try: crowded,
			did: "673 mails under the shop's name that nobody has signed, 50 numbers and 50 orders in each; then a restart and forget --unverified",
		},
		{
			part: "post", name: "merge", quick: true, setup: setup{posts: []string{"cainiao"}, look: confused}, try: unmerged,
			did: "a post says that a followed number is the same parcel as another followed number",
		},
		{
			part: "store", name: "forget", quick: true, setup: setup{posts: []string{"cainiao", "upu"}, look: wordy}, try: forgotten,
			did: "forget --purge of a parcel with a history, beside the running daemon",
		},
	}
}

// Mail of the flood, and numbers in each.
const (
	floodMails = 673
	floodEach  = 50
)

func manyNumbers(n int) string {
	var b strings.Builder
	b.WriteString(forged(n) + "Subject: Your packages have been shipped\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<html><body>")
	for i := range floodEach {
		k := n*floodEach + i
		fmt.Fprintf(&b, "<p>Package <b>LP%014d</b> of <a href=\"https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=82%014d\">order 82%014d</a></p>\r\n",
			1_000_000+k, 1_000_000+k, 1_000_000+k)
	}
	return b.String() + "</body></html>\r\n"
}

// crowded: few of the parcels are taken, the rest is told, and one command ends it.
func crowded(ctx context.Context, b *bench) error {
	if err := returning(waiting(floodMails, manyNumbers))(ctx, b); err != nil {
		return err
	}
	refused := 0
	if _, err := rig.Until(ctx, toldLimit, "all mail is read", func() bool {
		refused = b.surplus(ctx)
		return refused == 2*floodEach*floodMails-100
	}); err != nil {
		return fmt.Errorf("%w; %d refused", err, refused)
	}
	made, err := b.store.Count(ctx, "SELECT count(*) FROM parcel WHERE unverified")
	if err != nil {
		return err
	}
	if err := b.announced(ctx, "trouble_surplus_state"); err != nil {
		return err
	}
	if _, err := b.daemon.Stop(5 * time.Second); err != nil {
		return err
	}
	b.store.Close()
	if err := b.start(ctx); err != nil {
		return err
	}
	if err := b.meanwhile(ctx); err != nil {
		return err
	}
	if _, err := b.daemon.Command(ctx, "forget", "--unverified"); err != nil {
		return err
	}
	left, err := b.store.Texts(ctx, "SELECT coalesce(group_concat(unverified), '') FROM parcel")
	b.outcome.seen = fmt.Sprintf("%d parcels made, %d numbers and orders refused and told; real parcels left after forget: %d", made, refused, b.numbers)
	if want := strings.TrimSuffix(strings.Repeat("0,", b.numbers), ","); err == nil && (made != 50 || left[0] != want) {
		err = fmt.Errorf("%w: %d parcels made; after forget the parcels are %q, want %q", errWrong, made, left[0], want)
	}
	return err
}

// surplus is how much was not accepted, as status says it.
func (b *bench) surplus(ctx context.Context) int {
	var s struct {
		Surplus []struct {
			Refused int `json:"refused"`
		} `json:"surplus"`
	}
	out, err := b.daemon.Command(ctx, "status", "--json")
	if err != nil || json.Unmarshal(out, &s) != nil || len(s.Surplus) == 0 {
		return 0
	}
	return s.Surplus[0].Refused
}

// announced waits for a digest that holds a message of the catalogue.
func (b *bench) announced(ctx context.Context, id string, data ...any) error {
	p, err := locale.New("en")
	if err != nil {
		return err
	}
	words := p.T(id, data...)
	_, err = rig.Until(ctx, toldLimit, "a digest says "+words, func() bool {
		return slices.ContainsFunc(b.sink.Mails(), func(m rig.Taken) bool {
			_, text, err := rig.ReadMail(m.Raw)
			return err == nil && strings.Contains(strings.Join(strings.Fields(text), " "), words)
		})
	})
	return err
}

// scan is one event far away, in words that stand nowhere else.
func scan(number string) demo.Record {
	return demo.Record{Number: number, Origin: "Mainland China", Scans: []demo.Scan{
		{At: time.Now().Add(-50 * time.Hour), Cainiao: "PU_PICKUP_SUCCESS", UPU: "EMA", Zone: 8, Country: "CN", Place: "Quillinshan", Text: "Accepted at the quillinshan depot"},
		{At: time.Now().Add(-30 * time.Hour), Cainiao: "LH_DEPART", UPU: "EMC", Zone: 8, Country: "CN", Place: "Vexmarin", Text: "Departed from the vexmarin airfield"},
	}}
}

// confused: the post takes the second parcel for the first.
func confused(number string) demo.Record {
	r := scan(number)
	if number == rig.Number(2, "CN") {
		r.Local, r.Linked = rig.Number(1, "CN"), true
	}
	return r
}

// unmerged: both parcels stay, and the digest says that they may be the same.
func unmerged(ctx context.Context, b *bench) error {
	if _, err := b.steady(ctx); err != nil {
		return err
	}
	if err := b.meanwhile(ctx); err != nil {
		return err
	}
	if err := b.announced(ctx, "note_maybe", "Number", rig.Number(1, "CN"), "Own", rig.Number(2, "CN")); err != nil {
		return err
	}
	parcels, err := b.daemon.List(ctx)
	if err == nil && (len(parcels) != 2 || len(parcels[0].Numbers) != 1 || len(parcels[1].Numbers) != 1) {
		err = fmt.Errorf("%w: the parcels are %v, want two of one number each", errWrong, parcels)
	}
	b.outcome.seen = fmt.Sprintf("%d parcels, and the digest says that they may be the same", len(parcels))
	return err
}

// wordy: the post knows the first parcel alone.
func wordy(number string) demo.Record {
	if number != rig.Number(1, "CN") {
		return demo.Record{Number: number}
	}
	return scan(number)
}

// forgotten: the words of a parcel stand in the store's files before, and not after.
func forgotten(ctx context.Context, b *bench) error {
	if _, err := b.steady(ctx); err != nil {
		return err
	}
	n, order := rig.Number(1, "CN"), rig.Order(1)
	if err := b.history(ctx, n, order); err != nil {
		return err
	}
	words := []string{n, order, "uillinshan", "exmarin"}
	if _, err := rig.Until(ctx, toldLimit, "every word stands in the store's files", func() bool {
		here, err := b.found(words)
		return err == nil && len(here) == len(words)
	}); err != nil {
		return err
	}
	if err := b.meanwhile(ctx); err != nil { // a digest after the events
		return err
	}
	if _, err := b.daemon.Command(ctx, "forget", "--purge", n); err != nil {
		return err
	}
	left, err := b.found(words)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%w: after forget --purge the store's files hold %v", errWrong, left)
	}
	b.outcome.seen = fmt.Sprintf("of %d words that stood in the store's files none is left", len(words))
	return err
}

// history delivers mail that rewrites the parcel's row, among mail about others, so that
// its words lie in many pages.
func (b *bench) history(ctx context.Context, number, order string) error {
	for i := range 120 {
		l := rig.Letter{Number: number, Order: order, Step: "arrived at the sorting center", Sent: time.Now().Add(-time.Duration(200-i) * time.Hour), Copy: 100 + i}
		if i%3 > 0 {
			l.Number, l.Order = rig.Number(1000+i, "CN"), rig.Order(1000+i)
		}
		if _, err := b.dovecot.Send(ctx, "alice", l.Text()); err != nil {
			return err
		}
	}
	return nil
}

// found returns the words that stand in any file of the store's folder.
func (b *bench) found(words []string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.daemon.Site.Store), "*"))
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, file := range files {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			return nil, err
		}
		all = append(all, text...)
	}
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !bytes.Contains(all, []byte(w)) }), nil
}
