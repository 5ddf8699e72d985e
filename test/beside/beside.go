// Package beside is for tests that wait more than they compute.
package beside

import (
	"flag"
	"strconv"
)

// Run lets n tests of a package run beside each other, however few processors there are,
// unless the command line says how many. It is for the main function of its tests.
func Run(n int) {
	if err := flag.Set("test.parallel", strconv.Itoa(n)); err != nil {
		panic(err) // no test
	}
}
