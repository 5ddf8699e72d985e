package extract

import (
	"bytes"
	"strconv"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"

	"parcelwatch/internal/message"
	"parcelwatch/mail"
)

// The library that takes mails apart needs 2^n time for n nested multiparts that
// are not closed, quadratic time for many parts, and knows no size. These limits
// are far above any mail of a shop.
const (
	maxRead       = 192 << 10 // bytes of a mail that are read; the text stands in front of attachments
	maxHeader     = 64 << 10
	maxBoundaries = 12
	maxDashLines  = 200
	maxNesting    = 40 // boundaries the library may honour in one mail, repeats included
)

// precheck says why the structure of a mail is refused; nil for a good one.
func precheck(raw []byte) message.Text {
	if head, _ := mail.Split(raw); len(head) > maxHeader {
		return message.New("unread_header", "KB", strconv.Itoa(len(head)>>10))
	}
	if n := countDashLines(raw); n > maxDashLines {
		return message.New("unread_parts", "N", strconv.Itoa(n))
	}
	if n := countBoundaries(raw); n > maxBoundaries {
		return message.New("unread_boundaries", "N", strconv.Itoa(n))
	}
	return nil
}

func countDashLines(raw []byte) int {
	n := bytes.Count(raw, []byte("\n--"))
	if bytes.HasPrefix(raw, []byte("--")) {
		n++
	}
	return n
}

// countBoundaries counts boundary parameters in any case and any of the forms of
// RFC 2231. A name hidden in an encoded word is left to [boundedMediaType].
func countBoundaries(raw []byte) int {
	n := 0
	for i := 0; ; i++ {
		j := bytes.IndexByte(raw[i:], '=')
		if j < 0 {
			return n
		}
		i += j
		if boundaryBefore(raw[:i]) {
			n++
		}
	}
}

func boundaryBefore(b []byte) bool {
	const name = "boundary"
	k := len(b)
	for k > 0 && len(b)-k < 16 && bytes.IndexByte([]byte(" \t\r\n*0123456789"), b[k-1]) >= 0 {
		k--
	}
	return k >= len(name) && (b[k-1]|0x20) == 'y' && bytes.EqualFold(b[k-len(name):k], []byte(name))
}

// boundedMediaType reads media types for one mail and stops honouring boundaries
// after a number of them: whatever way a structure finds past the precheck, the
// work it can cause is bounded.
func boundedMediaType() enmime.CustomParseMediaType {
	left := maxNesting
	return func(ctype string) (string, map[string]string, []string, error) {
		mtype, params, invalid, err := mediatype.Parse(ctype)
		if _, ok := params["boundary"]; ok {
			if left--; left < 0 {
				delete(params, "boundary")
			}
		}
		return mtype, params, invalid, err
	}
}
