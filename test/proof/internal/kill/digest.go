//go:build linux

package kill

import (
	"regexp"
	"strings"

	"parcelwatch/test/rig"
)

// digest is the content of a digest's text that this chapter checks.
type digest struct {
	news  []string // numbers in the section of what is new
	named []string // all numbers
}

var (
	sectionLine = regexp.MustCompile(`^(\p{L}[\p{L}’, ]*) \(\d+\)$`)
	numberWord  = regexp.MustCompile(`\bRB\d{9}[A-Z]{2}\b`)
)

// readDigest parses the text of a digest's mail.
func readDigest(raw []byte) (digest, error) {
	var d digest
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
			d.named = append(d.named, n)
			if section == "New" {
				d.news = append(d.news, n)
			}
		}
	}
	return d, nil
}
