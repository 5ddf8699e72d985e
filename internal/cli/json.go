package cli

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes one indented document without escaping HTML characters.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("cli: write JSON: %w", err)
	}
	return nil
}
