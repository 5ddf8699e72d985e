package lab

import (
	"regexp"
	"strings"

	"parcelwatch/test/rig"
)

// Digest is what a digest's text says, as far as the proof checks it.
type Digest struct {
	News  []string // numbers in the section of what is new
	Named []string // all numbers
}

var (
	sectionLine = regexp.MustCompile(`^(\p{L}[\p{L}’, ]*) \(\d+\)$`)
	numberWord  = regexp.MustCompile(`\bRB\d{9}[A-Z]{2}\b`)
)

// ReadDigest parses the text of a digest's mail.
func ReadDigest(raw []byte) (Digest, error) {
	var d Digest
	_, text, err := rig.ReadMail(raw)
	if err != nil {
		return d, err
	}
	section := ""
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := sectionLine.FindStringSubmatch(line); m != nil {
			section = m[1]
			continue
		}
		for _, n := range numberWord.FindAllString(line, -1) {
			if seen[n] {
				continue
			}
			seen[n] = true
			d.Named = append(d.Named, n)
			if section == "New" {
				d.News = append(d.News, n)
			}
		}
	}
	return d, nil
}
