package setup

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks a line at blanks so that no part exceeds width characters, unless a
// single word is longer. All parts but the first are indented. A width of 0 disables it.
func Wrap(line string, width int, indent string) string {
	if width <= 0 {
		return line
	}
	var out strings.Builder
	for {
		cut := breakAt(line, width)
		if cut < 0 {
			out.WriteString(line)
			return out.String()
		}
		out.WriteString(strings.TrimRight(line[:cut], " ") + "\n")
		line = indent + strings.TrimLeft(line[cut:], " ")
	}
}

// breakAt returns the index of the blank to break at, -1 if the line fits or has none.
func breakAt(line string, width int) int {
	if utf8.RuneCountInString(line) <= width {
		return -1
	}
	start := len(line) - len(strings.TrimLeft(line, " "))
	best, n := -1, 0
	for i, r := range line {
		if r == ' ' && i > start {
			if n > width && best >= 0 {
				break
			}
			best = i
		}
		if n++; n > width && best >= 0 {
			break
		}
	}
	return best
}
