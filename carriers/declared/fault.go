package declared

import (
	"slices"
	"strconv"

	"parcelwatch/internal/message"
)

// Fault is something wrong in a definition.
type Fault struct {
	Key  string // "request.url", "time[1]"
	What message.Text
}

// most is the number of faults that are collected.
const most = 30

// at records a fault, the same one once.
func (c *compiler) at(key string, what message.Text) {
	same := func(f Fault) bool { return f.Key == key && f.What.Equal(what) }
	if len(c.faults) < most && !slices.ContainsFunc(c.faults, same) {
		c.faults = append(c.faults, Fault{key, what})
	}
}

// allowed records that a value is none of those that may stand there.
func (c *compiler) allowed(key, names string) {
	c.at(key, message.New("declared_one_of", "Names", names))
}

func element(key string, i int) string { return key + "[" + strconv.Itoa(i) + "]" }
