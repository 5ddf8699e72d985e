package mailwatch

import (
	"context"

	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// Mail is one mail as it was read.
type Mail struct {
	mail.Message // only the start where Partial
	Ref          parcel.MailRef
	Size         int64 // as the server says
	Partial      bool  // larger than the limit: Raw holds the beginning only
}

// Handler handles a mail. Before it returns nil it has stored what the mail
// yielded and moved the folder's checkpoint to the mail, in one transaction, so
// that the mail is handed over again only after a crash before that. After an
// error the mail is tried again: as long as it takes with [ErrLater], not at all
// with a [PermanentError], a few times with any other. It is then set aside.
type Handler func(ctx context.Context, m Mail) error
