// Package leaks looks for what the program does not give back: file descriptors
// and threads of the real daemon over many lost connections and many readings of
// its configuration, goroutines and files of the same wiring inside one process,
// and data races.
package leaks
