//go:build linux

package outside

import (
	"fmt"
	"strconv"
)

// The names of the figures.
const (
	scanRatio    = "first scan: start to the last mail stored, beside a bare SEARCH and FETCH"
	scanTime     = "first scan: start to the last mail stored"
	scanCPU      = "first scan: processor time"
	scanCPURatio = "first scan: processor time, beside a bare SEARCH and FETCH"
	scanPeak     = "first scan: peak of resident memory"
	scanSyncs    = "first scan: synced writes for each mail"
	scanWrites   = "first scan: writes for each mail"
	scanBytes    = "first scan: bytes written for each mail"
	mailSyncs    = "one arriving mail: synced writes"
	mailWrites   = "one arriving mail: writes"
	mailBytes    = "one arriving mail: bytes written"
	idlePrivate  = "idle, one mailbox, 100 parcels: private memory"
	idleResident = "idle, one mailbox, 100 parcels: resident memory"
	idleWakes    = "idle, one mailbox, 100 parcels: wake-ups a second"
	digestTime   = "digest of 1,000 changes over 10,000 parcels"
)

func mailboxFigure(n int) string { return fmt.Sprintf("%d mailboxes: resident memory", n) }

func parcelFigure(n int) string { return fmt.Sprintf("%s parcels: resident memory", thousands(n)) }

func startFigure(n int) string {
	return fmt.Sprintf("%s parcels: peak of the start, beside idle", thousands(n))
}

func firstFigure(n int) string {
	return fmt.Sprintf("%s parcels: peak of the first start, with the first digest, beside idle", thousands(n))
}

func commandFigure(name string, n int) string {
	return fmt.Sprintf("%s over %s parcels", name, thousands(n))
}

func commandMemory(name string, n int) string { return commandFigure(name, n) + ": memory" }

func thousands(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return strconv.Itoa(n)
}

// figures are all figures, in the order of the report. Counts and ratios of counts do not
// depend on how busy the machine is, so that they are held; the rest are aims.
func figures(s sizes) []figure {
	out := []figure{
		{what: scanRatio, unit: "times", most: 2},
		{what: scanTime, unit: "s"},
		{what: scanCPURatio, unit: "times"},
		{what: scanCPU, unit: "s"},
		{what: scanPeak, unit: "MiB", most: 50},
		// Into how many transactions a scan falls depends on how fast the machine reads and syncs: 0.21 to 0.93
		// writes a mail were measured.
		{what: scanSyncs, most: 0.3, held: true},
		{what: scanWrites, most: 2, held: true},
		{what: scanBytes, unit: "KB", most: 20, held: true},
		{what: mailSyncs, most: 2.5, held: true}, // a heartbeat or a moved log may fall among the mails
		{what: mailWrites, most: 12, held: true},
		{what: mailBytes, unit: "KB", most: 150, held: true},
	}
	for _, n := range s.mailboxes {
		f := figure{what: mailboxFigure(n), unit: "MiB"}
		if n == 200 {
			f.most = 70
		}
		out = append(out, f)
	}
	for _, n := range s.parcels {
		out = append(out, figure{what: parcelFigure(n), unit: "MiB", most: parcelMemory()[n]},
			figure{what: startFigure(n), unit: "times", most: 1.3}, figure{what: firstFigure(n), unit: "times"})
		for _, c := range commands() {
			out = append(out, figure{what: commandFigure(c.name, n), unit: "s", most: 0.15}, figure{what: commandMemory(c.name, n), unit: "MiB", most: 30})
		}
	}
	return append(out,
		figure{what: digestTime, unit: "s", most: 0.4}, figure{what: idlePrivate, unit: "MiB", most: 10},
		figure{what: idleResident, unit: "MiB"}, figure{what: idleWakes, most: 1})
}

// parcelMemory is how many MiB a daemon may use beside so many parcels.
func parcelMemory() map[int]float64 { return map[int]float64{10_000: 55, 100_000: 80} }
