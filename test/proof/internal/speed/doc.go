// Package speed measures how fast the program's parts are, each as a ratio to
// the bare work that nobody could do without, taken in turns in the same run. A
// ratio hardly depends on the machine, so that it can be guarded: worse by half
// than the committed one is a failure. What is measured are the benchmarks that
// stand in the packages; this package only runs them and compares.
package speed
