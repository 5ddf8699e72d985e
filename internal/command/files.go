package command

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

// shut closes a file that was only read, or whose changes are already stored.
func shut(c io.Closer) { _ = c.Close() }

// remove removes a file if it exists.
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
