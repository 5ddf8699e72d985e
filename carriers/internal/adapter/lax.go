package adapter

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Lax is a text that services send as a string, a number or null. Anything else,
// such as an object, reads as "", so adapters check what they need.
type Lax string

// UnmarshalJSON accepts any scalar.
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

// Many is a list that services may send as a single value, if it has one.
type Many[T any] []T

// UnmarshalJSON accepts both forms. null leaves the list nil.
func (m *Many[T]) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	*m = nil
	switch {
	case string(b) == "null":
		return nil
	case bytes.HasPrefix(b, []byte("[")):
		return json.Unmarshal(b, (*[]T)(m))
	}
	*m = make(Many[T], 1)
	return json.Unmarshal(b, &(*m)[0])
}

// Int is a whole number that services send as a number, a string or null.
type Int int64

// UnmarshalJSON accepts any scalar; anything but a number reads as 0.
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

// Flag is a yes or no that services send as a boolean, a number or a word. Anything
// else reads as no.
type Flag bool

// UnmarshalJSON accepts any scalar.
func (f *Flag) UnmarshalJSON(b []byte) error {
	var l Lax
	if err := l.UnmarshalJSON(b); err != nil {
		return err
	}
	s := strings.ToLower(string(l))
	*f = s == "true" || s == "1"
	return nil
}
