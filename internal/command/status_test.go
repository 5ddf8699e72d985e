package command

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
)

// TestStatusNamesWhatItCallsBroken checks that every reason for "see above" is above.
func TestStatusNamesWhatItCallsBroken(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	const server = "550 Daily user sending limit exceeded"
	refused := message.New("fault_mail_refused", "Host", "mail.example.org:465", "Text", server)
	for name, box := range map[string]status.Outbox{
		"waiting":            {Waiting: 1, Oldest: &start, Error: server, Fault: refused},
		"refused for good":   {Error: server, Fault: refused},
		"refused, no reason": {Error: server},
	} {
		for _, language := range []string{"en", "ru"} {
			var out bytes.Buffer
			e := newEnv(env{out: &out, err: &out, getenv: func(string) string { return "" }})
			e.speak(language)
			doc := status.Status{Running: true, Since: &start, Outbox: box}
			if err := writeStatus(t.Context(), e, &config.Config{}, doc); err != nil {
				t.Fatal(err)
			}
			if err := verdictOf(e, false, doc); err == nil || !strings.Contains(out.String(), server) {
				t.Errorf("%s, %s: %v, and above:\n%s", name, language, err, out.String())
			}
		}
	}
}

func TestStatusNamesMailboxesThatAreNoLongerConfigured(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"en": "no longer configured; still tracked and in every digest: 2 parcels, 1 order has no number yet\n",
		"ru": "больше нет в настройках; отслеживаются и входят во все сводки: 2 посылки, 1 заказ пока без номера\n",
	} {
		var out bytes.Buffer
		e := newEnv(env{out: &out, err: &out, getenv: func(string) string { return "" }})
		e.speak(language)
		doc := status.Status{Unwatched: []status.Unwatched{{Mailbox: "old", Parcels: 2, Orders: 1}}}
		if err := writeStatus(t.Context(), e, &config.Config{}, doc); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ReplaceAll(out.String(), "\u00a0", " "), want) {
			t.Errorf("%s: %s", language, out.String())
		}
	}
}
