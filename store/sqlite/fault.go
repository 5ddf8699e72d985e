package sqlite

import (
	"database/sql"
	"encoding/json"

	"parcelwatch/internal/message"
)

// faultText encodes a fault for a column; no fault is an empty text.
func faultText(f message.Text) string {
	if len(f) == 0 {
		return ""
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return "" // the English text beside it has the same content
	}
	return string(raw)
}

// encoded scans a fault from a column. A form of a newer program that is unknown
// here reads as none: the English text beside it has the same content.
type encoded struct{ *message.Text }

// Scan implements [sql.Scanner].
func (e encoded) Scan(value any) error {
	var text sql.NullString
	err := text.Scan(value)
	if json.Unmarshal([]byte(text.String), e.Text) != nil {
		*e.Text = nil
	}
	return err
}

// textsJSON encodes texts for a column.
func textsJSON(all []message.Text) string {
	raw, err := json.Marshal(all)
	if err != nil {
		return "[]"
	}
	return string(raw)
}

// textsOf decodes texts from a column.
func textsOf(text string) []message.Text {
	var all []message.Text
	if json.Unmarshal([]byte(text), &all) != nil {
		return []message.Text{message.Raw(text)}
	}
	return all
}
