package locale

import (
	"embed"
	"fmt"
	"iter"
	"path"
	"strings"
	"sync"
	"weak"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"parcelwatch/internal/packed"
	"parcelwatch/internal/textx"
)

//go:embed catalog *.tsv
var embedded embed.FS

// rows returns the rows of an embedded table.
func rows(name string, columns int) iter.Seq[[]string] {
	return textx.Rows(packed.Files{FS: embedded}, name, columns)
}

// messages is the catalogue of one language. Messages are decoded on first use: a
// command shows a few dozen of about a thousand.
type messages struct {
	tag  language.Tag
	text string         // the files of the catalogue, each after an empty line
	at   map[string]int // where the entry of an id begins in text

	mu      sync.Mutex
	bundle  *i18n.Bundle
	local   *i18n.Localizer
	decoded map[string]bool
}

// opened are the catalogues that some printer uses; the collector takes the others.
//
//nolint:gochecknoglobals // embedded files
var opened struct {
	sync.Mutex

	byCode map[string]weak.Pointer[messages]
}

// catalogue returns the catalogue of a single language, which all printers share.
func catalogue(code string) (*messages, error) {
	opened.Lock()
	defer opened.Unlock()
	if m := opened.byCode[code].Value(); m != nil {
		return m, nil
	}
	m, err := openCatalogue(code)
	if err != nil {
		return nil, err
	}
	if opened.byCode == nil {
		opened.byCode = map[string]weak.Pointer[messages]{}
	}
	opened.byCode[code] = weak.Make(m)
	return m, nil
}

// openCatalogue reads the catalogue of a single language. The matcher of a bundle with
// several would fall back from Ukrainian to Russian.
func openCatalogue(code string) (*messages, error) {
	dir := path.Join("catalog", code)
	files, err := embedded.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the %s catalogue: %w", code, err)
	}
	var parts []string
	for _, f := range files {
		raw, err := packed.Files{FS: embedded}.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the %s catalogue: %w", code, err)
		}
		parts = append(parts, "\n\n", string(raw))
	}
	text := strings.Join(parts, "")
	tag := language.Make(code)
	bundle := i18n.NewBundle(tag)
	return &messages{
		tag: tag, text: text, at: index(text),
		bundle: bundle, local: i18n.NewLocalizer(bundle, code), decoded: map[string]bool{},
	}, nil
}

// localize returns the message, or "" if the catalogue lacks it or a placeholder has
// no value.
func (m *messages) localize(cfg *i18n.LocalizeConfig) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := cfg.MessageID; !m.decoded[id] {
		m.decoded[id] = true
		if _, err := m.bundle.ParseMessageBytes(m.tag, []byte(m.entry(id)), toml.Unmarshal); err != nil {
			return ""
		}
	}
	s, err := m.local.Localize(cfg)
	if err != nil {
		return ""
	}
	return s
}

// index returns where the entries of a catalogue begin, by their ids: a line for a plain
// one, a table for one with plural forms.
func index(text string) map[string]int {
	out, start := map[string]int{}, 0
	for line := range strings.Lines(text) {
		id, _, plain := strings.Cut(line, " = ")
		if !plain {
			id, _, _ = strings.Cut(strings.TrimPrefix(line, "["), "]\n")
		}
		if _, known := out[id]; !known && id != line {
			out[id] = start
		}
		start += len(line)
	}
	return out
}

// entry returns the TOML of one message, "" for an unknown one.
func (m *messages) entry(id string) string {
	start, ok := m.at[id]
	if !ok {
		return ""
	}
	text := m.text[start:]
	if !strings.HasPrefix(text, "[") {
		text, _, _ = strings.Cut(text, "\n")
		return text
	}
	table, _, _ := strings.Cut(text, "\n\n")
	table, _, _ = strings.Cut(table, "\n[")
	return table
}
