package rig

import (
	"bytes"
	"fmt"
	"io"
	"mime"

	gomail "github.com/emersion/go-message/mail"
)

// ReadMail returns the subject and the plain text of a mail, with bare line
// feeds.
func ReadMail(raw []byte) (subject, text string, err error) {
	r, err := gomail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return "", "", fmt.Errorf("read a mail: %w", err)
	}
	if subject, err = r.Header.Subject(); err != nil {
		return "", "", fmt.Errorf("read a mail's subject: %w", err)
	}
	for {
		part, err := r.NextPart()
		if err != nil {
			return subject, "", fmt.Errorf("read a mail's plain text: %w", err)
		}
		kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || kind != "text/plain" {
			continue
		}
		body, err := io.ReadAll(part.Body)
		return subject, string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))), err
	}
}
