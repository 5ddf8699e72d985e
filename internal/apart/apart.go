// Package apart keeps the stacks of goroutines small that wait most of the time. A stack
// grows to what its goroutine once needed and shrinks late, so thousands of waiting
// goroutines would keep what their last work needed. It must not know what the work is.
package apart

import "sync"

// Run does work in a goroutine of its own, whose stack is given back, and waits for it.
func Run(work func()) {
	var wg sync.WaitGroup
	wg.Go(work)
	wg.Wait()
}
