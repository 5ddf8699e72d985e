package shout_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nicholas-fedor/shoutrrr"

	"parcelwatch/internal/netx"
	"parcelwatch/notify/shout"
)

// target is the address that stands for every host of the services.
var target atomic.Value

func TestMain(m *testing.M) {
	to := func(ctx context.Context, network, address string) (net.Conn, error) {
		if at, ok := target.Load().(string); ok && !strings.HasPrefix(address, "127.0.0.1:") {
			address = at
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	transport := shout.Transport()
	transport.DialContext = to
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	http.DefaultTransport = netx.Bounded(transport)
	os.Exit(m.Run())
}

// kinds has a URL for each service; HOST stands for a server of the test.
var kinds = map[string]string{
	"bark":       "bark://:devicekey@HOST/?scheme=http",
	"discord":    "discord://token@123456789",
	"generic":    "generic://HOST/hook?disabletls=yes",
	"googlechat": "googlechat://chat.googleapis.com/v1/spaces/FOO/messages?key=bar&token=baz",
	"gotify":     "gotify://HOST/Aaa.bbb.ccc.ddd?disabletls=yes",
	"hangouts":   "hangouts://chat.googleapis.com/v1/spaces/FOO/messages?key=bar&token=baz",
	"ifttt":      "ifttt://dummyID/?events=event1",
	"join":       "join://Token:apikey@join?devices=dev1",
	"lark":       "lark://open.larksuite.com/token?secret=sss",
	"matrix":     "matrix://user:pass@HOST/?rooms=room1&disableTLS=yes",
	"mattermost": "mattermost://bot@HOST/token/channel?disabletls=yes",
	"notifiarr":  "notifiarr://test-api-key",
	"ntfy":       "ntfy://HOST/topic?scheme=http",
	"opsgenie":   "opsgenie://api.opsgenie.com/eb243592-faa2-4ba2-a551-1afdf565c889",
	"pagerduty":  "pagerduty://events.pagerduty.com/eb243592faa24ba2a5511afdf565c889",
	"pushbullet": "pushbullet://tokentokentokentokentokentokentoke",
	"pushover":   "pushover://shoutrrr:token@user",
	"rocketchat": "rocketchat://user@rocketchat.example.org/tokenA/tokenB/channel",
	"signal":     "signal://HOST/+1234567890/+1234567891?disabletls=yes",
	"slack":      "slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook",
	"teams":      "teams://11111111-4444-4444-8444-cccccccccccc@22222222-4444-4444-8444-cccccccccccc/33333301222222222233333333333344/44444444-4444-4444-8444-cccccccccccc/V2ESyij_gAljSoUQHvZoZYzlpAoAXExyOl26dlf1xHEx05?host=test.webhook.office.com",
	"telegram":   "telegram://000000000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA@telegram?chats=1,2:3",
	"wecom":      "wecom://693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa",
	"zulip":      "zulip://bot-name%40zulipchat.com:correcthorsebatterystable@example.zulipchat.com?stream=foo&topic=bar",
}

// TestEveryKindOfChannelTellsFailureInBoundedTimeAndSize uses the default transport, which
// is shared: its cases run one after another.
func TestEveryKindOfChannelTellsFailureInBoundedTimeAndSize(t *testing.T) {
	library, err := shoutrrr.CreateSender()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range library.ListServices() {
		if _, ok := kinds[kind]; !ok && kind != "logger" && kind != "smtp" { // one writes to the log, the other is not the library's
			t.Errorf("%s is not tried", kind)
		}
	}
	closed := refusing(t)
	servers := map[string]string{
		"dead":               closed,
		"refusing":           answering(t, http.StatusForbidden, "no", 1),
		"refusing in JSON":   answering(t, http.StatusBadRequest, `{"ok":false,"error":"no","description":"no"}`, 1),
		"refusing silently":  answering(t, http.StatusInternalServerError, "", 1),
		"endless":            answering(t, http.StatusOK, "{\"ok\":true,\"a\":\"", 1<<30),
		"endlessly refusing": answering(t, http.StatusInternalServerError, "no ", 1<<30),
	}
	for kind, address := range kinds {
		for name, at := range servers {
			t.Run(kind+" "+name, func(t *testing.T) {
				target.Store(at)
				c, err := shout.New("hook", strings.ReplaceAll(address, "HOST", at))
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err = c.Notify(ctx, "title", "text")
				if err == nil && (name != "endless" || !slices.Contains(unread, kind)) {
					t.Error("it reports success")
				}
				if err != nil && (len(err.Error()) > 400 || strings.Contains(err.Error(), "token@")) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// unread are the kinds for which a good status is enough: they do not read the answer.
var unread = []string{
	"discord", "generic", "googlechat", "hangouts", "ifttt", "join", "mattermost", "notifiarr", "opsgenie", "pagerduty", "pushover", "rocketchat", "signal", "teams", "zulip",
}

// refusing is an address where nobody listens.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	return l.Addr().String()
}

// answering is a server, with and without TLS, that repeats its answer.
func answering(t *testing.T, status int, body string, times int) string {
	t.Helper()
	plain := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		for range times {
			if _, err := io.WriteString(w, body); err != nil {
				return
			}
		}
	}))
	secure := httptest.NewTLSServer(plain.Config.Handler)
	t.Cleanup(secure.Close)
	config := secure.TLS.Clone()
	config.NextProtos = nil
	plain.Listener = either{plain.Listener, config}
	plain.Start()
	t.Cleanup(func() { plain.CloseClientConnections(); plain.Close() })
	return plain.Listener.Addr().String()
}

// either speaks TLS with those who begin with it.
type either struct {
	net.Listener
	config *tls.Config
}

func (e either) Accept() (net.Conn, error) {
	c, err := e.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &first{Conn: c, config: e.config}, nil
}

// first decides with the first byte.
type first struct {
	net.Conn
	config *tls.Config
	in     net.Conn
}

func (f *first) Read(p []byte) (int, error) {
	if f.in == nil {
		r := bufio.NewReader(f.Conn)
		start, err := r.Peek(1)
		if err != nil {
			return 0, fmt.Errorf("first byte: %w", err)
		}
		f.in = buffered{f.Conn, r}
		if start[0] == 0x16 {
			f.in = tls.Server(f.in, f.config)
		}
	}
	return f.in.Read(p)
}

func (f *first) Write(p []byte) (int, error) { return f.in.Write(p) }

type buffered struct {
	net.Conn
	r *bufio.Reader
}

func (b buffered) Read(p []byte) (int, error) { return b.r.Read(p) }
