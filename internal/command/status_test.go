package command

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
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

// A refusal is named with what to do, never as a pause after failures.
func TestStatusSaysWhatToDoAboutARefusal(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	wrong := carriers.Fault("russianpost", &carriers.Error{Kind: carriers.ErrCredential, Detail: "HTTP 401 Unauthorized"})
	captcha := carriers.Fault("upu", &carriers.Error{Kind: carriers.ErrCaptcha})
	for language, want := range map[string][]string{
		"en": {
			"does not accept the login or key: answer HTTP 401, until 2 March 2026, 14:00; correct the settings under [carriers.russianpost], then run “parcelwatch check --carriers”\n",
			"asks for a captcha; it is asked again later; until then, look at its own site\n",
		},
		"ru": {
			"не принимает логин или ключ: ответ HTTP 401, до 2 марта 2026 г., 14:00; исправьте настройки в [carriers.russianpost] и запустите «parcelwatch check --carriers»\n",
			"капча); повторный запрос будет позже, а пока смотрите новости на её сайте\n",
		},
	} {
		var out bytes.Buffer
		e := newEnv(env{out: &out, err: &out, getenv: func(string) string { return "" }})
		e.speak(language)
		doc := status.Status{Carriers: []status.CarrierStatus{
			{Name: "russianpost", CarrierState: status.CarrierState{State: parcel.CarrierCredential, Until: &until, Fault: wrong}},
			{Name: "upu", CarrierState: status.CarrierState{State: parcel.CarrierCaptcha, Fault: captcha}},
		}}
		if err := writeStatus(t.Context(), e, &config.Config{}, doc); err != nil {
			t.Fatal(err)
		}
		for _, line := range want {
			if got := strings.ReplaceAll(out.String(), "\u00a0", " "); !strings.Contains(got, line) {
				t.Errorf("%s: no %q in\n%s", language, line, got)
			}
		}
	}
}
