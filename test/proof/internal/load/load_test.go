package load_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/proof/internal/load"
	"parcelwatch/test/proof/internal/report"
)

func TestJudge(t *testing.T) {
	broken := func(o load.Outcome) []string {
		var c report.Chapter
		load.Judge(&c, o)
		var out []string
		for _, f := range c.Findings {
			if !f.OK {
				out = append(out, f.Promise)
			}
		}
		return out
	}
	if got := broken(load.Fine()); len(got) != 0 {
		t.Errorf("an outcome without fault breaks %q", got)
	}
	for name, c := range map[string]struct {
		spoil func(*load.Outcome)
		want  string
	}{
		"a mail is lost":            {func(o *load.Outcome) { o.Stored-- }, "every mail"},
		"a parcel is there twice":   {func(o *load.Outcome) { o.Parcels++ }, "every mail"},
		"the store is unsound":      {func(o *load.Outcome) { o.Unsound = errors.New("row missing") }, "sound"},
		"behind":                    {func(o *load.Outcome) { o.Behind = time.Minute }, "last mail"},
		"a late digest":             {func(o *load.Outcome) { o.Digest = time.Minute }, "digest"},
		"too much memory":           {func(o *load.Outcome) { o.Peak.Private = 2 << 20 }, "private memory"},
		"too many files":            {func(o *load.Outcome) { o.Peak.Files = 1000 }, "open files"},
		"no rest":                   {func(o *load.Outcome) { o.Idle[1].CPU = time.Minute }, "processor"},
		"memory grows while idling": {func(o *load.Outcome) { o.Idle[1].Private = 64 << 20 }, "grows"},
		"a stop that fails":         {func(o *load.Outcome) { o.StopErr = errors.New("killed") }, "stop takes"},
		"a stop that takes long":    {func(o *load.Outcome) { o.Stop = time.Minute }, "stop takes"},
	} {
		t.Run(name, func(t *testing.T) {
			o := load.Fine()
			c.spoil(&o)
			if got := broken(o); len(got) != 1 || !strings.Contains(got[0], c.want) {
				t.Errorf("breaks %q, want the one about %q", got, c.want)
			}
		})
	}
}
