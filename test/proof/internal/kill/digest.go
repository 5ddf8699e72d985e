//go:build linux

package kill

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
)

// digest is what a digest's text says, as far as this chapter looks.
type digest struct {
	news  []string // numbers in the section of what is new
	named []string // all numbers
}

var (
	sectionLine = regexp.MustCompile(`^(\p{L}[\p{L}, ]*) \(\d+\)$`)
	numberWord  = regexp.MustCompile(`\bRB\d{9}[A-Z]{2}\b`)
)

// readDigest reads the text of a digest's mail.
func readDigest(raw []byte) (digest, error) {
	var d digest
	text, err := plainText(raw)
	if err != nil {
		return d, fmt.Errorf("read a digest: %w", err)
	}
	section := ""
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := sectionLine.FindStringSubmatch(line); m != nil {
			section = m[1]
			continue
		}
		for _, n := range numberWord.FindAllString(line, -1) {
			if seen[n] {
				continue
			}
			seen[n] = true
			d.named = append(d.named, n)
			if section == "New" {
				d.news = append(d.news, n)
			}
		}
	}
	return d, nil
}

var errNoText = errors.New("no text part")

// plainText is the text of a mail of two forms.
func plainText(raw []byte) (string, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	if kind == "text/plain" {
		return decoded(m.Body, m.Header.Get("Content-Transfer-Encoding"))
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return "", errNoText
		}
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			return decoded(p, p.Header.Get("Content-Transfer-Encoding"))
		}
	}
}

func decoded(r io.Reader, encoding string) (string, error) {
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	text, err := io.ReadAll(r)
	return string(text), err
}
