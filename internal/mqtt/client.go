package mqtt

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"parcelwatch/internal/netx"
)

// Broker is where to connect and as whom.
type Broker struct {
	Server    netx.Server
	TLSConfig *tls.Config                               // for TLS
	Dial      netx.Dial                                 // nil for direct connections
	Username  string                                    // empty for none
	Password  func(ctx context.Context) (string, error) // read at each login; nil for none
}

// Why a broker cannot be used.
var (
	// ErrLogin means that the broker rejects user name or password.
	ErrLogin = errors.New("the broker refuses the user name or password")
	// ErrForbidden means that the login may not do what is needed.
	ErrForbidden = errors.New("the broker does not allow this login to publish or subscribe")
	// ErrRefused means that the broker refuses a message or a subscription for another reason.
	ErrRefused = errors.New("the broker refuses")
	// ErrVersion means that the broker does not speak MQTT 5.
	ErrVersion = errors.New("the broker does not speak MQTT 5")
	// ErrTaken means that another program uses the same client id.
	ErrTaken = errors.New("another program has logged in with the same name")
)

// Limits of a connection.
const (
	dialTime   = 20 * time.Second
	answerTime = 10 * time.Second
	closeTime  = time.Second
	keepAlive  = 30 // seconds
	maxQueue   = 16 // messages of the broker that wait
	qos        = 1
)

// client is one connection to a broker.
type client struct {
	*paho.Client
	guard *netx.Guard
	life  context.Context //nolint:containedctx // ends with the connection; its cause is why
	end   context.CancelCauseFunc
}

// connect logs in. The broker publishes offline to the availability topic if the
// connection is lost; an empty topic means no such will. received is called for each
// message, one at a time.
func (b Broker) connect(ctx context.Context, availability string, received func(topic string, payload []byte)) (*client, error) {
	conn, guard, err := b.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", b.Server, err)
	}
	request, err := b.request(ctx, availability)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	c := &client{guard: guard}
	c.life, c.end = context.WithCancelCause(context.WithoutCancel(ctx))
	c.Client = paho.NewClient(paho.ClientConfig{
		Conn: packets.NewThreadSafeConn(conn), PacketTimeout: answerTime, PingHandler: pinger{paho.NewDefaultPinger()},
		OnClientError:      func(err error) { c.end(c.cause(err)) },
		OnServerDisconnect: func(d *paho.Disconnect) { c.end(c.cause(disconnected(d.ReasonCode))) },
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			received(p.Packet.Topic, p.Packet.Payload)
			return true, nil
		}},
	})
	answer, err := c.Connect(ctx, request)
	if err != nil {
		err = c.cause(err)
		c.end(err)
		return nil, fmt.Errorf("log in at %s: %w", b.Server, refusal(answer, err))
	}
	return c, nil
}

// dial connects, with TLS if configured, under a guard.
func (b Broker) dial(ctx context.Context) (net.Conn, *netx.Guard, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	dial := b.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	raw, err := dial(ctx, "tcp", b.Server.String())
	if err != nil {
		return nil, nil, err
	}
	guard := netx.NewTurns(raw, netx.Limits{Silence: 3 * keepAlive * time.Second, Bytes: 4 * netx.Reply})
	if b.Server.TLS == netx.TLSNone {
		return &framed{Conn: guard, guard: guard}, guard, nil
	}
	secure := tls.Client(guard, b.TLSConfig)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = guard.Close()
		return nil, nil, err
	}
	return &framed{Conn: secure, guard: guard}, guard, nil
}

func (b Broker) request(ctx context.Context, availability string) (*paho.Connect, error) {
	var id [8]byte
	_, _ = rand.Read(id[:])
	size, most := uint32(maxPacket), uint16(maxQueue)
	out := &paho.Connect{
		ClientID: "parcelwatch-" + hex.EncodeToString(id[:]), KeepAlive: keepAlive, CleanStart: true,
		Properties: &paho.ConnectProperties{MaximumPacketSize: &size, ReceiveMaximum: &most, RequestProblemInfo: true},
	}
	if availability != "" {
		out.WillMessage = &paho.WillMessage{Topic: availability, Payload: []byte(offline), QoS: qos, Retain: true}
		out.WillProperties = &paho.WillProperties{}
	}
	if b.Username != "" {
		out.UsernameFlag, out.Username = true, b.Username
	}
	if b.Password != nil {
		password, err := b.Password(ctx)
		if err != nil {
			return nil, fmt.Errorf("mqtt.password: %w", err)
		}
		out.PasswordFlag, out.Password = true, []byte(password)
	}
	return out, nil
}

// put publishes a message that the broker keeps, or passes on only if retain is false.
// An empty payload deletes a kept one.
func (c *client) put(ctx context.Context, topic string, payload []byte, retain bool) error {
	ctx, done := c.within(ctx)
	defer done()
	answer, err := c.Publish(ctx, &paho.Publish{Topic: topic, Payload: payload, QoS: qos, Retain: retain})
	if err == nil {
		return nil
	}
	switch {
	case answer == nil:
	case answer.ReasonCode == packets.PubackNotAuthorized:
		return fmt.Errorf("publish %s: %w", topic, ErrForbidden)
	case answer.ReasonCode >= packets.PubackUnspecifiedError:
		return fmt.Errorf("publish %s: %w (reason %#x)", topic, ErrRefused, answer.ReasonCode)
	}
	return fmt.Errorf("publish %s: %w", topic, c.cause(err))
}

// subscribe asks for the messages of the topics. It fails if the broker refuses one of them.
func (c *client) subscribe(ctx context.Context, names ...string) error {
	s := &paho.Subscribe{}
	for _, name := range names {
		s.Subscriptions = append(s.Subscriptions, paho.SubscribeOptions{Topic: name, QoS: qos})
	}
	ctx, done := c.within(ctx)
	defer done()
	answer, err := c.Subscribe(ctx, s)
	if answer != nil {
		for i, reason := range answer.Reasons[:min(len(answer.Reasons), len(names))] {
			if reason >= packets.SubackUnspecifiederror {
				return fmt.Errorf("subscribe to %s: %w", names[i], unsubscribed(reason))
			}
		}
	}
	if err != nil {
		return fmt.Errorf("subscribe to %v: %w", names, c.cause(err))
	}
	return nil
}

// bye ends the connection within a second and waits until everything has ended. If err is
// why, it asks the broker to publish the will, which a plain goodbye discards.
func (c *client) bye(err error) {
	d := &paho.Disconnect{ReasonCode: packets.DisconnectNormalDisconnection}
	if err != nil {
		d.ReasonCode = packets.DisconnectDisconnectWithWillMessage
	}
	c.guard.Hurry(closeTime)
	_ = c.Disconnect(d)
	<-c.Done()
	c.end(nil)
}

// within returns a context that ends with the connection too, because the library goes on
// waiting for an answer that cannot come.
func (c *client) within(ctx context.Context) (both context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// cause returns why the connection ended, or the reason that the guard noted, instead of
// what the library made of it.
func (c *client) cause(err error) error {
	if c.life.Err() != nil {
		return context.Cause(c.life)
	}
	if noted := c.guard.Failure(); noted != nil {
		return noted
	}
	return err
}

// pinger keeps the interval of the program, whatever the broker asks for.
type pinger struct{ *paho.DefaultPinger }

// Run pings until ctx ends or the broker does not answer.
func (p pinger) Run(ctx context.Context, conn net.Conn, wanted uint16) error {
	return p.DefaultPinger.Run(ctx, conn, max(1, min(wanted, keepAlive)))
}

// refusal returns the reason that a broker gave for refusing a login.
func refusal(answer *paho.Connack, err error) error {
	if answer == nil {
		return err
	}
	switch answer.ReasonCode {
	case packets.ConnackBadUsernameOrPassword, packets.ConnackNotAuthorized, packets.ConnackBanned:
		return ErrLogin
	case packets.ConnackUnsupportedProtocolVersion:
		return ErrVersion
	}
	return fmt.Errorf("%w (reason %#x)", err, answer.ReasonCode)
}

func disconnected(reason byte) error {
	switch reason {
	case packets.DisconnectNotAuthorized:
		return ErrForbidden
	case packets.DisconnectSessionTakenOver:
		return ErrTaken
	}
	return fmt.Errorf("%w (reason %#x)", netx.ErrClosed, reason)
}

// unsubscribed returns the reason that a broker gave for refusing a subscription.
func unsubscribed(reason byte) error {
	if reason == packets.SubackNotauthorized {
		return ErrForbidden
	}
	return fmt.Errorf("%w (reason %#x)", ErrRefused, reason)
}
