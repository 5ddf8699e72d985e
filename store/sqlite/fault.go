package sqlite

import (
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

// faultOf decodes a fault. It returns nil for a form of a newer program that is
// unknown here: the English text beside it has the same content.
func faultOf(text string) message.Text {
	var f message.Text
	if text == "" || json.Unmarshal([]byte(text), &f) != nil {
		return nil
	}
	return f
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
