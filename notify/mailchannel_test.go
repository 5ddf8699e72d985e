package notify_test

import (
	"strings"
	"testing"
	"time"

	"parcelwatch/notify"
)

var _ notify.Channel = notify.MailChannel{}

func TestAMailChannelSendsOrSaysWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		server *script
		want   string
	}{
		{"sent", &script{}, ""},
		{"refused", &script{dot: "554 no, hunter22"}, "554 no, ***"},
		{"dead", &script{answers: map[string]string{"greeting": "-"}}, "was cut"},
		{"endless", &script{answers: map[string]string{"RCPT": "~250-x"}}, "sends far more than was asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			channel := notify.MailChannel{
				Called: "mail", Server: plain(c.server), Secret: "hunter22", From: "me@example.org", To: []string{"you@example.org"}, Now: time.Now,
			}
			err := channel.Notify(t.Context(), "Ждёт получения", "cable: <ждёт>\n")
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter22")) {
				t.Errorf("got %v", err)
			}
			if c.want == "" && len(c.server.taken()) != 1 {
				t.Errorf("sent %q", c.server.taken())
			}
		})
	}
}
