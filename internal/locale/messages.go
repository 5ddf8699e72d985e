package locale

import (
	"embed"
	"fmt"
	"iter"
	"path"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"parcelwatch/internal/textx"
)

//go:embed catalog *.tsv
var embedded embed.FS

// rows returns the rows of an embedded table.
func rows(name string, columns int) iter.Seq[[]string] {
	return textx.Rows(embedded, name, columns)
}

// messages is the catalogue of one language. Messages are decoded on first use: a
// command shows a few dozen of about a thousand.
type messages struct {
	tag  language.Tag
	text string // the files of the catalogue, each after an empty line

	mu      sync.Mutex
	bundle  *i18n.Bundle
	local   *i18n.Localizer
	decoded map[string]bool
}

// catalogue opens the catalogue of a single language. The matcher of a bundle with
// several would fall back from Ukrainian to Russian.
func catalogue(code string) (*messages, error) {
	dir := path.Join("catalog", code)
	files, err := embedded.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the %s catalogue: %w", code, err)
	}
	var text strings.Builder
	for _, f := range files {
		raw, err := embedded.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the %s catalogue: %w", code, err)
		}
		text.WriteString("\n\n")
		text.Write(raw)
	}
	tag := language.Make(code)
	bundle := i18n.NewBundle(tag)
	return &messages{
		tag: tag, text: text.String(), bundle: bundle, local: i18n.NewLocalizer(bundle, code), decoded: map[string]bool{},
	}, nil
}

// localize returns the message, or "" if the catalogue lacks it or a placeholder has
// no value.
func (m *messages) localize(cfg *i18n.LocalizeConfig) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := cfg.MessageID; !m.decoded[id] {
		m.decoded[id] = true
		if _, err := m.bundle.ParseMessageBytes(m.tag, []byte(entry(m.text, id)), toml.Unmarshal); err != nil {
			return ""
		}
	}
	s, err := m.local.Localize(cfg)
	if err != nil {
		return ""
	}
	return s
}

// entry returns the TOML of one message: a line for a plain one, a table for one with
// plural forms.
func entry(text, id string) string {
	if _, after, ok := strings.Cut(text, "\n"+id+" = "); ok {
		line, _, _ := strings.Cut(after, "\n")
		return id + " = " + line
	}
	if _, after, ok := strings.Cut(text, "\n["+id+"]\n"); ok {
		table, _, _ := strings.Cut(after, "\n\n")
		table, _, _ = strings.Cut(table, "\n[")
		return "[" + id + "]\n" + table
	}
	return ""
}
