package command

import (
	"io"
	"os"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

// shut closes a file that was only read, or whose changes are already stored.
func shut(c io.Closer) { _ = c.Close() }
