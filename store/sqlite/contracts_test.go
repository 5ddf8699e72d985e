package sqlite_test

import (
	"parcelwatch/carriers"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

var (
	_ tracker.Store       = (*sqlite.DB)(nil)
	_ notify.Outbox       = (*sqlite.DB)(nil)
	_ notify.Desk         = (*sqlite.DB)(nil)
	_ mailwatch.Positions = (*sqlite.DB)(nil)
	_ carriers.Ledger     = (*sqlite.DB)(nil)
)
