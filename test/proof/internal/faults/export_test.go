//go:build linux

package faults

import "slices"

// Said is what is shown of a log line.
func Said(line string) string { return said(line) }

// Names are the faults of a part.
func Names(part string) []string {
	var out []string
	for _, f := range slices.Concat(imapFaults(), smtpFaults(), postFaults(), machineFaults()) {
		if f.part == part {
			out = append(out, f.name)
		}
	}
	return out
}
