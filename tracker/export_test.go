package tracker

// View is what absorb judges by.
type View = view

// The pure parts that tests outside the package speak to.
var (
	ImportNotice = importNotice
	Absorb       = absorb
	StalledAt    = stalledAt
	Settle       = settle
	Judge        = judge
)
