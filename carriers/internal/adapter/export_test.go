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
