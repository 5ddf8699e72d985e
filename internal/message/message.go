// Package message holds what the program says to people as ids and values, which
// package locale puts into words when it is shown. It knows no language and no
// catalogue and imports only the standard library and textx.
package message

import (
	"slices"
	"strings"

	"parcelwatch/internal/textx"
)

// Text is messages that follow one another, from what is wrong to what to do. The
// nil Text says nothing. Its JSON form is kept in stores.
type Text []Message

// Message is the id of a catalogue entry and the values of its placeholders.
type Message struct {
	ID   string   `json:"id"`
	Data []string `json:"data,omitempty"` // names and values in turn
	// Inner is a text that is part of this message, at its placeholder Inner.
	Inner Text `json:"inner,omitempty"`
}

// advice begins the ids of messages that say what to do.
const advice = "do_"

// maxValue bounds each value, in characters.
const maxValue = 400

// New is a text of one message. Data alternates names and values. Values may come
// from outside: each is made one bounded line.
func New(id string, data ...string) Text {
	m := Message{ID: id}
	for _, s := range data {
		m.Data = append(m.Data, textx.Line(s, maxValue))
	}
	return Text{m}
}

// And is the text followed by another.
func (t Text) And(more Text) Text { return slices.Concat(t, more) }

// Around is the text with inner as a part of its last message.
func (t Text) Around(inner Text) Text {
	out := slices.Clone(t)
	out[len(out)-1].Inner = inner
	return out
}

// What is the text without its advice.
func (t Text) What() Text {
	var out Text
	for _, m := range t {
		if !m.Advice() {
			out = append(out, m)
		}
	}
	return out
}

// Equal reports whether two texts have the same messages with the same values.
func (t Text) Equal(u Text) bool {
	return slices.EqualFunc(t, u, func(a, b Message) bool {
		return a.ID == b.ID && slices.Equal(a.Data, b.Data) && a.Inner.Equal(b.Inner)
	})
}

// Advice reports whether the message says what to do.
func (m Message) Advice() bool { return strings.HasPrefix(m.ID, advice) }

// Raw is a text that no catalogue has, such as an error's own words.
func Raw(words string) Text { return New("raw", "Text", words) }
