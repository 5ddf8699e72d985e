package notify

// Internals used by the external tests.
var (
	Isolate = isolate
	Page    = page
)
