package mqtt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parcelwatch/internal/mqtt"
	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// mosquitto is a real broker on a port of this machine. Its messages survive a restart
// only if they are saved, which they are not.
type mosquitto struct {
	conf string
	port int
	cmd  *exec.Cmd
}

func startMosquitto(t *testing.T, lines ...string) *mosquitto {
	t.Helper()
	if _, err := exec.LookPath("mosquitto"); err != nil {
		t.Skip("mosquitto is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := l.Addr().(*net.TCPAddr)
	_ = l.Close()
	m := &mosquitto{conf: filepath.Join(t.TempDir(), "mosquitto.conf"), port: addr.Port}
	text := fmt.Sprintf("listener %d 127.0.0.1\npersistence false\n", m.port)
	if len(lines) == 0 {
		lines = []string{"allow_anonymous true"}
	}
	if err := os.WriteFile(m.conf, []byte(text+strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.start(t)
	t.Cleanup(m.stop)
	return m
}

func (m *mosquitto) start(t *testing.T) {
	t.Helper()
	m.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), "mosquitto", "-c", m.conf)
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "the broker to listen", func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", m.port)) //nolint:noctx // a test
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}

func (m *mosquitto) stop() {
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait()
}

func (m *mosquitto) broker() mqtt.Broker {
	return mqtt.Broker{Server: netx.Server{Host: "127.0.0.1", Port: m.port, TLS: netx.TLSNone}}
}

func await(t *testing.T, what string, look func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if look() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// listener keeps what the broker sends, the last of each topic and how many.
type listener struct {
	mu    sync.Mutex
	last  map[string]string
	count map[string]int
}

func listen(t *testing.T, b mqtt.Broker) *listener {
	t.Helper()
	l := &listener{last: map[string]string{}, count: map[string]int{}}
	stop, err := mqtt.Listen(t.Context(), b, func(topic string, payload []byte) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.last[topic], l.count[topic] = string(payload), l.count[topic]+1
	}, "#")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return l
}

func (l *listener) get(topic string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last[topic]
}

func (l *listener) times(topic string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count[topic]
}

// world is a store and a publisher that runs.
type world struct {
	db      *sqlite.DB
	store   mqtt.Store
	now     func() time.Time
	cfg     mqtt.Config
	pub     *mqtt.Publisher
	end     context.CancelFunc
	ended   chan struct{}
	pressed chan struct{}
	log     *bytes.Buffer
}

func newWorld(t *testing.T, b mqtt.Broker) *world {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{db: db, store: db, now: time.Now, pressed: make(chan struct{}, 10), log: &bytes.Buffer{}}
	w.cfg = mqtt.Config{Broker: b, Prefix: "parcelwatch", Discovery: "homeassistant", Language: "ru", Zone: time.UTC, Threshold: time.Hour}
	t.Cleanup(w.stop)
	return w
}

func (w *world) start(t *testing.T) {
	t.Helper()
	var err error
	w.pub, err = mqtt.New(w.cfg, w.store, mqtt.Options{
		Log: slog.New(slog.NewTextHandler(w.log, nil)), Now: w.now,
		Refresh: func(context.Context) error { w.pressed <- struct{}{}; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.pub.ConnectAgain(20 * time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	w.end, w.ended = cancel, make(chan struct{})
	go func(ended chan struct{}) {
		defer close(ended)
		_ = w.pub.Run(ctx)
	}(w.ended)
}

func (w *world) stop() {
	if w.end != nil {
		w.end()
		<-w.ended
	}
}

// move sets the status of the parcel with the number, and records the change.
func (w *world) move(t *testing.T, s parcel.Status) {
	t.Helper()
	at := time.Now()
	err := w.db.Apply(t.Context(), store.Scope{Numbers: nil, Parcels: []int64{1}, Now: at}, func(st *store.State) error {
		var p *parcel.Parcel
		kind := parcel.ChangeMoved
		if len(st.Parcels) > 0 {
			p = st.Parcels[0]
		} else {
			p = &parcel.Parcel{FirstSeen: at, Title: "Лампа"}
			p.AddLink(parcel.Link{Number: "RB123456785CN", Since: at, Certainty: parcel.Certain})
			st.Parcels = append(st.Parcels, p)
			kind = parcel.ChangeNewParcel
		}
		p.Status, p.StatusSince = s, at
		st.Changes = append(st.Changes, store.NewChange{Of: p, Change: parcel.Change{Kind: kind, To: s, At: at, Key: string(kind) + "/" + string(s)}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.pub != nil {
		w.pub.Wake()
	}
}

const (
	deviceTopic = "homeassistant/device/parcelwatch_home/config"
	aliveTopic  = "parcelwatch/home/availability"
	stateTopic  = "parcelwatch/home/state"
	newsTopic   = "parcelwatch/home/news"
)

func TestABrokerHasTheStateThroughRestartsOfBothSides(t *testing.T) {
	t.Parallel()
	m := startMosquitto(t)
	w := newWorld(t, m.broker())
	w.move(t, parcel.InTransit)
	heard := listen(t, m.broker())
	w.start(t)
	await(t, "discovery", func() bool { return heard.get(deviceTopic) != "" && heard.get(aliveTopic) == "online" })
	await(t, "the state", func() bool { return strings.Contains(heard.get(stateTopic), `"incoming":1`) })
	await(t, "the event", func() bool { return strings.Contains(heard.get(newsTopic), `"event_type":"registered"`) })

	w.move(t, parcel.ReadyForPickup)
	await(t, "the change", func() bool { return strings.Contains(heard.get(stateTopic), `"awaiting_pickup":1`) })
	await(t, "its event", func() bool { return strings.Contains(heard.get(newsTopic), `"event_type":"pickup"`) })
	var event struct {
		Name  string
		Words string `json:"status_words"`
	}
	if err := json.Unmarshal([]byte(heard.get(newsTopic)), &event); err != nil || event.Name != "Лампа" || event.Words != "ждёт в пункте выдачи" && event.Words == "" {
		t.Errorf("event %s: %v", heard.get(newsTopic), err)
	}

	// The daemon ends and comes back: nothing is told twice.
	w.stop()
	await(t, "the end of the daemon", func() bool { return heard.get(aliveTopic) == "offline" })
	told := heard.times(newsTopic)
	w.start(t)
	await(t, "the daemon", func() bool { return heard.get(aliveTopic) == "online" })
	w.move(t, parcel.Delivered)
	await(t, "the delivery", func() bool { return strings.Contains(heard.get(stateTopic), `"delivered_today":1`) })
	await(t, "its card", func() bool { return strings.Contains(heard.get("parcelwatch/home/delivered"), "RB123456785CN") })
	if got := heard.times(newsTopic); got > told+1 {
		t.Errorf("%d events after %d and one change", got, told)
	}

	// The broker ends and comes back empty: everything is there again.
	m.stop()
	m.start(t)
	after := listen(t, m.broker())
	await(t, "everything again", func() bool {
		return after.get(deviceTopic) != "" && strings.Contains(after.get(stateTopic), `"delivered_today":1`)
	})

	// Home Assistant starts, and the button is pressed, twice.
	before := after.times(deviceTopic)
	for topic, payload := range map[string]string{"homeassistant/status": "online", "parcelwatch/home/refresh": "PRESS"} {
		if err := mqtt.Put(t.Context(), m.broker(), topic, []byte(payload), false); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "another discovery", func() bool { return after.times(deviceTopic) > before })
	await(t, "the button", func() bool { return len(w.pressed) == 1 })
	if err := mqtt.Put(t.Context(), m.broker(), "parcelwatch/home/refresh", []byte("PRESS"), false); err != nil {
		t.Fatal(err)
	}

	// Removal leaves nothing.
	w.stop()
	if len(w.pressed) > 1 {
		t.Error("the button has an effect twice within a minute")
	}
	if err := mqtt.Remove(t.Context(), w.cfg); err != nil {
		t.Fatal(err)
	}
	left := listen(t, m.broker())
	time.Sleep(200 * time.Millisecond)
	left.mu.Lock()
	defer left.mu.Unlock()
	for topic := range left.last {
		t.Errorf("the broker keeps %s", topic)
	}
}

func TestTheWillSaysThatTheDaemonIsGone(t *testing.T) {
	t.Parallel()
	m := startMosquitto(t)
	var conns []net.Conn
	var mu sync.Mutex
	b := m.broker()
	b.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, conn)
		return conn, err
	}
	w := newWorld(t, b)
	heard := listen(t, m.broker())
	w.start(t)
	await(t, "the daemon", func() bool { return heard.get(aliveTopic) == "online" })
	before := heard.times(aliveTopic)
	mu.Lock()
	_ = conns[0].Close() // no goodbye
	mu.Unlock()
	await(t, "the will and the return", func() bool { return heard.times(aliveTopic) >= before+2 && heard.get(aliveTopic) == "online" })
}

func TestWhatABrokerRefusesIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "passwords")
	if _, err := exec.LookPath("mosquitto_passwd"); err != nil {
		t.Skip("mosquitto is not installed")
	}
	if out, err := exec.CommandContext(t.Context(), "mosquitto_passwd", "-b", "-c", file, "me", "right").CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	acl := filepath.Join(dir, "acl")
	if err := os.WriteFile(acl, []byte("user me\ntopic read #\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := startMosquitto(t, "allow_anonymous false", "password_file "+file, "acl_file "+acl, "user root")
	login := func(password string) mqtt.Broker {
		b := m.broker()
		b.Username, b.Password = "me", func(context.Context) (string, error) { return password, nil }
		return b
	}
	if err := mqtt.Check(t.Context(), login("right")); err != nil {
		t.Errorf("the right password: %v", err)
	}
	err := mqtt.Check(t.Context(), login("wrong7"))
	if !errors.Is(err, mqtt.ErrLogin) || strings.Contains(err.Error(), "wrong7") {
		t.Errorf("a wrong password: %v", err)
	}
	if err := mqtt.Check(t.Context(), m.broker()); !errors.Is(err, mqtt.ErrLogin) {
		t.Errorf("no login: %v", err)
	}
	if err := mqtt.Put(t.Context(), login("right"), "parcelwatch/home/state", []byte("{}"), true); !errors.Is(err, mqtt.ErrForbidden) {
		t.Errorf("a login that may not publish: %v", err)
	}
}
