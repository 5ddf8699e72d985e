package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"parcelwatch/internal/message"
)

// Secret is a password, key or token together with its source: the value
// itself, a file, an environment variable, the output of a command, a systemd
// credential, a blob that only this Windows machine can decrypt, or a text that
// [Config.Seal] has sealed. No formatting verb, log or encoder shows the value;
// only [Secret.Resolve] returns it.
type Secret struct {
	form  secretForm
	plain string
	arg   string   // file, variable, credential, blob or sealed text
	args  []string // command
	seal  *seal    // opens the sealed text
}

type secretForm string

const (
	formInline     secretForm = "inline"
	formFile       secretForm = "file"
	formEnv        secretForm = "env"
	formCommand    secretForm = "command"
	formCredential secretForm = "credential"
	formDPAPI      secretForm = "dpapi"
	formSealed     secretForm = "sealed"
)

const (
	maxSecret   = 64 << 10 // bytes of a file or output
	commandTime = 30 * time.Second
	hidden      = "(hidden)"
)

// Plain returns a secret with a known value.
func Plain(value string) Secret { return Secret{form: formInline, plain: value} }

// IsZero reports whether no secret is configured.
func (s Secret) IsZero() bool { return s.form == "" }

// Inline reports whether the configuration contains the secret itself.
func (s Secret) Inline() bool { return s.form == formInline }

// Where returns the source of the secret, without its value.
func (s Secret) Where() string {
	switch s.form {
	case formFile:
		return "file " + s.arg
	case formEnv:
		return "environment variable " + s.arg
	case formCommand:
		return "command " + s.args[0]
	case formCredential:
		return "credential " + s.arg
	case formDPAPI:
		return "a blob of this Windows machine"
	case formSealed:
		return "a sealed text"
	case formInline:
		return "the configuration"
	default:
		return "nowhere"
	}
}

// String returns a description without the secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return hidden
}

// GoString returns the same as String.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of JSON and other encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Format keeps the secret out of the output of every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// Resolve returns the value of the secret. Errors contain its source and what
// to do, but never the value.
func (s Secret) Resolve(ctx context.Context) (string, error) {
	var raw string
	var err error
	switch s.form {
	case formInline:
		return s.plain, nil
	case formFile:
		raw, err = secretFile(s.arg, true)
	case formEnv:
		raw = os.Getenv(s.arg)
	case formCommand:
		raw, err = secretCommand(ctx, s.args)
	case formCredential:
		raw, err = secretCredential(s.arg)
	case formDPAPI:
		raw, err = unprotect(s.arg)
	case formSealed:
		if raw, err = s.seal.open(ctx, s.arg); err == nil {
			return raw, nil
		}
	default:
		return "", &SecretError{Err: errNoSecret}
	}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err // the message already contains the path
	}
	if _, told := errors.AsType[*SecretError](err); told {
		return "", err // of the key that opens a sealed text
	}
	if err != nil {
		return "", &SecretError{Where: s.Where(), Name: s.name(), Err: err}
	}
	raw = strings.TrimPrefix(raw, "\ufeff")
	raw = strings.TrimSuffix(strings.TrimSuffix(raw, "\n"), "\r")
	switch {
	case raw == "":
		return "", &SecretError{Where: s.Where(), Name: s.name(), Err: errEmptySecret}
	case strings.ContainsAny(raw, "\n\r\x00"):
		return "", &SecretError{Where: s.Where(), Name: s.name(), Err: errLongSecret}
	}
	return raw, nil
}

func (s *Secret) set(v any) message.Text {
	switch v := v.(type) {
	case string:
		*s = Plain(v)
		return nil
	case map[string]any:
		if len(v) != 1 {
			return message.New("config_secret_one")
		}
		for key := range maps.Keys(v) {
			return s.setForm(key, v[key])
		}
	}
	return message.New("config_secret")
}

func (s *Secret) setForm(key string, v any) message.Text {
	form := secretForm(key)
	switch form {
	case formFile, formEnv, formCredential, formDPAPI:
		arg, ok := v.(string)
		if !ok || strings.TrimSpace(arg) == "" {
			return message.New("config_form_text", "Form", key)
		}
		if form == formCredential && arg != filepath.Base(arg) {
			return message.New("config_credential")
		}
		*s = Secret{form: form, arg: arg}
		return nil
	case formCommand:
		list, _ := v.([]any)
		var args []string
		for _, one := range list {
			arg, ok := one.(string)
			if !ok {
				args = nil
				break
			}
			args = append(args, arg)
		}
		if len(args) == 0 || args[0] == "" {
			return message.New("config_command")
		}
		*s = Secret{form: form, args: args}
		return nil
	case formInline, formSealed:
	}
	return Unknown("secret", key, []string{"file", "env", "command", "credential", "dpapi"})
}

func secretFile(path string, strict bool) (string, error) {
	f, err := os.Open(path) //nolint:gosec // the person names the file
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if strict && readableByOthers(info) {
		return "", fmt.Errorf("%w; run: chmod 600 %s", errOpenSecret, path)
	}
	if err := trusted(path); strict && err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxSecret {
		return "", errLargeSecret
	}
	return string(data), nil
}

// secretCredential reads a credential that systemd passes to a service
// (LoadCredential=). The directory belongs to systemd and nobody else can read
// it.
func secretCredential(name string) (string, error) {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return "", fmt.Errorf("%w%s:FILE", errNoCredentials, name)
	}
	return secretFile(filepath.Join(dir, name), false)
}

// secretCommand runs a command without a shell. Its stderr is discarded because
// it may contain the secret.
func secretCommand(ctx context.Context, args []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	program, err := exec.LookPath(args[0])
	if err != nil {
		return "", err
	}
	if err := trusted(program); err != nil {
		return "", err
	}
	var out limitedBuffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the person names the command
	cmd.Stdout = &out
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("%w: %w", errSlowSecret, ctx.Err())
		}
		return "", err
	}
	if out.over {
		return "", errLargeSecret
	}
	return string(out.data), nil
}

// trusted returns a [writableError] if others can change the file.
func trusted(path string) error {
	mend, err := changeable(path)
	if err == nil && mend != "" {
		err = &writableError{mend}
	}
	return err
}

// limitedBuffer keeps the start of an output and records whether it was cut.
type limitedBuffer struct {
	data []byte
	over bool
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	room := maxSecret - len(b.data)
	b.over = b.over || len(p) > room
	b.data = append(b.data, p[:min(room, len(p))]...)
	return len(p), nil
}

// name returns the file, variable or command that provides the secret. It is
// not translated.
func (s Secret) name() string {
	switch s.form {
	case formEnv:
		return "$" + s.arg
	case formCommand:
		return s.args[0]
	case formDPAPI:
		return "dpapi"
	case formSealed:
		return "sealed"
	default:
		return s.arg
	}
}

func (s Secret) file() string {
	if s.form == formFile {
		return s.arg
	}
	return ""
}
