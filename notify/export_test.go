package notify

// What the external tests look into.
var (
	Clean   = clean
	Isolate = isolate
	Page    = page
)
