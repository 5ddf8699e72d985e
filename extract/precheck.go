package extract

import (
	"bytes"
	"strconv"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"

	"parcelwatch/internal/message"
	"parcelwatch/mail"
)

// The MIME library takes 2^n time for n nested multiparts that are not closed
// and quadratic time for many parts, and has no size limit. These limits are
// far above any mail of a shop.
const (
	maxRead       = 192 << 10 // bytes of a mail that are read; the text comes before the attachments
	maxHeader     = 64 << 10
	maxBoundaries = 12
	maxDashLines  = 200
	maxNesting    = 40 // boundaries the library may use in one mail, repeats included
)

// precheck returns why the structure of a mail is refused, or nil.
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

// countBoundaries counts boundary parameters in any case and in all forms of
// RFC 2231. Names hidden in an encoded word are handled by [boundedMediaType].
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

// boundedMediaType returns a media type parser for one mail that ignores
// boundaries after a fixed number of them. This bounds the work of a structure
// that gets past the precheck.
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
