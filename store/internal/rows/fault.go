package rows

import (
	"database/sql"
	"encoding/json"

	"parcelwatch/internal/message"
)

// encode encodes a list, such as the messages of a fault, for a column. An empty list is
// an empty text.
func encode[S ~[]E, E any](list S) string {
	if len(list) == 0 {
		return ""
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return ""
	}
	return string(raw)
}

// encoded scans a list from a column. A form of a newer program that is unknown here
// reads as none; of a fault, the English text beside it has the same content.
type encoded[S any] struct{ into *S }

func decode[S any](into *S) encoded[S] { return encoded[S]{into} }

// Scan implements [sql.Scanner].
func (e encoded[S]) Scan(value any) error {
	var text sql.NullString
	err := text.Scan(value)
	if json.Unmarshal([]byte(text.String), e.into) != nil {
		*e.into = *new(S)
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
