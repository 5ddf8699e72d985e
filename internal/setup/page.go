package setup

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"parcelwatch/internal/netx"
)

// Page says from where the page in the browser can be opened.
type Page string

// The answers.
const (
	PageHere    Page = "here"    // from this machine only, without a password
	PageNetwork Page = "network" // from every machine that reaches this one, with a password
	PageNo      Page = "no"
)

const pagePort = ":8417"

// Listen returns the address at which the page is served; empty for no page.
func (p Page) Listen() string {
	switch p {
	case PageHere:
		return "127.0.0.1" + pagePort
	case PageNetwork:
		return pagePort
	case PageNo:
	}
	return ""
}

// Why a password for the page is not accepted.
var (
	// ErrShort means that a password can be guessed.
	ErrShort = errors.New("the password has fewer than 8 characters")
	// ErrLong means that a password is longer than its hash covers.
	ErrLong = errors.New("the password has more than 72 bytes")
)

const leastPassword = 8 // characters

// Hash returns the hash of a password for the page, which is what the configuration keeps.
func Hash(password string) (string, error) {
	if utf8.RuneCountInString(password) < leastPassword {
		return "", ErrShort
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	switch {
	case errors.Is(err, bcrypt.ErrPasswordTooLong):
		return "", ErrLong
	case err != nil:
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return string(hash), nil
}

// HostNames returns the names under which others in the network may know this machine.
func HostNames() []string {
	full, err := os.Hostname()
	if err != nil {
		return nil
	}
	return namesOf(full)
}

func namesOf(full string) []string {
	full = strings.ToLower(strings.TrimSuffix(full, "."))
	short, domain, _ := strings.Cut(full, ".")
	if short == "localhost" || !netx.IsHost(full) {
		return nil
	}
	out := []string{short, short + ".local"}
	if domain != "" && domain != "local" {
		out = append(out, full)
	}
	return out
}
