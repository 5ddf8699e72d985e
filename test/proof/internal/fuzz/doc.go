// Package fuzz finds every fuzz target of the module and lets each run for a
// set time. What makes one fail stays as a seed in its package's testdata/fuzz,
// where every later test run meets it.
package fuzz
