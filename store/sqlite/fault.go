package sqlite

import (
	"encoding/json"

	"parcelwatch/internal/message"
)

// faultText is a fault as a column keeps it; no fault is an empty text.
func faultText(f message.Text) string {
	if len(f) == 0 {
		return ""
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return "" // the English text beside it says the same
	}
	return string(raw)
}

// faultOf is a fault as a column kept it. One that a newer program wrote in a
// form not known here is none: the English text beside it says the same.
func faultOf(text string) message.Text {
	var f message.Text
	if text == "" || json.Unmarshal([]byte(text), &f) != nil {
		return nil
	}
	return f
}

// textsJSON is texts as a column keeps them.
func textsJSON(all []message.Text) string {
	raw, err := json.Marshal(all)
	if err != nil {
		return "[]"
	}
	return string(raw)
}

// textsOf are texts as a column kept them.
func textsOf(text string) []message.Text {
	var all []message.Text
	if json.Unmarshal([]byte(text), &all) != nil {
		return []message.Text{message.Raw(text)}
	}
	return all
}
