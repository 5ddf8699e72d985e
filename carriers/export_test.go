package carriers

// What tests of decisions use.
var (
	Allowance = allowance
	Opens     = opens
)
