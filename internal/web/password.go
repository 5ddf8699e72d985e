package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// right compares a password with the configured one or its hash, bcrypt or argon2id.
func right(want, password string) (bool, error) {
	if strings.HasPrefix(want, "$2") && len(want) == 60 {
		return bcrypt.CompareHashAndPassword([]byte(want), []byte(password)) == nil, nil
	}
	if strings.HasPrefix(want, argonName) {
		h, err := parseArgon(want)
		return err == nil && h.is(password), err
	}
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(password))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1, nil
}

const argonName = "$argon2id$"

// The most that a check may cost: the daemon has 256 MiB.
const (
	maxArgonMemory  = 64 << 10 // KiB
	maxArgonTime    = 10
	maxArgonThreads = 8
	maxArgonLength  = 64 // bytes of salt and hash
)

// argon is a parsed hash in the form of the PHC, "$argon2id$v=19$m=19456,t=2,p=1$salt$hash".
type argon struct {
	memory, time uint32
	threads      uint8
	salt, hash   []byte
}

func parseArgon(text string) (a argon, err error) {
	wrong := func(what string) (argon, error) { return argon{}, fmt.Errorf("%w: %s", errHash, what) }
	parts := strings.Split(strings.TrimPrefix(text, argonName), "$")
	if len(parts) != 4 || parts[0] != fmt.Sprintf("v=%d", argon2.Version) {
		return wrong("form or version")
	}
	costs := func(a argon) string { return fmt.Sprintf("m=%d,t=%d,p=%d", a.memory, a.time, a.threads) }
	if _, err := fmt.Sscanf(parts[1], "m=%d,t=%d,p=%d", &a.memory, &a.time, &a.threads); err != nil || costs(a) != parts[1] {
		return wrong("costs")
	}
	if a.memory < 8*uint32(a.threads) || a.memory > maxArgonMemory || a.time < 1 || a.time > maxArgonTime || a.threads < 1 || a.threads > maxArgonThreads {
		return wrong("costs out of range")
	}
	if a.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[2]); err != nil || len(a.salt) < 8 || len(a.salt) > maxArgonLength {
		return wrong("salt")
	}
	if a.hash, err = base64.RawStdEncoding.Strict().DecodeString(parts[3]); err != nil || len(a.hash) < 16 || len(a.hash) > maxArgonLength {
		return wrong("hash")
	}
	return a, nil
}

func (a argon) is(password string) bool {
	got := argon2.IDKey([]byte(password), a.salt, a.time, a.memory, a.threads, uint32(len(a.hash))) //nolint:gosec // at most maxArgonLength
	return subtle.ConstantTimeCompare(got, a.hash) == 1
}
