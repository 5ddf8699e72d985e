package adapter

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Lax is a text that services send as a string, a number or null. Anything else
// (an object where a text was) reads as empty: adapters check what they need.
type Lax string

// UnmarshalJSON reads any scalar.
func (l *Lax) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	*l = ""
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[' || string(b) == "null":
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*l = Lax(strings.TrimSpace(s))
	default:
		*l = Lax(b)
	}
	return nil
}

// Int is a whole number that services send as a number, a string or null.
type Int int64

// UnmarshalJSON reads any scalar; what is not a number reads as 0.
func (i *Int) UnmarshalJSON(b []byte) error {
	var l Lax
	if err := l.UnmarshalJSON(b); err != nil {
		return err
	}
	*i = 0
	if n, err := strconv.ParseInt(string(l), 10, 64); err == nil {
		*i = Int(n)
	} else if f, err := strconv.ParseFloat(string(l), 64); err == nil && f > -1e18 && f < 1e18 {
		*i = Int(f)
	}
	return nil
}
