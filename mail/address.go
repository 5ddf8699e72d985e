package mail

import (
	"io"
	"mime"
	"net/mail"
	"strings"
)

// maxFrom bounds a From field that is read; a longer one holds no address.
const maxFrom = 8 << 10

// Address is one address of a header field.
type Address struct {
	Name string // as programs show it, decoded
	Addr string // bare, lower case
}

// Addresses reads a field of addresses. What the grammar refuses is read by its
// angle brackets, else by its words with an @, as mail programs do; words that
// are no address are kept, so that a second, mangled address is not overlooked.
func Addresses(value string) []Address {
	if len(value) > maxFrom {
		return nil
	}
	value = strings.ToValidUTF8(value, "?")
	// A name in an unknown charset must not cost the address.
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

// bare is an address in lower case, without the "mailto:" that some programs
// leave in front of it.
func bare(s string) string {
	return strings.TrimLeft(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "mailto:"), "<")
}

// Parts splits an address into its local part and its domain, without a closing
// dot.
func Parts(addr string) (local, domain string, ok bool) {
	i := strings.LastIndexByte(addr, '@')
	if i < 1 || i == len(addr)-1 {
		return "", "", false
	}
	return addr[:i], strings.TrimSuffix(addr[i+1:], "."), true
}

// Under reports whether domain is parent or a sub-domain of it.
func Under(domain, parent string) bool {
	return domain == parent || strings.HasSuffix(domain, "."+parent)
}
