// Command stamp makes an installer the same at every build of the same program:
// it sets the two times in the file's summary to the one given (seconds since
// 1970) and the identifier of the package, which must differ for every content,
// to one made of the content.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "stamp:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: stamp FILE.msi SECONDS")
	}
	seconds, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || seconds < 0 {
		return fmt.Errorf("%q is no time in seconds since 1970", args[1])
	}
	f, err := os.OpenFile(args[0], os.O_RDWR, 0) //nolint:gosec // the person names the file
	if err != nil {
		return fmt.Errorf("open the installer: %w", err)
	}
	return errors.Join(restamp(f, time.Unix(seconds, 0)), f.Close())
}

func restamp(f *os.File, at time.Time) error {
	data, err := io.ReadAll(f)
	if err != nil {
		return fmt.Errorf("read the installer: %w", err)
	}
	if err := stamp(data, at); err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	if _, err := f.WriteAt(data, 0); err != nil {
		return fmt.Errorf("write the installer: %w", err)
	}
	return nil
}

// What a summary holds, by number and kind ([MS-OLEPS] 2.18, 2.25.1).
const (
	propPackage = 9
	propCreated = 12
	propSaved   = 13
	kindText    = 30
	kindTime    = 64
	uuidLength  = len("{00000000-0000-0000-0000-000000000000}")
)

// stamp changes the installer in place. The summary is one piece of the file:
// it is far shorter than what is ever laid out in several.
func stamp(data []byte, at time.Time) error {
	uuid, err := property(data, propPackage, kindText, 4+uuidLength)
	if err != nil {
		return err
	}
	uuid = uuid[4:] // behind its length
	if uuid[0] != '{' || uuid[uuidLength-1] != '}' {
		return errors.New("the identifier of the package is not where it should be")
	}
	for i := range uuid {
		uuid[i] = '0'
	}
	for _, id := range []uint32{propCreated, propSaved} {
		slot, err := property(data, id, kindTime, 8)
		if err != nil {
			return err
		}
		// Steps of 100 ns since 1601.
		binary.LittleEndian.PutUint64(slot, uint64(at.Unix()+11644473600)*1e7) //nolint:gosec // after 1970
	}
	sum := sha256.Sum256(data)
	copy(uuid, fmt.Sprintf("{%X-%X-%X-%X-%X}", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]))
	return nil
}

// property is the value of a property of the summary, of the size given.
func property(data []byte, id, kind uint32, size int) ([]byte, error) {
	// F29F85E0-4FF9-1068-AB91-08002B27B3D9, which is what the set is for; its place
	// in the stream follows, and the stream begins 28 bytes before.
	format := []byte{0xe0, 0x85, 0x9f, 0xf2, 0xf9, 0x4f, 0x68, 0x10, 0xab, 0x91, 0x08, 0x00, 0x2b, 0x27, 0xb3, 0xd9}
	at := bytes.Index(data, format)
	if at < 28 || bytes.Contains(data[at+1:], format) {
		return nil, errors.New("there is no summary, or more than one")
	}
	stream := data[at-28:]
	word := func(at int) uint32 {
		if at < 0 || at+4 > len(stream) {
			return 0
		}
		return binary.LittleEndian.Uint32(stream[at:])
	}
	section := int(word(44))
	for i := range int(min(word(section+4), 64)) {
		if word(section+8+8*i) != id {
			continue
		}
		value := section + int(word(section+12+8*i))
		if word(value) != kind || value+4+size > len(stream) {
			break
		}
		return stream[value+4 : value+4+size], nil
	}
	return nil, fmt.Errorf("the summary has no property %d as it should be", id)
}
