package carriers

import (
	"slices"
	"strings"
	"time"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

const (
	recentAnswers = 50 // answers whose share of unknown codes is shown
	unknownCodes  = 20 // codes that are kept
	unknownDays   = 90 // how long a code is kept after it last came
)

// freshness collects what answers tell about how well they are understood. It is
// written with the health of the carrier, which changes once a minute at most; only
// a new code causes a write.
type freshness struct {
	recent string // answers since the last write
}

// add adds the results of one call to the health.
func (f *freshness) add(h parcel.CarrierHealth, results []Result, now time.Time) parcel.CarrierHealth {
	day := parcel.DateOf(now.UTC())
	h.Unknown = slices.Clone(h.Unknown)
	for _, r := range results {
		if r.Err != nil || len(r.Tracking.Events) == 0 {
			continue
		}
		if now.Sub(h.LastEvents) >= successStep {
			h.LastEvents = now
		}
		mark := parcel.AnswerKnown
		if len(r.Unmapped) > 0 {
			mark = parcel.AnswerUnknown
		}
		f.recent = newest(f.recent + mark)
		for _, code := range r.Unmapped {
			h.Unknown = withCode(h.Unknown, textx.Line(string(Redact([]byte(code))), 60), day)
		}
	}
	return h
}

// flush adds the collected answers to a health that is about to be written.
func (f *freshness) flush(h *parcel.CarrierHealth, now time.Time) {
	h.Recent, f.recent = newest(h.Recent+f.recent), ""
	oldest := parcel.DateOf(now.UTC().AddDate(0, 0, -unknownDays))
	h.Unknown = slices.DeleteFunc(h.Unknown, func(c parcel.UnknownCode) bool { return c.Last < oldest })
}

func newest(recent string) string { return recent[max(0, len(recent)-recentAnswers):] }

// withCode returns the codes with one that came on a day in front.
func withCode(codes []parcel.UnknownCode, code string, day parcel.Date) []parcel.UnknownCode {
	at := slices.IndexFunc(codes, func(c parcel.UnknownCode) bool { return c.Code == code })
	if at >= 0 && codes[at].Last == day || code == "" {
		return codes
	}
	if at >= 0 {
		codes = slices.Delete(codes, at, at+1)
	}
	codes = slices.Insert(codes, 0, parcel.UnknownCode{Code: code, Last: day})
	return codes[:min(len(codes), unknownCodes)]
}

// UnknownShare returns how many of the last answers with events held a code that no
// table holds, and how many there are.
func UnknownShare(h parcel.CarrierHealth) (unknown, answers int) {
	return strings.Count(h.Recent, parcel.AnswerUnknown), len(h.Recent)
}
