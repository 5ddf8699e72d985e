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

// Handler handles mails of a folder in order, at least one. It returns how many of them are
// handled; if these are not all, err says why the next one is not. Before it returns, it
// must store the results and move the folder's checkpoint to the last handled mail in one
// transaction, so that a mail is passed again only after a crash before that.
//
// A mail that is not handled is passed again by itself. After [ErrLater] it is retried until
// it is handled, after a [PermanentError] never, after any other error a few times; then
// it is set aside.
type Handler func(ctx context.Context, mails []Mail) (handled int, err error)
