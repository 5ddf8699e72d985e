package adapter

import "regexp"

// NamePatterns are the expressions and rules by which names are recognized.
type NamePatterns struct {
	English, Romance, Role, RomanceRole *regexp.Regexp
	Verb, Prose                         func(string) bool
}

// Patterns returns them.
func Patterns() NamePatterns {
	return NamePatterns{English: signedBy, Romance: signedRomance, Role: roleWord, RomanceRole: roleRomance, Verb: isVerb, Prose: prose}
}

// WithoutNames removes the names that follow Latin words.
func WithoutNames(s string) string { return romance(english(s)) }

// NamesWork returns how many bytes are looked at to find the names that follow Latin words,
// the longest look for a stop included.
func NamesWork(s string) (bytes int) {
	counted := func(by search) search {
		return search{func(s string) []int {
			at := by.find(s)
			if at == nil {
				bytes += len(s)
			} else {
				bytes += at[1]
			}
			return at
		}, func(s string) int {
			i := by.stop(s)
			if i < 0 {
				bytes += len(s)
			} else {
				bytes += i
			}
			return i
		}}
	}
	withoutNames(withoutNames(s, counted(englishSearch()), dropEnglish), counted(romanceSearch()), dropRomance)
	return bytes
}
