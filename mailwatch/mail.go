package mailwatch

import (
	"context"

	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// Mail is one mail that was read.
type Mail struct {
	mail.Message // only the beginning if Partial
	Ref          parcel.MailRef
	Size         int64 // as reported by the server
	Partial      bool  // larger than the limit: Raw holds only the beginning
}

// Handler handles a mail. Before it returns nil, it must store the results and move the
// folder's checkpoint to the mail in one transaction, so that the mail is passed again
// only after a crash before that. After [ErrLater] the mail is retried until it is
// handled, after a [PermanentError] never, after any other error a few times; then it is
// set aside.
type Handler func(ctx context.Context, m Mail) error
