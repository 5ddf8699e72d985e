package locale

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"parcelwatch/parcel"
)

// phraseFiles hold what packages without words of their own say in English,
// such as the checks of the configuration, with the same in other languages.
//
//go:embed phrases
var phraseFiles embed.FS

// phrase is an English sentence with gaps, and the same in another language.
type phrase struct {
	english *regexp.Regexp
	own     string
	fixed   int // letters of the English that are no gap
}

// Phrase is an English sentence in the language where the language has it, and
// as it is where not. What fills its gaps is put into the language as well.
func (p *Printer) Phrase(english string) string {
	known, err := phrases(p.language)
	if err != nil {
		return english
	}
	return translate(known, english)
}

// Why is what was wrong with a mail, reason by reason.
func (p *Printer) Why(reasons string) string {
	parts := strings.Split(reasons, "; ")
	for i, s := range parts {
		if s == parcel.NothingFound {
			parts[i] = p.T("why_nothing_found")
		} else {
			parts[i] = p.Phrase(s)
		}
	}
	return strings.Join(parts, "; ")
}

func translate(known []phrase, english string) string {
	for _, ph := range known {
		gaps := ph.english.FindStringSubmatch(english)
		if gaps == nil {
			continue
		}
		own := ph.own
		for _, gap := range gaps[1:] {
			if !strings.HasPrefix(gap, `"`) {
				gap = translate(known, gap)
			}
			own = strings.Replace(own, gapMark, strings.ReplaceAll(gap, gapMark, "%"), 1)
		}
		return own
	}
	return english
}

const gapMark = "%s"

// phrases are those of the language, the most particular first.
func phrases(code string) ([]phrase, error) {
	raw, err := phraseFiles.ReadFile("phrases/" + code + ".toml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the %s phrases: %w", code, err)
	}
	var table map[string]string
	if err := toml.Unmarshal(raw, &table); err != nil {
		return nil, fmt.Errorf("read the %s phrases: %w", code, err)
	}
	out := make([]phrase, 0, len(table))
	for english, own := range table {
		form := strings.ReplaceAll(regexp.QuoteMeta(english), gapMark, "(.+?)")
		re, err := regexp.Compile("^" + form + "$")
		if err != nil {
			return nil, fmt.Errorf("read the %s phrase %q: %w", code, english, err)
		}
		out = append(out, phrase{re, own, len(english) - 2*strings.Count(english, gapMark)})
	}
	slices.SortFunc(out, func(a, b phrase) int {
		return cmp.Or(cmp.Compare(b.fixed, a.fixed), strings.Compare(a.own, b.own))
	})
	return out, nil
}
