package command

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

// shut closes what was only read, or whose changes are stored already.
func shut(c io.Closer) { _ = c.Close() }

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// remove removes a file that may not be there.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove: %w", err)
	}
	return nil
}

func writeFile(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
