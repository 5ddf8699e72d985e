package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Scope is what a token allows.
type Scope string

// The scopes. Write includes read.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// Errors of tokens.
var (
	// ErrTokenName means that a token with the name exists.
	ErrTokenName = errors.New("a token with this name exists")
	// ErrTokenCount means that there are as many tokens as are allowed.
	ErrTokenCount = errors.New("there are too many tokens")
	// ErrNoToken means that no token has the name.
	ErrNoToken = errors.New("no token has this name")
)

// Token describes a token. The token itself is not kept.
type Token struct {
	Name    string    `json:"name"`
	Scope   Scope     `json:"scope"`
	Hash    string    `json:"hash"` // SHA-256, which suffices for 256 random bits
	Created time.Time `json:"created"`
}

const (
	tokenSecret = "api/tokens"
	maxTokens   = 50
)

// Tokens returns the tokens, sorted by name.
func Tokens(ctx context.Context, s store.Secrets) ([]Token, error) {
	text, err := s.Secret(ctx, tokenSecret)
	if errors.Is(err, parcel.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	var out []Token
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	return out, nil
}

// AddToken makes a token and returns it. It cannot be shown again.
func AddToken(ctx context.Context, s store.Secrets, name string, scope Scope, now time.Time) (string, error) {
	all, err := Tokens(ctx, s)
	if err != nil {
		return "", err
	}
	at, found := slices.BinarySearchFunc(all, name, byName)
	switch {
	case found:
		return "", ErrTokenName
	case len(all) >= maxTokens:
		return "", ErrTokenCount
	}
	var random [32]byte
	_, _ = rand.Read(random[:])
	token := "pw_" + base64.RawURLEncoding.EncodeToString(random[:])
	all = slices.Insert(all, at, Token{Name: name, Scope: scope, Hash: hashOf(token), Created: now.UTC().Truncate(time.Second)})
	return token, keepTokens(ctx, s, all)
}

// RemoveToken makes a token invalid.
func RemoveToken(ctx context.Context, s store.Secrets, name string) error {
	all, err := Tokens(ctx, s)
	if err != nil {
		return err
	}
	at, found := slices.BinarySearchFunc(all, name, byName)
	if !found {
		return ErrNoToken
	}
	return keepTokens(ctx, s, slices.Delete(all, at, at+1))
}

func byName(t Token, name string) int {
	switch {
	case t.Name < name:
		return -1
	case t.Name > name:
		return 1
	}
	return 0
}

func keepTokens(ctx context.Context, s store.Secrets, all []Token) error {
	text, err := json.Marshal(all)
	if err == nil {
		err = s.SetSecret(ctx, tokenSecret, string(text))
	}
	if err != nil {
		return fmt.Errorf("keep tokens: %w", err)
	}
	return nil
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// allows reports whether one of the tokens is token and has the scope. known is false
// for a token that does not exist.
func allows(all []Token, token string, wanted Scope) (known, allowed bool) {
	hash := []byte(hashOf(token))
	for _, t := range all {
		if subtle.ConstantTimeCompare(hash, []byte(t.Hash)) == 1 {
			return true, t.Scope == Write || wanted == Read
		}
	}
	return false, false
}
