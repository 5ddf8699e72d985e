// Package adapter is what every adapter does the same way: bounded requests to one
// host, the service's failures sorted into the five errors of the family,
// secrets struck from whatever may be shown, and tolerant readers for texts,
// times and numbers. It knows no carrier, keeps no state between calls, never
// retries and never waits.
package adapter
