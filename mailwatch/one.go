package mailwatch

import (
	"context"
	"errors"
	"fmt"

	"parcelwatch/parcel"
)

// ErrNoMail means that a mail is not, or no longer, in its folder, or not of the senders.
var ErrNoMail = errors.New("the mail is not in its folder")

// One reads one mail on a connection of its own and stores nothing. ref needs no
// UIDVALIDITY.
func One(ctx context.Context, a Account, ref parcel.MailRef) (Mail, error) {
	a = a.complete()
	s, err := open(ctx, &a, NewBudget())
	if err != nil {
		return Mail{}, err
	}
	defer s.close()
	if err := s.examine(ref.Folder); err != nil {
		return Mail{}, err
	}
	got, lost, err := newReader(&a, ref.Folder).bodies(ctx, s, []head{{uid: ref.UID}})
	switch {
	case err != nil:
		return Mail{}, err
	case len(lost) > 0:
		return Mail{}, fmt.Errorf("read mail %s: %w", ref, errWithheld)
	case len(got) == 0 || !a.Senders.Wants(got[0].mail.Header):
		return Mail{}, fmt.Errorf("read mail %s: %w", ref, ErrNoMail)
	default:
		return got[0].mail, nil
	}
}
