package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	toml "github.com/pelletier/go-toml/v2"

	"parcelwatch/internal/message"
)

// CarriersDir is the folder beside the configuration file with definitions that people
// pass on.
const CarriersDir = "carriers.d"

// maxShared is the number of files in [CarriersDir].
const maxShared = 200

// Definition is one [[carrier]], unparsed. Only package declared knows the meaning of
// its keys.
type Definition struct {
	File   string
	Shared bool // of a file that people pass on, not of the configuration itself

	values map[string]any
	at     string // path in the file: "carrier[1]"
	lines  lines
	abs    func(string) string
}

// Definitions returns the [[carrier]] sections of the configuration and of the files in
// [CarriersDir].
func (c *Config) Definitions() []*Definition {
	return append(c.OwnDefinitions(), c.root().shared...)
}

// OwnDefinitions returns the [[carrier]] sections of the configuration.
func (c *Config) OwnDefinitions() []*Definition {
	c = c.root()
	return definitions(c.Path, c.Declared, c.lines, false, c.abs)
}

func definitions(file string, tables []map[string]any, at lines, shared bool, abs func(string) string) []*Definition {
	out := make([]*Definition, 0, len(tables))
	for i, values := range tables {
		out = append(out, &Definition{File: file, Shared: shared, values: values, at: element("carrier", i), lines: at, abs: abs})
	}
	return out
}

// LoadDefinitions reads a file that holds nothing but [[carrier]] sections.
func LoadDefinitions(path string) ([]*Definition, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	data, _, err := read(full)
	if err != nil {
		return nil, err
	}
	if data, err = decodeText(full, data); err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		return nil, syntaxError(full, data, err)
	}
	var into struct {
		Carrier []map[string]any `toml:"carrier"`
	}
	p := &problems{file: full, lines: indexLines(data)}
	p.bind("", tree, reflect.ValueOf(&into).Elem())
	if p.err() == nil && len(into.Carrier) == 0 {
		p.at("", "declared_none")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	beside := func(path string) string { return filepath.Join(filepath.Dir(full), path) }
	return definitions(full, into.Carrier, p.lines, true, beside), nil
}

// DefinitionFaults returns the problems of the files in [CarriersDir]. What such a file
// defines is left out, so that a mistake in it does not keep the daemon from its mail.
func (c *Config) DefinitionFaults() Errors { return c.root().faults }

// readShared reads the definitions in [CarriersDir].
func (c *Config) readShared() {
	dir := filepath.Join(filepath.Dir(c.Path), CarriersDir)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.faulty(dir, message.New("declared_dir"))
	}
	files := 0
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if filepath.Ext(path) != ".toml" || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if files++; files > maxShared {
			c.faulty(dir, message.New("declared_many", "Most", strconv.Itoa(maxShared)))
			return
		}
		list, err := LoadDefinitions(path)
		if err == nil {
			err = unchangeable(path)
		}
		wrong, err := Problems(err)
		switch {
		case err != nil:
			c.faulty(path, message.Raw(err.Error()))
		case len(wrong) > 0:
			c.faults = append(c.faults, wrong...)
		default:
			c.shared = append(c.shared, list...)
		}
	}
}

// faulty records a problem of the files in [CarriersDir].
func (c *Config) faulty(path string, what message.Text) {
	c.faults = append(c.faults, &Error{File: path, What: what})
}

// unchangeable returns an error if others can change a file that decides what the
// program sends.
func unchangeable(path string) error {
	switch mend, err := changeable(path); {
	case err != nil:
		return fmt.Errorf("config: look at %s: %w", path, err)
	case mend != "":
		return &Error{File: path, What: message.New("config_writable", "Command", mend)}
	default:
		return nil
	}
}

// Problems returns the problems of a file that an error lists, or any other error.
func Problems(err error) (Errors, error) {
	if list, ok := errors.AsType[Errors](err); ok {
		return list, nil
	}
	if one, ok := errors.AsType[*Error](err); ok {
		return Errors{one}, nil
	}
	return nil, err
}

// Bind stores the keys of the definition in a struct and reports unknown keys and
// values of another type.
func (d *Definition) Bind(into any) error {
	p := d.problems()
	p.bind(d.at, d.values, reflect.ValueOf(into).Elem())
	return p.err()
}

// Keys returns the keys of a table within the definition as they follow each other in
// the file.
func (d *Definition) Keys(table string) []string {
	values, _ := d.values[table].(map[string]any)
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	line := func(key string) int { return d.lines[join(join(d.at, table), key)] }
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a, b)) })
	return keys
}

// Fault returns an error about a key of the definition.
func (d *Definition) Fault(key string, what message.Text) *Error {
	path := strings.TrimSuffix(join(d.at, key), ".")
	return &Error{File: d.File, Line: d.lines.of(path), Key: plain(path), What: what}
}

// Headers returns the headers of the request that are secrets: tables in one of the forms
// of a secret. A file that people pass on may name only a file beside it, because any
// other form could read what is not meant for its service.
func (d *Definition) Headers() (map[string]Secret, error) {
	request, _ := d.values["request"].(map[string]any)
	headers, _ := request["headers"].(map[string]any)
	out := map[string]Secret{}
	p := d.problems()
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		v := headers[name]
		if _, table := v.(map[string]any); !table {
			continue
		}
		at := d.at + ".request.headers." + name
		var s Secret
		if what := s.set(v); what != nil {
			p.says(at, what)
			continue
		}
		if d.Shared && (s.form != formFile || s.arg != filepath.Base(s.arg)) {
			p.at(at, "declared_secret_shared")
			continue
		}
		if s.form == formFile {
			s.arg = d.abs(s.arg)
		}
		out[name] = s
	}
	return out, p.err()
}

// Trust reports a program that others can change. A program that does not exist is no
// problem of the configuration.
func (d *Definition) Trust(program string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil //nolint:nilerr // reported when it is run
	}
	mend, err := changeable(path)
	if err == nil && mend != "" {
		err = d.Fault("exec", message.New("declared_exec_writable", "Command", mend))
	}
	return err
}

func (d *Definition) problems() *problems { return &problems{file: d.File, lines: d.lines} }
