// Package message holds the program's texts for users as message ids and values,
// rendered by package locale when shown. It must not know a language or catalogue, and
// imports only the standard library and textx.
package message

import (
	"slices"
	"strings"

	"parcelwatch/internal/textx"
)

// Text is a sequence of messages, from what is wrong to what to do. A nil Text is
// empty. Its JSON form is kept in stores.
type Text []Message

// Message is the id of a catalogue entry and the values of its placeholders.
type Message struct {
	ID   string   `json:"id"`
	Data []string `json:"data,omitempty"` // names and values in turn
	// Inner is rendered at the placeholder Inner of this message.
	Inner Text `json:"inner,omitempty"`
}

// advice is the prefix of the ids of messages that say what to do.
const advice = "do_"

// maxValue limits each value, in characters.
const maxValue = 400

// New returns a text of one message. Data alternates names and values. Values may come
// from outside: each is cut to one line of at most maxValue characters.
func New(id string, data ...string) Text {
	m := Message{ID: id}
	for _, s := range data {
		m.Data = append(m.Data, textx.Line(s, maxValue))
	}
	return Text{m}
}

// And returns the text followed by more.
func (t Text) And(more Text) Text { return slices.Concat(t, more) }

// Around returns the text with inner inside its last message.
func (t Text) Around(inner Text) Text {
	out := slices.Clone(t)
	out[len(out)-1].Inner = inner
	return out
}

// What returns the text without its advice.
func (t Text) What() Text {
	var out Text
	for _, m := range t {
		if !m.Advice() {
			out = append(out, m)
		}
	}
	return out
}

// Steps returns the advice of the text: what to do.
func (t Text) Steps() Text {
	return slices.DeleteFunc(slices.Clone(t), func(m Message) bool { return !m.Advice() })
}

// Equal reports whether two texts have the same messages with the same values.
func (t Text) Equal(u Text) bool {
	return slices.EqualFunc(t, u, func(a, b Message) bool {
		return a.ID == b.ID && slices.Equal(a.Data, b.Data) && a.Inner.Equal(b.Inner)
	})
}

// Advice reports whether the message says what to do.
func (m Message) Advice() bool { return strings.HasPrefix(m.ID, advice) }

// Raw returns a text that is in no catalogue, such as the text of an error.
func Raw(words string) Text { return New("raw", "Text", words) }
