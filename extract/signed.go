package extract

import "bytes"

// The object identifiers of signed data and of the data in it, as they are encoded
// (RFC 5652).
const (
	oidSignedData = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	oidData       = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
)

const (
	tagOctets      = 0x04
	tagConstructed = 0x20
	tagContent     = 0xa0 // [0], in which the signed content stands
)

// signedContent returns the content of a signed message of S/MIME, or nil for any
// other. The signature is not checked: what the mail is trusted for is decided by
// its sender.
func signedContent(ber []byte) []byte {
	for _, oid := range []string{oidSignedData, oidData} {
		i := bytes.Index(ber[:min(len(ber), 512)], []byte(oid))
		if i < 0 {
			return nil
		}
		ber = ber[i+len(oid):]
	}
	tag, _, ber := berHead(ber)
	if tag != tagContent {
		return nil
	}
	var out []byte
	for len(ber) > 0 {
		tag, length, rest := berHead(ber)
		switch {
		case tag == tagOctets && length >= 0 && length <= len(rest):
			out, ber = append(out, rest[:length]...), rest[length:]
		case tag == tagOctets|tagConstructed: // its pieces follow
			ber = rest
		default:
			return out
		}
	}
	return out
}

// berHead reads the tag and length of an element; the length is -1 if it is
// indefinite or broken.
func berHead(b []byte) (tag byte, length int, rest []byte) {
	if len(b) < 2 {
		return 0, -1, nil
	}
	tag, length, rest = b[0], int(b[1]), b[2:]
	if length < 0x80 {
		return tag, length, rest
	}
	n := length & 0x7f
	if n == 0 || n > 4 || n > len(rest) {
		return tag, -1, rest
	}
	length = 0
	for _, c := range rest[:n] {
		length = length<<8 | int(c)
	}
	return tag, length, rest[n:]
}
