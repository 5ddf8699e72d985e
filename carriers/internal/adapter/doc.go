// Package adapter holds the code that all adapters share: bounded requests to one
// host, classification of the service's failures into the five errors, masking of
// secrets in anything that may be shown, and tolerant readers for texts, times and
// numbers. It must not know any carrier. It keeps no state between calls, never
// retries and never waits.
package adapter
