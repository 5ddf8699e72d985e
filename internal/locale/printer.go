package locale

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// ErrLanguage is returned for a language without a catalogue.
var ErrLanguage = errors.New("language not known")

const fallback = "en"

// Printer renders texts in one language. It is safe for concurrent use.
type Printer struct {
	tag        string      // one of Tags
	language   string      // one of Languages
	catalogues []*messages // its own and, if it is a variant, that of its language
	english    func() (*messages, error)
	regions    func() map[string]string
	operations func() map[string]string
	carriers   func() map[string]facts
	titles     map[string]string // of carriers that the user has defined
}

// Languages returns the languages that have a catalogue, English first.
func Languages() []string {
	return []string{"en", "ru", "uk", "be", "de", "fr", "es", "pt", "it", "pl", "nl", "tr", "kk"}
}

// Tags returns what may be configured as a language: the languages, and variants whose
// catalogues have only what differs.
func Tags() []string { return append(Languages(), "pt-BR") }

// New returns a printer for a language tag such as "ru", "pt-BR" or "de_AT.UTF-8".
// An empty tag means English. The error lists the tags that have a catalogue.
func New(tag string) (*Printer, error) {
	own, ok := matchTag(tag)
	if !ok {
		return nil, fmt.Errorf("%w: %.20q is not one of %s", ErrLanguage, tag, strings.Join(Tags(), " "))
	}
	code, _, _ := strings.Cut(own, "-")
	p := &Printer{tag: own, language: code, operations: sync.OnceValue(operationsByCode), carriers: sync.OnceValue(carriersByName)}
	// Few texts are missing in a catalogue, so that of English is seldom needed.
	p.english = sync.OnceValues(func() (*messages, error) { return catalogue(fallback) })
	for _, name := range slices.Compact([]string{own, code}) {
		m, err := catalogue(name)
		if err != nil {
			return nil, err
		}
		p.catalogues = append(p.catalogues, m)
	}
	p.regions = sync.OnceValue(func() map[string]string { return countries(code) })
	return p, nil
}

// Titled returns a printer that calls carriers by the titles that the user has defined,
// by name.
func (p *Printer) Titled(titles map[string]string) *Printer {
	out := *p
	out.titles = titles
	return &out
}

// Language returns the printer's language, one of [Tags].
func (p *Printer) Language() string { return p.tag }

// T returns the message with the id. Data alternates names and values of placeholders;
// the value of "Count" also selects the plural form. For a message that no catalogue
// has it returns the id, never an empty text.
func (p *Printer) T(id string, data ...any) string {
	cfg := &i18n.LocalizeConfig{
		MessageID:    id,
		TemplateData: values(data),
		// A placeholder without a value is an error, not "<no value>".
		TemplateParser: &template.TextParser{Option: "missingkey=error"},
	}
	if n, ok := count(data); ok {
		cfg.PluralCount = n
	}
	for _, l := range p.catalogues {
		if s := l.localize(cfg); s != "" {
			return s
		}
	}
	if p.language == fallback {
		return id
	}
	if l, err := p.english(); err == nil {
		return cmp.Or(l.localize(cfg), id)
	}
	return id
}

// optional returns the message with the id, or "" if the language lacks it.
func (p *Printer) optional(id string) string {
	for _, l := range p.catalogues {
		if s := l.localize(&i18n.LocalizeConfig{MessageID: id}); s != "" {
			return s
		}
	}
	return ""
}

// matchTag maps a tag, as written by users, mail headers and environments, to one of [Tags].
func matchTag(tag string) (string, bool) {
	tag, _, _ = strings.Cut(tag, ".")
	tag, _, _ = strings.Cut(tag, "@")
	tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
	if tag == "" {
		return fallback, true
	}
	if i := slices.IndexFunc(Tags(), func(known string) bool { return strings.EqualFold(known, tag) }); i >= 0 {
		return Tags()[i], true
	}
	code, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return code, slices.Contains(Languages(), code)
}

func values(data []any) map[string]any {
	out := make(map[string]any, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		if name, ok := data[i].(string); ok {
			out[name] = data[i+1]
		}
	}
	return out
}

// count returns the value that selects the plural form.
func count(data []any) (any, bool) {
	for i := 0; i+1 < len(data); i += 2 {
		if data[i] != "Count" {
			continue
		}
		switch n := data[i+1].(type) {
		case int, int64, int32:
			return n, true
		}
	}
	return nil, false
}
