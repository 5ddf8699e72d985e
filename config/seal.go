package config

import (
	"cmp"
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
	"golang.org/x/crypto/chacha20poly1305"

	"parcelwatch/internal/message"
	"parcelwatch/internal/ordered"
)

// minKey is the number of characters of [store] key.
const minKey = 32

// seal is what is needed to open a sealed text: the key, and the place it was sealed for.
// The text is "v1.", the id of the key, ".", and the base64 form of nonce and ciphertext
// (XChaCha20-Poly1305).
type seal struct {
	key   *Secret
	place string
}

const sealVersion = "v1"

// placeOf returns the data that binds a sealed text to a setting of one household.
func placeOf(household, path string) string { return household + "\n" + path }

// setIn is set, and in the file of a household it also takes the sealed form.
func (s *Secret) setIn(household, path string, v any) message.Text {
	table, _ := v.(map[string]any)
	form, given := table[string(formSealed)]
	if household == "" || !given || len(table) != 1 {
		return s.set(v)
	}
	text, ok := form.(string)
	if _, _, err := splitSealed(text); !ok || err != nil {
		return message.New("config_sealed")
	}
	*s = Secret{form: formSealed, arg: text, seal: &seal{place: placeOf(household, path)}}
	return nil
}

// splitSealed returns the id of the key and the sealed bytes.
func splitSealed(text string) (id string, data []byte, err error) {
	version, rest, _ := strings.Cut(text, ".")
	id, body, _ := strings.Cut(rest, ".")
	data, err = base64.RawURLEncoding.DecodeString(body)
	if err != nil || version != sealVersion || len(id) != 2*keyIDSize || len(data) < chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return "", nil, errSealed
	}
	return id, data, nil
}

// open returns the secret in a sealed text.
func (s *seal) open(ctx context.Context, text string) (string, error) {
	if s == nil || s.key == nil {
		return "", errNoKey
	}
	id, data, err := splitSealed(text)
	if err != nil {
		return "", err
	}
	key, err := sealKey(ctx, s.key)
	if err != nil {
		return "", err
	}
	if id != key.id {
		return "", errOtherKey
	}
	nonce, sealed := data[:chacha20poly1305.NonceSizeX], data[chacha20poly1305.NonceSizeX:]
	plain, err := key.aead.Open(nil, nonce, sealed, []byte(s.place))
	if err != nil {
		return "", errSealed
	}
	return string(plain), nil
}

// sealer seals secrets with a key.
type sealer struct {
	aead cipher.AEAD
	id   string
}

// keyIDSize is the number of bytes of the id of a key. It tells keys apart and is
// derived apart from them, so that it says nothing of the key itself.
const keyIDSize = 4

// sealKey derives the key of sealed texts from [store] key.
func sealKey(ctx context.Context, from *Secret) (*sealer, error) {
	if from.IsZero() {
		return nil, errNoKey
	}
	secret, err := from.Resolve(ctx)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(secret) < minKey {
		return nil, errShortKey
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "parcelwatch sealed secrets "+sealVersion, chacha20poly1305.KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	id, err := hkdf.Key(sha256.New, []byte(secret), nil, "parcelwatch id of the key "+sealVersion, keyIDSize)
	if err != nil {
		return nil, fmt.Errorf("derive the id of a key: %w", err)
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return &sealer{aead: aead, id: hex.EncodeToString(id)}, nil
}

func (k *sealer) seal(place, secret string) string {
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(secret)+chacha20poly1305.Overhead)
	_, _ = rand.Read(nonce) // never fails
	return sealVersion + "." + k.id + "." + base64.RawURLEncoding.EncodeToString(k.aead.Seal(nonce, nonce, []byte(secret), []byte(place)))
}

// CheckSealed returns [Errors] for the sealed secrets that [store] key does not open.
func (c *Config) CheckSealed(ctx context.Context) error {
	p := c.problems()
	held := c.secretsAt()
	for _, at := range slices.Sorted(maps.Keys(held)) {
		if held[at].form != formSealed {
			continue
		}
		_, err := held[at].Resolve(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		p.says(at, whyNot(err))
	}
	return p.err()
}

// whyNot returns why a secret cannot be used, nil if it can.
func whyNot(err error) message.Text {
	if err == nil {
		return nil
	}
	if told, ok := errors.AsType[*SecretError](err); ok {
		return told.Fault()
	}
	return (&SecretError{Err: err}).Fault()
}

// Seal checks the document of a household like [Config.Household] and returns it with its
// secrets sealed, so that whoever reads the store does not learn them. The rest,
// including comments, is unchanged. It is an error if the document contains a secret and
// there is no [store] key.
func (c *Config) Seal(ctx context.Context, name string, doc []byte) ([]byte, error) {
	h, err := c.Household(name, "", doc)
	if err != nil {
		return nil, err
	}
	p := h.problems()
	for at, s := range h.servers {
		if s.Proxy.password() {
			p.at(at+".proxy", "config_seal_proxy")
		}
	}
	inline := h.inline()
	var key *sealer
	if len(inline) > 0 {
		key, err = sealKey(ctx, &c.root().Store.Key)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, at := range slices.Sorted(maps.Keys(inline)) {
		if errors.Is(err, errNoKey) {
			p.at(at, "config_seal_key")
		} else {
			p.says(at, whyNot(err))
		}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	sealed, err := replaceTexts(doc, inline, func(at, secret string) string {
		return `{ sealed = "` + key.seal(placeOf(name, at), secret) + `" }`
	})
	if err != nil {
		return nil, err
	}
	again, err := c.Household(name, "", sealed)
	if err != nil {
		return nil, err
	}
	if left := again.inline(); len(left) > 0 {
		return nil, fmt.Errorf("config: seal household %s: %d secrets are left open", name, len(left)) //nolint:err113 // cannot happen
	}
	return sealed, again.CheckSealed(ctx)
}

// Hide returns the document of a household with "(hidden)" in place of its secrets. Sealed
// ones stay. The document must be one that [Config.Household] accepts.
func (c *Config) Hide(name, file string, doc []byte) ([]byte, error) {
	h, err := c.Household(name, file, doc)
	if err != nil {
		return nil, err
	}
	open := h.inline()
	for at, s := range h.servers {
		if s.Proxy.password() {
			open[at+".proxy"] = ""
		}
	}
	return replaceTexts(doc, open, func(string, string) string { return strconv.Quote(hidden) })
}

// inline returns the secrets that stand in the document itself, by path.
func (c *Config) inline() map[string]string {
	out := map[string]string{}
	for at, s := range c.secretsAt() {
		if s.Inline() && s.plain != "" {
			out[at] = s.plain
		}
	}
	return out
}

// replaceTexts replaces the texts at the given paths of a valid document.
func replaceTexts(doc []byte, at map[string]string, by func(path, text string) string) ([]byte, error) {
	doc, err := decodeText("", doc)
	if err != nil {
		return nil, err
	}
	type place struct {
		unstable.Range

		path string
	}
	var places []place
	texts := indexTexts(doc)
	for path := range at {
		where, found := texts[path]
		if !found {
			return nil, fmt.Errorf("config: %s is not found in the document", path) //nolint:err113 // cannot happen
		}
		places = append(places, place{where, path})
	}
	ordered.Sort(places, func(a, b place) int { return cmp.Compare(a.Offset, b.Offset) })
	var out []byte
	last := uint32(0)
	for _, one := range places {
		out = append(out, doc[last:one.Offset]...)
		out = append(out, by(one.path, at[one.path])...)
		last = one.Offset + one.Length
	}
	return append(out, doc[last:]...), nil
}
