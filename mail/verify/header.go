package verify

import (
	"parcelwatch/mail"
)

// doubled names a field that may stand only once and stands twice. DKIM signs
// the lower one while readers take the upper one, so a genuine mail could be
// given another subject or another body structure without breaking it.
func doubled(h mail.Header) string {
	for _, name := range []string{"Subject", "Content-Type", "Content-Transfer-Encoding"} {
		if len(h.Values(name)) > 1 {
			return name
		}
	}
	return ""
}
