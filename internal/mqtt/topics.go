package mqtt

import (
	"strings"

	"parcelwatch/store"
)

// topics are the names under which one household is published.
type topics struct {
	base      string // of everything but discovery
	discovery string
	id        string // of the device: lower case letters, digits and _
}

func newTopics(prefix, discovery string) topics {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(prefix+"_"+store.Home))
	return topics{base: prefix + "/" + store.Home + "/", discovery: discovery, id: id}
}

// The topics of a household.
func (t topics) availability() string { return t.base + "availability" }
func (t topics) state() string        { return t.base + "state" }
func (t topics) incoming() string     { return t.base + "incoming" }
func (t topics) delivered() string    { return t.base + "delivered" }
func (t topics) attention() string    { return t.base + "attention" }
func (t topics) troubles() string     { return t.base + "troubles" }
func (t topics) news() string         { return t.base + "news" }
func (t topics) refresh() string      { return t.base + "refresh" }

// device is the topic of the device's discovery document.
func (t topics) device() string { return t.discovery + "/device/" + t.id + "/config" }

// birth is the topic on which Home Assistant says that it has started.
func (t topics) birth() string { return t.discovery + "/status" }

// retained are the topics that keep a message after the daemon has ended.
func (t topics) retained() []string {
	return []string{t.device(), t.availability(), t.state(), t.incoming(), t.delivered(), t.attention(), t.troubles()}
}
