package config

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"unicode/utf8"

	toml "github.com/pelletier/go-toml/v2"

	"parcelwatch/internal/message"
)

// maxFile is the maximum size of a configuration file in bytes. Real files have
// a few kilobytes.
const maxFile = 1 << 20

// Load reads the file strictly: unknown keys, wrong types and invalid values
// are [Errors]. Missing keys are reported by [Config.Need].
func Load(path string) (*Config, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("config: find %s: %w", path, err)
	}
	data, open, err := read(full)
	if err != nil {
		return nil, err
	}
	c, err := parse(full, data)
	if err != nil {
		return nil, err
	}
	if err := c.protected(open); err != nil {
		return nil, err
	}
	c.readShared()
	return c, nil
}

// protected returns an error if the file contains a secret and others can read it, or if
// others can change it. open reports the former on Unix; on Windows it is a warning.
func (c *Config) protected(open bool) error {
	if err := c.guard(open); err != nil {
		return err
	}
	if err := unchangeable(c.Path); err != nil {
		return err
	}
	if who := openTo(c.Path); who != "" && c.holdsSecret() {
		c.Warnings = append(c.Warnings, placed(c.Path, message.New("config_readable", "Command", closing(c.Path)).Around(message.New(who))))
	}
	return nil
}

// LanguageOf returns the language that a file names, even if the rest of it is wrong,
// so that its faults can be told in that language; "" if it names none or is not TOML.
func LanguageOf(path string) string {
	data, _, err := read(path)
	if err != nil {
		return ""
	}
	var c struct{ Language string }
	if err := toml.Unmarshal(data, &c); err != nil {
		return ""
	}
	return c.Language
}

// read returns the file's bytes and whether anyone but its owner may read it.
func read(path string) ([]byte, bool, error) {
	f, err := os.Open(path) //nolint:gosec // the person names the file
	if err != nil {
		return nil, false, fmt.Errorf("config: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, false, fmt.Errorf("config: look at %s: %w", path, err)
	}
	if info.IsDir() {
		return nil, false, &Error{File: path, What: message.New("config_folder_given")}
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, false, fmt.Errorf("config: read %s: %w", path, err)
	}
	if len(data) > maxFile {
		return nil, false, &Error{File: path, What: message.New("config_large")}
	}
	return data, readableByOthers(info), nil
}

// parse parses the bytes of the file.
func parse(path string, data []byte) (*Config, error) {
	c := Default()
	c.Path = path
	if err := c.fill(data); err != nil {
		return nil, err
	}
	return c, nil
}

// fill sets c to what a text says.
func (c *Config) fill(data []byte) error {
	data, err := decodeText(c.Path, data)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		return syntaxError(c.Path, data, err)
	}
	c.lines, c.sum = indexLines(data), sha256.Sum256(data)
	p := c.problems()
	p.bind("", tree, reflect.ValueOf(c).Elem())
	if p.err() == nil {
		c.complete()
		c.inherit()
		c.checkGeneral(p)
	}
	return p.err()
}

// decodeText rejects encodings that editors on Windows use by accident, with a
// message that explains it, and strips a byte order mark.
func decodeText(path string, data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}),
		len(data) > 1 && (data[0] == 0) != (data[1] == 0):
		return nil, &Error{File: path, What: message.New("config_utf16")}
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	}
	for line, rest := 1, data; len(rest) > 0; line++ {
		text, after, _ := bytes.Cut(rest, []byte("\n"))
		if !utf8.Valid(text) {
			return nil, &Error{File: path, Line: line, What: message.New("config_utf8")}
		}
		rest = after
	}
	return data, nil
}

// syntaxError converts the library's error. The library's long form prints the
// surrounding lines, including passwords, so only its position and short
// message are used, and the message only if it quotes no text.
func syntaxError(path string, data []byte, err error) error {
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return &Error{File: path, What: message.New("config_toml")}
	}
	line, _ := de.Position()
	return &Error{File: path, Line: line, Key: strings.Join(de.Key(), "."), What: message.New(syntaxID(de.Error(), lineOf(data, line)))}
}

// syntaxID returns the message id for the library's message about a line.
func syntaxID(message, line string) string {
	message = strings.TrimPrefix(message, "toml: ")
	switch {
	case strings.HasPrefix(message, "invalid escape character"), strings.Contains(message, "unicode escape"), strings.Contains(message, "hexadecimal digit"):
		return "config_backslash"
	case strings.Contains(message, "is already defined"), strings.Contains(message, "already exists"):
		return "config_twice"
	case strings.Contains(message, "start of value"), strings.Contains(message, "strings must be quoted"):
		return "config_value"
	case strings.Contains(message, "unterminated"), strings.Contains(message, "new lines"), strings.Contains(message, "not terminated"):
		return "config_quote"
	case !strings.Contains(line, "=") && !strings.HasPrefix(strings.TrimSpace(line), "["):
		return "config_neither"
	default:
		return "config_line"
	}
}

func lineOf(data []byte, n int) string {
	for line := range strings.Lines(string(data)) {
		if n--; n == 0 {
			return line
		}
	}
	return ""
}
