package mqtt_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"

	"parcelwatch/internal/mqtt"
	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// scripted is a broker that answers as a test wants and keeps what it was told.
type scripted struct {
	mqtt.Broker

	mu        sync.Mutex
	subscribe func(topic string) byte            // the reason in SUBACK; nil grants all
	publish   func(topic, payload string) answer // nil accepts all
	confirmed []string                           // payloads of news
	goodbyes  []byte                             // reasons of the client's DISCONNECT
}

// answer is what a scripted broker does with a message.
type answer struct {
	reason byte
	hangUp bool
}

func newScripted(t *testing.T) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := l.Addr().(*net.TCPAddr)
	s := &scripted{Broker: mqtt.Broker{Server: netx.Server{Host: "127.0.0.1", Port: addr.Port, TLS: netx.TLSNone}}}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer func() { _ = conn.Close() }()
				for s.answer(conn) {
				}
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	return s
}

// answer answers one packet and reports whether the connection goes on.
func (s *scripted) answer(conn net.Conn) bool {
	in, err := packets.ReadPacket(conn)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := packets.NewControlPacket(packets.PINGRESP)
	switch body := in.Content.(type) {
	case *packets.Connect:
		out = packets.NewControlPacket(packets.CONNACK)
	case *packets.Subscribe:
		out = packets.NewControlPacket(packets.SUBACK)
		ack, _ := out.Content.(*packets.Suback)
		ack.PacketID = body.PacketID
		for _, one := range body.Subscriptions {
			reason := byte(packets.SubackGrantedQoS1)
			if s.subscribe != nil {
				reason = s.subscribe(one.Topic)
			}
			ack.Reasons = append(ack.Reasons, reason)
		}
	case *packets.Publish:
		var a answer
		if s.publish != nil {
			a = s.publish(body.Topic, string(body.Payload))
		}
		if a.hangUp {
			return false
		}
		if body.Topic == newsTopic && a.reason == 0 {
			s.confirmed = append(s.confirmed, string(body.Payload))
		}
		out = packets.NewControlPacket(packets.PUBACK)
		ack, _ := out.Content.(*packets.Puback)
		ack.PacketID, ack.ReasonCode = body.PacketID, a.reason
	case *packets.Disconnect:
		s.goodbyes = append(s.goodbyes, body.ReasonCode)
		return false
	}
	_, err = out.WriteTo(conn)
	return err == nil
}

func (s *scripted) lastGoodbye() (reason byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.goodbyes) == 0 {
		return 0, false
	}
	return s.goodbyes[len(s.goodbyes)-1], true
}

// times returns how often the news of each change was confirmed, by its number.
func (s *scripted) times(t *testing.T) map[int64]int {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[int64]int{}
	for _, payload := range s.confirmed {
		var event struct{ ID int64 }
		decode(t, []byte(payload), &event)
		out[event.ID]++
	}
	return out
}

func TestARefusalSaysWhetherTheLoginIsAllowed(t *testing.T) {
	t.Parallel()
	const second = "second"
	for name, c := range map[string]struct {
		reason byte
		topics []string
		want   error
	}{
		"one topic that is forbidden":        {packets.SubackNotauthorized, []string{second}, mqtt.ErrForbidden},
		"the second topic is forbidden":      {packets.SubackNotauthorized, []string{"first", second}, mqtt.ErrForbidden},
		"a quota is used up":                 {packets.SubackQuotaexceeded, []string{"first", second}, mqtt.ErrRefused},
		"no reason":                          {packets.SubackUnspecifiederror, []string{second}, mqtt.ErrRefused},
		"a lower quality of service is fine": {packets.SubackGrantedQoS0, []string{"first", second}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			s.subscribe = func(topic string) byte {
				if topic == second {
					return c.reason
				}
				return packets.SubackGrantedQoS1
			}
			stop, err := mqtt.Listen(t.Context(), s.Broker, func(string, []byte) {}, c.topics...)
			defer stop()
			if !errors.Is(err, c.want) || c.want != nil && !strings.Contains(err.Error(), second) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	for reason, want := range map[byte]error{packets.PubackNotAuthorized: mqtt.ErrForbidden, packets.PubackQuotaExceeded: mqtt.ErrRefused} {
		s := newScripted(t)
		s.publish = func(string, string) answer { return answer{reason: reason} }
		if err := mqtt.Put(t.Context(), s.Broker, "x", nil, true); !errors.Is(err, want) {
			t.Errorf("PUBACK %#x: %v", reason, err)
		}
	}
}

func TestAGoodbyeKeepsTheWillUnlessTheDaemonLeavesByItself(t *testing.T) {
	t.Parallel()
	const withWill = packets.DisconnectDisconnectWithWillMessage
	refuses := func(refused string) func(string, string) answer {
		return func(topic, _ string) answer {
			if topic == refused {
				return answer{reason: packets.PubackNotAuthorized}
			}
			return answer{}
		}
	}
	for name, prepare := range map[string]func(s *scripted){
		"a subscription is refused": func(s *scripted) { s.subscribe = func(string) byte { return packets.SubackNotauthorized } },
		"discovery is refused":      func(s *scripted) { s.publish = refuses(deviceTopic) },
		"the state is refused":      func(s *scripted) { s.publish = refuses(stateTopic) },
		"news is refused":           func(s *scripted) { s.publish = refuses(newsTopic) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			prepare(s)
			w := newWorld(t, s.Broker)
			w.move(t, parcel.InTransit)
			w.start(t)
			await(t, "a goodbye", func() bool { _, ok := s.lastGoodbye(); return ok })
			if reason, _ := s.lastGoodbye(); reason != withWill {
				t.Errorf("the goodbye is %#x, so that the broker discards the will", reason)
			}
		})
	}
	t.Run("the daemon ends", func(t *testing.T) {
		t.Parallel()
		s := newScripted(t)
		w := newWorld(t, s.Broker)
		w.move(t, parcel.InTransit)
		w.start(t)
		await(t, "news", func() bool { return len(s.times(t)) == 1 })
		w.stop()
		await(t, "a goodbye", func() bool { _, ok := s.lastGoodbye(); return ok })
		if reason, ok := s.lastGoodbye(); !ok || reason != packets.DisconnectNormalDisconnection {
			t.Errorf("the goodbye is %#x, %t", reason, ok)
		}
	})
}

// flaky is a store of which calls fail, each as often as its name says.
type flaky struct {
	*sqlite.DB

	mu    sync.Mutex
	fails map[string]int
}

func (f *flaky) Announced(ctx context.Context, audience string, changes []int64) error {
	if err := f.fail("announced"); err != nil {
		return err
	}
	return f.DB.Announced(ctx, audience, changes)
}

func (f *flaky) Pending(ctx context.Context, audience string, since time.Time) ([]parcel.Change, error) {
	if err := f.fail("pending"); err != nil {
		return nil, err
	}
	return f.DB.Pending(ctx, audience, since)
}

func (f *flaky) ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	if err := f.fail("parcels"); err != nil {
		return nil, err
	}
	return f.DB.ParcelsByID(ctx, ids)
}

func (f *flaky) Secret(ctx context.Context, name string) (string, error) {
	if err := f.fail("secret"); err != nil {
		return "", err
	}
	return f.DB.Secret(ctx, name)
}

func (f *flaky) SetSecret(ctx context.Context, name, value string) error {
	if err := f.fail("set secret"); err != nil {
		return err
	}
	return f.DB.SetSecret(ctx, name, value)
}

func (f *flaky) fail(call string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails[call] == 0 {
		return nil
	}
	f.fails[call]--
	return fmt.Errorf("%s: %w", call, store.ErrBusy)
}

// happen records changes of the parcel that are news, learned at a time.
func (w *world) happen(t *testing.T, prefix string, count int, at time.Time) {
	t.Helper()
	var all []parcel.Change
	for i := range count {
		all = append(all, parcel.Change{Kind: parcel.ChangeStalled, Parcel: 1, At: at, Key: fmt.Sprint(prefix, i)})
	}
	if err := w.db.Tell(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if w.pub != nil {
		w.pub.Wake()
	}
}

// awaitNews waits until count changes are told and recorded, and requires that the broker
// confirmed each once.
func (w *world) awaitNews(t *testing.T, s *scripted, count int) {
	t.Helper()
	await(t, fmt.Sprintf("%d news", count), func() bool {
		w.pub.Wake()
		left, err := w.db.Pending(t.Context(), "mqtt/parcelwatch/home/", w.now().Add(-10*24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return len(left) == 0
	})
	told := s.times(t)
	if len(told) != count {
		t.Errorf("%d of %d changes are told", len(told), count)
	}
	for id, times := range told {
		if times != 1 {
			t.Errorf("change %d is told %d times", id, times)
		}
	}
}

func TestEachChangeIsToldOnceWhateverFails(t *testing.T) {
	t.Parallel()
	const many = 75
	for name, c := range map[string]struct {
		fails   map[string]int
		publish func() func(topic, payload string) answer
	}{
		"more than a batch at once":            {},
		"what was told is not recorded":        {fails: map[string]int{"announced": 3}},
		"nothing can be read":                  {fails: map[string]int{"pending": 3, "parcels": 3, "secret": 2, "set secret": 2}},
		"all of this, and the connection ends": {fails: map[string]int{"announced": 2, "parcels": 1}, publish: onNews(27, answer{hangUp: true})},
		"the broker refuses one for a while":   {publish: onNews(41, answer{reason: packets.PubackQuotaExceeded})},
		"a refusal while nothing is recorded":  {fails: map[string]int{"announced": 2}, publish: onNews(30, answer{reason: packets.PubackQuotaExceeded})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			if c.publish != nil {
				s.publish = c.publish()
			}
			w := newWorld(t, s.Broker)
			w.move(t, parcel.InTransit)
			w.happen(t, "x", many-1, time.Now())
			w.store = &flaky{DB: w.db, fails: maps.Clone(c.fails)}
			w.start(t)
			w.awaitNews(t, s, many)
		})
	}
}

// onNews returns an answer to the nth news, and accepts all others.
func onNews(nth int, a answer) func() func(topic, payload string) answer {
	return func() func(string, string) answer {
		count := 0
		return func(topic, _ string) answer {
			if topic == newsTopic {
				if count++; count == nth {
					return a
				}
			}
			return answer{}
		}
	}
}

func TestNewsOfALongOutageIsToldAndHistoryIsNot(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	w := newWorld(t, s.Broker)
	began := time.Now()
	w.move(t, parcel.InTransit)
	w.happen(t, "history", 30, began.Add(-25*time.Hour))
	w.start(t)
	await(t, "the first news", func() bool { return len(s.times(t)) == 1 })
	w.stop()
	w.happen(t, "missed", 30, began.Add(time.Hour))
	w.now = func() time.Time { return time.Now().Add(9 * 24 * time.Hour) }
	w.start(t)
	w.awaitNews(t, s, 31)
	// News begins later now, and is still told once.
	w.stop()
	w.happen(t, "later", 5, w.now())
	w.start(t)
	w.awaitNews(t, s, 36)
}
