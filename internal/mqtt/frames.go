package mqtt

import (
	"net"

	"parcelwatch/internal/netx"
)

// maxPacket is the largest packet that a broker may send, in bytes. The program
// subscribes to short commands only.
const maxPacket = 16 << 10

// framed reads the lengths of MQTT packets before the library does, which reserves
// memory for whatever length a packet announces, up to 256 MB.
type framed struct {
	net.Conn

	guard  *netx.Guard
	left   int  // bytes of the packet's body
	length int  // the length read so far
	shift  uint // bits of it; 0 before its first byte
	body   bool // the header has been read
	header bool // its first byte has been read
}

// Read reads up to the end of what is allowed.
func (f *framed) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	if !f.accepts(p[:n]) {
		return 0, f.guard.Fail(netx.ErrTooMuch)
	}
	return n, err
}

// accepts follows the packets in p and reports whether all are small enough.
func (f *framed) accepts(p []byte) bool {
	for len(p) > 0 {
		if f.body {
			n := min(f.left, len(p))
			p, f.left = p[n:], f.left-n
			f.body = f.left > 0
			continue
		}
		b := p[0]
		p = p[1:]
		if !f.header {
			f.header = true
			continue
		}
		f.length |= int(b&0x7f) << f.shift
		f.shift += 7
		switch {
		case f.length > maxPacket || f.shift > 28:
			return false
		case b < 0x80:
			f.left, f.body = f.length, f.length > 0
			f.header, f.length, f.shift = false, 0, 0
		}
	}
	return true
}
