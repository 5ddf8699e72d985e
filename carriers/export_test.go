package carriers

// What tests of decisions and of the network use.
var (
	Allowance     = allowance
	Opens         = opens
	NewHTTPClient = newHTTPClient
)
