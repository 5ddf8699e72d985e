package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message/mail"
)

// openedMail holds the parts of a digest.
type openedMail struct {
	subject, text, html string
}

// openMail reads a mail made by this program: multipart/alternative with text and HTML.
func openMail(raw []byte) (out openedMail, err error) {
	m, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return out, fmt.Errorf("read own mail: %w", err)
	}
	if out.subject, err = m.Header.Subject(); err != nil {
		return out, fmt.Errorf("read own mail: %w", err)
	}
	for {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, fmt.Errorf("read own mail: %w", err)
		}
		text, err := io.ReadAll(part.Body)
		if err != nil {
			return out, fmt.Errorf("read own mail: %w", err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			out.html = string(text)
		} else {
			out.text = string(text)
		}
	}
	if out.text == "" || out.html == "" {
		return out, errors.New("read own mail: it has no text or no HTML")
	}
	return out, nil
}
