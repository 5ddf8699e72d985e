package textx

import "regexp/syntax"

// PatternSize returns the number of instructions of a compiled regular expression, in
// which repetitions are written out. The time of a search is at most proportional to it
// and to the length of the text. It is 0 for an invalid expression.
func PatternSize(pattern string) int {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(re.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}
