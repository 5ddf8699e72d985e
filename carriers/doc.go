// Package carriers is the family of posts and carriers that can be asked about
// a number: what each of them promises (Carrier, Info, the five errors), who is
// asked and when (Plan), and the decorators that pace, budget, retry and
// quarantine. It knows nothing of mail, storage or how news is told. Each
// carrier lives in a folder of its own and they never import each other.
package carriers
