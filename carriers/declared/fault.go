package declared

import (
	"slices"
	"strconv"
	"strings"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
)

// Fault is something wrong in a definition.
type Fault struct {
	Key  string // "request.url", "time[1]"
	What message.Text
}

// Errors are all that is wrong in a definition, at least one.
type Errors []Fault

// Error returns every fault on a separate line, in English.
func (f Errors) Error() string {
	lines := make([]string, 0, len(f))
	for _, one := range f {
		lines = append(lines, one.Key+": "+locale.English(one.What))
	}
	return strings.Join(lines, "\n")
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

func element(key string, i int) string { return key + "[" + strconv.Itoa(i) + "]" }
