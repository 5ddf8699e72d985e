package config

import (
	"errors"
	"io/fs"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
)

// ErrNoFile is wrapped by [NoFileError].
var ErrNoFile = errors.New("no configuration file")

// NoFileError is returned by [Find] if there is no configuration file.
type NoFileError struct{ Places []string }

// Error lists the places in English.
func (e *NoFileError) Error() string { return locale.English(e.Fault()) }

// Unwrap returns [ErrNoFile].
func (e *NoFileError) Unwrap() error { return ErrNoFile }

// Fault returns where the file was looked for and what to do.
func (e *NoFileError) Fault() message.Text {
	return message.New("config_none", "Places", strings.Join(e.Places, ", "), "Variable", EnvFile)
}

// Error is one problem in the file. It never contains a value, because any
// value may be a secret.
type Error struct {
	File      string
	Household string       // instead of File, if it is not in a file
	Line      int          // 0 for the file as a whole
	Key       string       // "mailbox.port"; empty for the file as a whole
	What      message.Text // what is wrong and, if known, what to do
}

// Error returns the problem as one line of English: file, line, key, problem.
func (e *Error) Error() string { return locale.English(e.Fault()) }

// Fault returns the problem prefixed with its file, line and key.
func (e *Error) Fault() message.Text {
	if e.File == "" && e.Household != "" {
		return e.inHousehold()
	}
	place := e.File
	if e.Line > 0 {
		place += ":" + strconv.Itoa(e.Line)
	}
	if e.Key != "" {
		place += ": " + e.Key
	}
	return placed(place, e.What)
}

func (e *Error) inHousehold() message.Text {
	what := e.What
	if e.Key != "" {
		what = placed(e.Key, what)
	}
	if e.Line > 0 {
		return message.New("config_household_line", "Name", e.Household, "Line", strconv.Itoa(e.Line)).Around(what)
	}
	return message.New("config_household_place", "Name", e.Household).Around(what)
}

// placed prefixes a text with the file, line or key it refers to.
func placed(place string, what message.Text) message.Text {
	return message.New("config_place", "Place", place).Around(what)
}

// Errors holds all problems of a file, at least one.
type Errors []*Error

// Error returns every problem on a separate line.
func (e Errors) Error() string {
	all := make([]string, len(e))
	for i, one := range e {
		all[i] = one.Error()
	}
	return strings.Join(all, "\n")
}

// Unwrap returns the problems for errors.As.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// maxProblems is the number of problems reported for a file. A file with more
// is not a configuration.
const maxProblems = 30

// problems collects the problems of one file.
type problems struct {
	file  string
	lines lines
	found Errors

	household    string // whose file it is; empty for the installation's
	installation string // the installation's file
}

func (c *Config) problems() *problems {
	return &problems{file: c.Path, lines: c.lines, household: c.household, installation: c.root().Path}
}

// at records a problem at a path such as "mailbox[1].port".
func (p *problems) at(path, id string, data ...string) { p.says(path, message.New(id, data...)) }

// says records a problem at a path. It ignores a nil message.
func (p *problems) says(path string, what message.Text) {
	if what == nil || len(p.found) >= maxProblems {
		return
	}
	e := &Error{File: p.file, Line: p.lines.of(path), Key: plain(path), What: what}
	if e.File == "" {
		e.Household = p.household
	}
	p.found = append(p.found, e)
}

// err returns nil if there are no problems, so that a nil Errors never becomes
// a non-nil error.
func (p *problems) err() error {
	if len(p.found) == 0 {
		return nil
	}
	return p.found
}

// plain removes the indexes: "mailbox[1].port" is shown as mailbox.port,
// because the line tells which one.
func plain(path string) string {
	return textx.Line(index.ReplaceAllString(path, ""), 120)
}

var index = regexp.MustCompile(`\[[^\]]*\]`)

// Unknown returns the message for a name that is not allowed, with the nearest
// allowed name. The kind selects the message: unknown_KIND_near,
// unknown_KIND_one_of.
func Unknown(kind, name string, allowed []string) message.Text {
	if n := nearest(name, allowed); n != "" {
		return message.New("unknown_"+kind+"_near", "Name", n)
	}
	return message.New("unknown_"+kind+"_one_of", "Names", strings.Join(allowed, ", "))
}

// nearest returns the allowed name with the fewest edits, or one that is a
// prefix of name or has name as a prefix. It returns "" if none is near.
func nearest(name string, allowed []string) string {
	best, least := "", max(1, len(name)/3)+1
	for _, a := range allowed {
		if low := strings.ToLower(name); len(low) > 2 && (strings.HasPrefix(a, low) || strings.HasPrefix(low, a)) {
			return a
		}
	}
	for _, a := range allowed {
		if d := edits(strings.ToLower(name), a); d < least {
			best, least = a, d
		}
	}
	return best
}

// edits counts the insertions, deletions, replacements and swaps of neighbours
// that turn a into b.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 { // not a typo; limits the cost of hostile files
		return max(len(x), len(y))
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

// Reasons why a secret cannot be read.
var (
	errNoSecret    = errors.New("no secret is configured")
	errEmptySecret = errors.New("it is empty")
	errLongSecret  = errors.New("one line of text is expected")
	errLargeSecret = errors.New("it is too large to be a secret")
	errSlowSecret  = errors.New("it did not end in time")
	errOpenSecret  = errors.New("others can read it")

	errNoCredentials = errors.New("CREDENTIALS_DIRECTORY is not set; systemd sets it for a service with LoadCredential=")
	errNoDPAPI       = errors.New("dpapi works on Windows only; use file, env, command or credential")
	errNotBase64     = errors.New("the blob is not base64 text; create it again on this machine")
	errOtherKey      = errors.New("it was sealed with another key than the one in [store] key")
	errSealed        = errors.New("it was sealed for another household or setting, or it is damaged")
	errNoKey         = errors.New("it is sealed, and there is no [store] key")
	errShortKey      = errors.New("[store] key needs at least 32 characters, such as the output of: openssl rand -base64 32")

	errForeignBlob = errors.New("the blob was created on another machine or by another account")
)

// writableError is a secret file or command, or a folder of one, that others can change.
type writableError struct{ mend string }

// Error returns the problem and the command that mends it.
func (e *writableError) Error() string { return "others can change it; run: " + e.mend }

// closing returns the command that takes the right to change a file from others.
func closing(path string) string {
	if runtime.GOOS == "windows" {
		return `icacls "` + path + `" /inheritance:r /grant:r *S-1-5-18:F *S-1-5-32-544:F *S-1-5-19:RX`
	}
	return "chmod go-w " + quoted(path)
}

// quoted returns a path as a shell takes it.
func quoted(path string) string {
	if strings.ContainsAny(path, " \t\"'$&;()*?`\\") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// SecretError is returned if a secret cannot be read. It never contains the
// secret.
type SecretError struct {
	Where string // as returned by [Secret.Where]; empty if none is configured
	Name  string // of the file, variable or command
	Err   error
}

// Error returns where the secret was looked for and why it cannot be read.
func (e *SecretError) Error() string {
	if e.Where == "" {
		return "config: " + e.Err.Error()
	}
	return "config: secret from " + e.Where + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *SecretError) Unwrap() error { return e.Err }

// Fault returns the error as a translatable message.
func (e *SecretError) Fault() message.Text {
	if w, ok := errors.AsType[*writableError](e.Err); ok {
		return message.New("fault_secret_writable", "Where", e.Name, "Command", w.mend)
	}
	for _, known := range []struct {
		err error
		id  string
	}{
		{errNoSecret, "fault_secret_none"},
		{errOpenSecret, "fault_secret_open"},
		{errEmptySecret, "fault_secret_empty"},
		{errLongSecret, "fault_secret_lines"},
		{errLargeSecret, "fault_secret_large"},
		{errSlowSecret, "fault_secret_slow"},
		{errNoCredentials, "fault_secret_credentials"},
		{errNoDPAPI, "fault_secret_dpapi"},
		{errNotBase64, "fault_secret_blob"},
		{errForeignBlob, "fault_secret_foreign"},
		{errOtherKey, "fault_sealed_key"},
		{errSealed, "fault_sealed_damaged"},
		{errNoKey, "fault_sealed_no_key"},
		{errShortKey, "fault_sealed_short"},
		{fs.ErrNotExist, "fault_secret_missing"},
		{fs.ErrPermission, "fault_secret_denied"},
	} {
		if errors.Is(e.Err, known.err) {
			return message.New(known.id, "Where", e.Name)
		}
	}
	return message.New("fault_secret", "Where", e.Name, "Text", e.Err.Error())
}
