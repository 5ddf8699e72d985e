package locale

import (
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
	language   string
	own        *messages
	english    *messages
	regions    func() map[string]string
	operations func() map[string]string
	carriers   func() map[string]facts
}

// Languages returns the languages that have a catalogue, English first.
func Languages() []string {
	return []string{"en", "ru", "uk", "be", "de", "fr", "es", "pt", "it", "pl", "nl", "tr", "kk"}
}

// New returns a printer for a language tag such as "ru", "pt-BR" or "de_AT.UTF-8".
// An empty tag means English. The error lists the languages that have a catalogue.
func New(tag string) (*Printer, error) {
	code, ok := known(tag)
	if !ok {
		return nil, fmt.Errorf("%w: %.20q is not one of %s", ErrLanguage, tag, strings.Join(Languages(), " "))
	}
	english, err := catalogue(fallback)
	if err != nil {
		return nil, err
	}
	p := &Printer{language: code, own: english, english: english, operations: sync.OnceValue(operationsByCode), carriers: sync.OnceValue(carriersByName)}
	if code != fallback {
		if p.own, err = catalogue(code); err != nil {
			return nil, err
		}
	}
	p.regions = sync.OnceValue(func() map[string]string { return countries(code) })
	return p, nil
}

// Language returns the code of the printer's language, one of [Languages].
func (p *Printer) Language() string { return p.language }

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
	for _, l := range []*messages{p.own, p.english} {
		if s := l.localize(cfg); s != "" {
			return s
		}
	}
	return id
}

// optional returns the message with the id, or "" if the language lacks it.
func (p *Printer) optional(id string) string {
	return p.own.localize(&i18n.LocalizeConfig{MessageID: id})
}

// known maps a tag, as written by users, mail headers and environments, to a language
// that has a catalogue.
func known(tag string) (string, bool) {
	tag, _, _ = strings.Cut(tag, ".")
	tag, _, _ = strings.Cut(tag, "@")
	tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
	if tag == "" {
		return fallback, true
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
