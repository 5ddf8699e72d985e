package verify

import (
	"parcelwatch/mail"
)

// doubled returns the name of a field that must be unique but occurs twice.
// DKIM signs the lower one while mail programs use the upper one, so a genuine
// mail could be given another subject or body structure without invalidating
// its signature.
func doubled(h mail.Header) string {
	for _, name := range []string{"Subject", "Date", "Content-Type", "Content-Transfer-Encoding"} {
		if len(h.Values(name)) > 1 {
			return name
		}
	}
	return ""
}
