package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parcelwatch/internal/token"
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
	Hash    string    `json:"hash"` // [token.Hash]
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
	fresh := "pw_" + token.New()
	all = slices.Insert(all, at, Token{Name: name, Scope: scope, Hash: token.Hash(fresh), Created: now.UTC().Truncate(time.Second)})
	return fresh, keepTokens(ctx, s, all)
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

// allows reports whether one of the tokens is the one shown and has the scope. known is false
// for a token that does not exist.
func allows(all []Token, shown string, wanted Scope) (known, allowed bool) {
	for _, t := range all {
		if token.Matches(t.Hash, shown) {
			return true, t.Scope == Write || wanted == Read
		}
	}
	return false, false
}
