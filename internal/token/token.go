// Package token makes random tokens and recognises them by their hashes, which are all that is
// kept. It must not know what a token allows or how long it is valid.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// New returns a token of 256 random bits that may stand in a URL.
func New() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// Hash returns the SHA-256 of a token in hexadecimal digits. That suffices for random tokens, but
// not for passwords.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Matches reports whether a hash is that of a token, in the same time for every hash.
func Matches(hash, token string) bool {
	return subtle.ConstantTimeCompare([]byte(hash), []byte(Hash(token))) == 1
}
