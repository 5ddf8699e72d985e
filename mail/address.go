package mail

import (
	"io"
	"mime"
	"net/mail"
	"strings"
)

// maxFrom is the maximum length in bytes of a From field that is parsed. A
// longer field yields no address.
const maxFrom = 8 << 10

// Address is one address of a header field.
type Address struct {
	Name string // decoded display name
	Addr string // bare, lower case
}

// Addresses parses an address field. If the value is not valid, it falls back
// to the angle brackets and then to the words with an @, as mail programs do.
// Words that are not an address are kept, so that a second, mangled address is
// not overlooked.
func Addresses(value string) []Address {
	if len(value) > maxFrom {
		return nil
	}
	value = strings.ToValidUTF8(value, "?")
	// An unknown charset in a name must not lose the address.
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{
		CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil },
	}}
	list, err := parser.ParseList(value)
	if err != nil {
		return looseAddresses(value)
	}
	out := make([]Address, 0, len(list))
	for _, a := range list {
		out = append(out, Address{Name: a.Name, Addr: bare(a.Address)})
	}
	return out
}

func looseAddresses(value string) []Address {
	var out []Address
	for rest := value; ; {
		name, behind, ok := strings.Cut(rest, "<")
		addr, next, closed := strings.Cut(behind, ">")
		if !ok || !closed {
			break
		}
		out = append(out, Address{Name: strings.TrimSpace(DecodeWords(name)), Addr: bare(addr)})
		rest = next
	}
	if len(out) > 0 {
		return out
	}
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`,;"<>()`, r) }) {
		if strings.Contains(word, "@") {
			out = append(out, Address{Addr: bare(word)})
		}
	}
	return out
}

// bare returns an address in lower case, without the "mailto:" that some
// programs leave in front of it.
func bare(s string) string {
	return strings.TrimLeft(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "mailto:"), "<")
}

// Parts splits an address into its local part and its domain, without a
// trailing dot.
func Parts(addr string) (local, domain string, ok bool) {
	i := strings.LastIndexByte(addr, '@')
	if i < 1 || i == len(addr)-1 {
		return "", "", false
	}
	return addr[:i], strings.TrimSuffix(addr[i+1:], "."), true
}

// Under reports whether domain is parent or a subdomain of it.
func Under(domain, parent string) bool {
	return domain == parent || strings.HasSuffix(domain, "."+parent)
}
