//go:build !windows

package command

import (
	"os"

	"golang.org/x/term"
)

// terminal reports whether the file is a terminal.
func terminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
