package mqtt_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/mqtt"
	"parcelwatch/internal/netx"
)

// brokerThat answers each connection with bytes and then keeps it open.
func brokerThat(t *testing.T, answer []byte) mqtt.Broker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 512))
			_, _ = conn.Write(answer)
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	addr, _ := l.Addr().(*net.TCPAddr)
	return mqtt.Broker{Server: netx.Server{Host: "127.0.0.1", Port: addr.Port, TLS: netx.TLSNone}}
}

// It does not run beside other tests, whose memory would count.
func TestABrokerCannotMakeTheProgramReserveMemory(t *testing.T) {
	welcome := []byte{0x20, 3, 0, 0, 0}
	for name, answer := range map[string][]byte{ // those of more than 16 KB are named as such
		"a huge first packet":                {0x20, 0xff, 0xff, 0xff, 0x7f},
		"a huge message after the welcome":   append(welcome, 0x31, 0xff, 0xff, 0xff, 0x7f, 0, 1, 'a'),
		"a length that does not end":         append(welcome, 0x31, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		"another protocol":                   []byte("HTTP/1.1 400 Bad Request\r\n\r\n"),
		"the welcome of an old broker":       {0x20, 2, 0, 1},
		"a message that is not a message":    append(welcome, 0x31, 2, 0xff, 0xff),
		"a packet that only a client sends":  append(welcome, 0x10, 4, 0, 0, 0, 0),
		"a packet of no kind":                append(welcome, 0x00, 0),
		"a disconnection without saying why": append(welcome, 0xe0, 0),
	} {
		t.Run(name, func(t *testing.T) {
			b := brokerThat(t, answer)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			huge := strings.Contains(name, "huge") || strings.Contains(name, "length")
			limit := 200 * time.Millisecond // of an answer that the client waits for in vain
			if huge {
				limit = 8 * time.Second // less than the client waits for an answer
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			err := mqtt.Put(ctx, b, "x", []byte("y"), true)
			runtime.ReadMemStats(&after)
			if err == nil || errors.Is(err, netx.ErrTooMuch) != huge {
				t.Errorf("%v", err)
			}
			if huge && ctx.Err() != nil {
				t.Error("the end of the connection does not end the call")
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
				t.Errorf("%d MB were reserved", grown>>20)
			}
		})
	}
}

func TestNoBrokerIsNamed(t *testing.T) {
	t.Parallel()
	b := brokerThat(t, nil)
	b.Server.Port = 1
	err := mqtt.Check(t.Context(), b)
	if text := mqtt.Fault(err, b); len(text) == 0 || text[0].ID != "fault_port" {
		t.Errorf("%v: %+v", err, text)
	}
}

func TestEachRefusalSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "ru"} {
		say, err := locale.New(language)
		if err != nil {
			t.Fatal(err)
		}
		for refusal, want := range map[error]string{mqtt.ErrLogin: "mqtt.password", mqtt.ErrForbidden: "mqtt.prefix", mqtt.ErrVersion: "Mosquitto"} {
			if text := say.Text(mqtt.Fault(refusal, mqtt.Broker{Server: netx.Server{Host: "broker.example", Port: 1883}})); !strings.Contains(text, want) || !strings.Contains(text, "broker.example") {
				t.Errorf("%s: %q does not name %s", language, text, want)
			}
		}
	}
}

func FuzzLengthsAreFollowedWhateverThePieces(f *testing.F) {
	f.Add([]byte{0x20, 3, 0, 0, 0, 0x31, 0x80, 0x01}, uint8(1))
	f.Add([]byte{0x31, 0xff, 0xff, 0x00}, uint8(2))
	f.Fuzz(func(t *testing.T, stream []byte, size uint8) {
		whole := mqtt.Accepts(stream, max(1, len(stream)))
		if pieces := mqtt.Accepts(stream, max(1, int(size))); pieces != whole {
			t.Errorf("in pieces of %d: %t, at once: %t", size, pieces, whole)
		}
	})
}
