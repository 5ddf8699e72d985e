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

// figures are all figures, in the order of the report.
func figures(s sizes) []figure {
	out := []figure{
		{scanRatio, "times"},
		{scanTime, "s"},
		{scanCPURatio, "times"},
		{scanCPU, "s"},
		{scanPeak, "MiB"},
		{scanSyncs, ""},
		{scanWrites, ""},
		{scanBytes, "KB"},
		{mailSyncs, ""},
		{mailWrites, ""},
		{mailBytes, "KB"},
	}
	for _, n := range s.mailboxes {
		out = append(out, figure{mailboxFigure(n), "MiB"})
	}
	for _, n := range s.parcels {
		out = append(out, figure{parcelFigure(n), "MiB"}, figure{startFigure(n), "times"})
		for _, c := range commands() {
			out = append(out, figure{commandFigure(c.name, n), "s"}, figure{commandMemory(c.name, n), "MiB"})
		}
	}
	return append(out,
		figure{digestTime, "s"}, figure{idlePrivate, "MiB"}, figure{idleResident, "MiB"}, figure{idleWakes, ""})
}
