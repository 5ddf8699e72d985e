package mailwatch

import (
	"context"

	"parcelwatch/parcel"
)

// Mail is one mail as it was read.
type Mail struct {
	Ref     parcel.MailRef
	Size    int64  // as the server says
	Raw     []byte // header and body; only the start where Partial
	Partial bool   // larger than the limit: Raw holds the beginning only
}

// Handler takes a mail. After it returned nil the mail is not handed over
// again, but for a crash in between. An error means: try this mail again later.
type Handler func(ctx context.Context, m Mail) error
