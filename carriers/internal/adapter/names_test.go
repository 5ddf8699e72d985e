package adapter_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parcelwatch/carriers/internal/adapter"
)

// words are the pieces of texts in which names are recognized.
var words = []string{
	"recipient", "Recipient name", "receiver", "signed by", "Signed for by", "received by", "handed to", "signature", "the recipient", "neighbour", "Anna", "BOB", "is",
	"destinatario", "recibido por", "reçu par", "el vecino", "votre voisin", "no", "parcel", ":", "-", ";", ")", "(", "]", "<", `"`, ".", ",", " ", "  ", "\n", "получатель:", "签收人", "李",
}

// TestNamesAreFoundAsByRecursion compares with the plain form of the rule, which takes
// the rest of a text again and again.
func TestNamesAreFoundAsByRecursion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 25).Draw(t, "words"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		if got, want := adapter.WithoutNames(text), recursive(adapter.Patterns(), text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	})
}

// recursive removes names with the expressions for verbs and roles of two languages.
func recursive(p adapter.NamePatterns, s string) string {
	english := whole(p.English)
	romance := whole(p.Romance)
	var first, second func(string) string
	first = func(s string) string {
		return english.ReplaceAllStringFunc(s, func(m string) string {
			at := english.FindStringSubmatchIndex(m)
			word, between, rest := m[at[2]:at[3]], m[at[4]:at[5]], m[at[6]:]
			switch {
			case p.Role.MatchString(strings.TrimSpace(rest)), strings.TrimSpace(between) == "" && !p.Verb(word) && p.Prose(strings.TrimSpace(rest)):
				return m[:at[6]] + first(rest)
			case p.Verb(word):
				verb, _, _ := strings.Cut(word, " ")
				return m[:at[2]] + verb
			default:
				return ""
			}
		})
	}
	second = func(s string) string {
		return romance.ReplaceAllStringFunc(s, func(m string) string {
			at := romance.FindStringSubmatchIndex(m)
			word, rest := m[at[2]:at[3]], m[at[4]:]
			if p.RomanceRole.MatchString(rest) || !strings.Contains(word, " ") && !strings.Contains(m[at[3]:at[4]], ":") {
				return m[:at[4]] + second(rest)
			}
			return ""
		})
	}
	return second(first(s))
}

// whole is an expression whose last group is the whole name instead of its first
// character.
func whole(re *regexp.Regexp) *regexp.Regexp {
	return regexp.MustCompile(strings.TrimSuffix(re.String(), ")") + "+)")
}

func TestNamesTakeLinearWork(t *testing.T) {
	t.Parallel()
	for _, word := range append([]string{"recipient the ", "signed by the recipient ", "destinatario no ", "receptor a ", "recipient: ", "; signed by a", "(((((", "      "}, words...) {
		text := strings.Repeat(word, (32<<10)/len(word))
		// Two languages, each with one look for names and one for where they end.
		if got := adapter.NamesWork(text); got > 4*len(text) {
			t.Errorf("%d bytes are looked at in %d of %q", got, len(text), word)
		}
	}
}
