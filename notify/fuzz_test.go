package notify_test

import (
	"context"
	"net"
	"testing"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/notify"
)

// FuzzSMTPAnswers lets a server say anything: sending ends, with an outcome for each
// recipient and a reason of limited length.
func FuzzSMTPAnswers(f *testing.F) {
	f.Add([]byte("220 hello\r\n250-host\r\n250 SIZE 100\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n221 bye\r\n"))
	f.Add([]byte("220-a\r\n220 b\r\n500 what\r\n250 ok\r\n550 5.1.1 no\r\n"))
	f.Add([]byte("220 x\r\n250-\r\n250-\r\n250"))
	f.Add([]byte("\x00\xff\r\n999 \r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		s := &notify.SMTP{Host: "127.0.0.1", TLS: netx.TLSNone, Dial: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go func() {
				defer func() { _ = there.Close() }()
				go func() {
					for b := make([]byte, 4096); ; {
						if _, err := there.Read(b); err != nil {
							return
						}
					}
				}()
				_, _ = there.Write(said)
			}()
			return here, nil
		}}
		began := time.Now()
		for _, o := range s.Send(t.Context(), outgoing, []string{"a@example.org", "b@example.org"}) {
			if o.Result == "" || (o.Err == nil) != (o.Result == notify.SendOK) {
				t.Errorf("%q for %s: %v", o.Result, o.To, o.Err)
			}
			if text := notify.Explain(o.Err); len(text) > 2000 {
				t.Errorf("a reason of %d bytes", len(text))
			}
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
