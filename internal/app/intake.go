package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"parcelwatch/config"
	"parcelwatch/internal/message"
	"parcelwatch/mail/verify"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// mailbox handles the mail of one mailbox.
type mailbox struct {
	*life

	cfg     config.Mailbox
	account mailwatch.Account
	reader  Reader
}

// handle records one mail. The program's own digests are skipped.
func (b mailbox) handle(ctx context.Context, m mailwatch.Mail) error {
	own := m.Header.Own
	if id := m.Header.MessageID; !own && id != "" {
		var err error
		if own, err = b.Store.Sent(ctx, id); err != nil {
			return later(err)
		}
	}
	if own {
		at := store.Checkpoint{UIDValidity: m.Ref.UIDValidity, UID: m.Ref.UID}
		return later(b.Store.SaveCheckpoint(ctx, m.Ref.Mailbox, m.Ref.Folder, at))
	}
	n, err := b.reader.Read(ctx, m.Message)
	switch {
	case errors.Is(err, verify.ErrTemporary) && b.cfg.RequireVerified && n.Verdict.Trust == parcel.TrustUnverified:
		// Without a retry the mail would be ignored, although the name server may answer later.
		return fmt.Errorf("verify mail %s: %w: %w", m.Ref, mailwatch.ErrLater, err)
	case err != nil && !errors.Is(err, verify.ErrTemporary):
		return mailwatch.Permanent(fmt.Errorf("read mail %s: %w", m.Ref, err))
	}
	if m.Partial {
		n.Problems = append(n.Problems, message.New("unread_partial"))
	}
	digest := sha256.Sum256(m.Raw)
	policy := tracker.Policy{RequireVerified: b.cfg.RequireVerified}
	if err := b.tracker.Intake(ctx, m.Ref, n, hex.EncodeToString(digest[:]), policy); err != nil {
		return later(err)
	}
	b.Log.DebugContext(ctx, "mail recorded", "mail_id", m.Ref.String(), "parcels", len(n.Parcels))
	return nil
}

// later marks errors that are caused by the store and not by the mail.
func later(err error) error {
	for _, cause := range []error{store.ErrBusy, store.ErrNoSpace, store.ErrDisk, store.ErrReadOnly, store.ErrCorrupt} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%w: %w", mailwatch.ErrLater, err)
		}
	}
	return err
}
