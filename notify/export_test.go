package notify

// What the external tests look into.
var (
	Isolate = isolate
	Page    = page
)
