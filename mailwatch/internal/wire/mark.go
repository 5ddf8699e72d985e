package wire

// mark follows the announcement of a literal: a length in braces, perhaps a blank, and
// the end of the line.
type mark struct {
	state  markState
	length int64
}

type markState int

const (
	noMark markState = iota
	opened           // after the brace
	digits
	closed
	blank
	returned // after the carriage return
)

const maxLength = 1 << 40 // keeps the length from overflowing

// next takes the next byte and reports whether it ends an announcement.
func (m *mark) next(b byte) bool {
	switch {
	case b == '{':
		*m = mark{state: opened}
	case m.state == noMark:
	case b >= '0' && b <= '9' && (m.state == opened || m.state == digits):
		m.state, m.length = digits, min(m.length*10+int64(b-'0'), maxLength)
	case b == '}' && m.state == digits:
		m.state = closed
	case b == ' ' && m.state == closed:
		m.state = blank
	case b == '\r' && (m.state == closed || m.state == blank):
		m.state = returned
	case b == '\n' && m.state >= closed:
		return true
	default:
		m.state = noMark
	}
	return false
}

// numbers estimates the work of inserting numbers into a sorted list.
type numbers struct {
	now, highest uint64
	within       bool // a number
	count, work  int64
}

// next takes the next byte and reports whether the work is within bounds.
func (n *numbers) next(b byte) bool {
	if b >= '0' && b <= '9' {
		n.now, n.within = min(n.now*10+uint64(b-'0'), maxLength), true
		return true
	}
	if !n.within {
		return true
	}
	n.count++
	if n.now < n.highest {
		n.work += n.count
	}
	n.highest, n.now, n.within = max(n.highest, n.now), 0, false
	return n.work <= maxShifts
}
