package notify_test

import (
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
)

// TestADigestCallsADefinedCarrierByItsTitle renders a sample digest that tells of a
// carrier in trouble.
func TestADigestCallsADefinedCarrierByItsTitle(t *testing.T) {
	t.Parallel()
	p, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c, err := notify.Render(notify.Compose(notify.Sample(now, p), now), p.Titled(map[string]string{"kazpost": "My own post"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{c.Text, c.HTML} {
		if !strings.Contains(text, "My own post") {
			t.Errorf("the title is missing in:\n%s", text)
		}
	}
	cfg := notify.Config{Audiences: []notify.Audience{{Name: "a"}, {Name: "b"}}}
	for _, a := range cfg.Titled(map[string]string{"x": "X"}).Audiences {
		if a.Titles["x"] != "X" {
			t.Errorf("%s does not know the titles", a.Name)
		}
	}
	if cfg.Audiences[0].Titles != nil {
		t.Error("the configuration itself has changed")
	}
}
