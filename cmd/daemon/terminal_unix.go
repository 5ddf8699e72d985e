//go:build !windows

package main

import (
	"os"

	"golang.org/x/term"
)

// terminal reports whether the file is a terminal.
func terminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
