package notify_test

import (
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
)

func TestSample(t *testing.T) {
	t.Parallel()
	moscow := time.FixedZone("MSK", 3*3600)
	now := time.Date(2026, 3, 12, 8, 0, 0, 0, moscow)
	d := notify.Compose(notify.Sample(now), now)
	have := map[notify.SectionKind]bool{}
	for _, s := range d.Sections {
		have[s.Kind] = true
	}
	for _, kind := range notify.SectionKinds() {
		if !have[kind] {
			t.Errorf("nothing in section %s", kind)
		}
	}
	p, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	c, err := notify.Render(d, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(c.Subject)
	t.Log(c.Text)
}
