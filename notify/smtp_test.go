package notify_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/netx"
	"parcelwatch/notify"
	"parcelwatch/store"
)

var outgoing = store.Message{ID: "1@example.org", From: "me@example.org", Raw: []byte("Subject: x\r\n\r\nline one\r\n.dotted\r\nline three\r\n")}

func results(outcomes []notify.Outcome) []string {
	var out []string
	for _, o := range outcomes {
		out = append(out, o.To+" "+string(o.Result))
	}
	return out
}

func plain(s *script) *notify.SMTP {
	return &notify.SMTP{Host: "127.0.0.1", Port: 25, TLS: netx.TLSNone, Dial: s.dial}
}

func TestSMTPOutcomes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		server *script
		want   [3]notify.SendResult
		taken  int
	}{
		{"all is well", &script{}, [3]notify.SendResult{"ok", "ok", "ok"}, 1},
		{"the server is busy", &script{answers: map[string]string{"greeting": "421 busy"}}, [3]notify.SendResult{"temporary", "temporary", "temporary"}, 0},
		{"it hangs up at once", &script{answers: map[string]string{"greeting": "-"}}, [3]notify.SendResult{"temporary", "temporary", "temporary"}, 0},
		{"the sender is refused", &script{answers: map[string]string{"MAIL": "550 no"}}, [3]notify.SendResult{"refused", "refused", "refused"}, 0},
		{"a login is wanted", &script{answers: map[string]string{"MAIL": "530 log in first"}}, [3]notify.SendResult{"temporary", "temporary", "temporary"}, 0},
		{"greylisted", &script{answers: map[string]string{"RCPT": "451 come later"}}, [3]notify.SendResult{"temporary", "temporary", "temporary"}, 0},
		{"one of three is refused", &script{answers: map[string]string{"RCPT TO:<b@example.org>": "550 no such user"}}, [3]notify.SendResult{"ok", "refused", "ok"}, 1},
		{"one of three is greylisted", &script{answers: map[string]string{"RCPT TO:<c@example.org>": "450 later"}}, [3]notify.SendResult{"ok", "ok", "temporary"}, 1},
		{"cut between two recipients", &script{answers: map[string]string{"RCPT TO:<b@example.org>": "-"}}, [3]notify.SendResult{"temporary", "temporary", "temporary"}, 0},
		{"the mail is refused before it is sent", &script{answers: map[string]string{"DATA": "554 no"}}, [3]notify.SendResult{"refused", "refused", "refused"}, 0},
		{"cut before the mail", &script{answers: map[string]string{"DATA": "-"}}, [3]notify.SendResult{"temporary", "temporary", "temporary"}, 0},
		{"the mail is refused", &script{dot: "552 too large"}, [3]notify.SendResult{"refused", "refused", "refused"}, 1},
		{"the mail is put off", &script{dot: "452 disk full"}, [3]notify.SendResult{"temporary", "temporary", "temporary"}, 1},
		{"accepted, but the answer is lost", &script{dot: "-"}, [3]notify.SendResult{"ambiguous", "ambiguous", "ambiguous"}, 1},
		{"a refused one stays refused when the answer is lost", &script{dot: "-", answers: map[string]string{"RCPT TO:<a@example.org>": "550 no"}}, [3]notify.SendResult{"refused", "ambiguous", "ambiguous"}, 1},
		{"accepted, and the goodbye is lost", &script{answers: map[string]string{"QUIT": "-"}}, [3]notify.SendResult{"ok", "ok", "ok"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			to := []string{"a@example.org", "b@example.org", "c@example.org"}
			got := plain(c.server).Send(t.Context(), outgoing, to)
			want := []string{}
			for i, r := range c.want {
				want = append(want, to[i]+" "+string(r))
				if i < len(got) && (got[i].Err == nil) != (r == notify.SendOK) {
					t.Errorf("%s has the error %v", to[i], got[i].Err)
				}
			}
			if diff := cmp.Diff(want, results(got)); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
			if n := len(c.server.taken()); n != c.taken {
				t.Errorf("the server has read %d mails, want %d", n, c.taken)
			}
		})
	}
}

func TestSMTPSendsTheBytes(t *testing.T) {
	t.Parallel()
	s := &script{hello: []string{"8BITMIME", "SIZE 1000000"}}
	plain(s).Send(t.Context(), outgoing, []string{"a@example.org"})
	want := strings.ReplaceAll(string(outgoing.Raw), "\r\n.", "\r\n..")
	if diff := cmp.Diff([]string{want}, s.taken()); diff != "" {
		t.Errorf("mail (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"EHLO [127.0.0.1]", "MAIL FROM:<me@example.org> BODY=8BITMIME SIZE=45", "RCPT TO:<a@example.org>", "DATA", "QUIT"}, s.said()); diff != "" {
		t.Errorf("conversation (-want +got):\n%s", diff)
	}
}

func TestSMTPCutInTheMail(t *testing.T) {
	t.Parallel()
	s := &script{cutAfter: 2}
	m := outgoing
	m.Raw = []byte("Subject: x\r\n\r\n" + strings.Repeat("line\r\n", 50_000))
	c := plain(s)
	c.Dial = s.pipe
	got := c.Send(t.Context(), m, []string{"a@example.org"})
	if diff := cmp.Diff([]string{"a@example.org temporary"}, results(got)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if len(s.taken()) != 0 {
		t.Error("a mail without its end was taken")
	}
}

func secret(text string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return text, nil }
}

func TestSMTPProtection(t *testing.T) {
	t.Parallel()
	server, pool := certificate(t, time.Now().AddDate(1, 0, 0))
	client := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	login := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00me\x00s3cret"))
	t.Run("TLS from the first byte, then the login", func(t *testing.T) {
		t.Parallel()
		s := &script{implicit: true, tls: server, hello: []string{"AUTH PLAIN"}}
		c := &notify.SMTP{Host: "mail.example.org", TLS: netx.TLSImplicit, TLSConfig: client, Dial: s.dial, Username: "me", Password: secret("s3cret")}
		if err := c.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"EHLO [127.0.0.1]", login, "QUIT"}, s.said()); diff != "" {
			t.Errorf("conversation (-want +got):\n%s", diff)
		}
	})
	t.Run("STARTTLS before the login", func(t *testing.T) {
		t.Parallel()
		s := &script{tls: server, hello: []string{"STARTTLS", "AUTH PLAIN"}}
		c := &notify.SMTP{Host: "mail.example.org", TLS: netx.TLSStart, TLSConfig: client, Dial: s.dial, Username: "me", Password: secret("s3cret")}
		if err := c.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"EHLO localhost", "STARTTLS", "EHLO [127.0.0.1]", login, "QUIT"}, s.said()); diff != "" {
			t.Errorf("conversation (-want +got):\n%s", diff)
		}
	})
	t.Run("a token goes by XOAUTH2", func(t *testing.T) {
		t.Parallel()
		s := &script{implicit: true, tls: server, hello: []string{"AUTH XOAUTH2"}}
		c := &notify.SMTP{Host: "mail.example.org", TLS: netx.TLSImplicit, TLSConfig: client, Dial: s.dial, Username: "me", Token: secret("t0ken")}
		if err := c.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := "AUTH XOAUTH2 " + base64.StdEncoding.EncodeToString([]byte("user=me\x01auth=Bearer t0ken\x01\x01"))
		if got := s.said(); len(got) < 2 || got[1] != want {
			t.Errorf("conversation %q", got)
		}
	})
	t.Run("without STARTTLS no secret is said", func(t *testing.T) {
		t.Parallel()
		s := &script{hello: []string{"AUTH PLAIN"}}
		c := &notify.SMTP{Host: "mail.example.org", TLS: netx.TLSStart, Dial: s.dial, Username: "me", Password: secret("s3cret")}
		if err := c.Check(t.Context()); !errors.Is(err, notify.ErrNoStartTLS) {
			t.Errorf("got %v, want ErrNoStartTLS", err)
		}
		if got := strings.Join(s.said(), " "); strings.Contains(got, "AUTH") {
			t.Errorf("conversation %q", got)
		}
	})
	t.Run("unprotected only to this machine", func(t *testing.T) {
		t.Parallel()
		for _, host := range []string{"mail.example.org", "10.0.0.1", "127.0.0.1.example.org", ""} {
			s := &script{}
			c := &notify.SMTP{Host: host, TLS: netx.TLSNone, Dial: s.dial, Username: "me", Password: secret("s3cret")}
			if err := c.Check(t.Context()); !errors.Is(err, notify.ErrPlain) {
				t.Errorf("%q: got %v, want ErrPlain", host, err)
			}
			if s.said() != nil {
				t.Errorf("%q: said %q", host, s.said())
			}
		}
	})
	t.Run("a strange certificate is refused", func(t *testing.T) {
		t.Parallel()
		s := &script{implicit: true, tls: server}
		err := (&notify.SMTP{Host: "mail.example.org", Dial: s.dial}).Check(t.Context())
		if err == nil || !strings.Contains(notify.Explain(err), "ca =") {
			t.Errorf("got %s", notify.Explain(err))
		}
	})
}

func TestACheckAsksForSenderAndRecipientsWithoutSending(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ command, answer, want string }{
		"well":                     {"", "", ""},
		"a sender that is refused": {"MAIL", "553 5.7.1 Sender address rejected: not owned by user", "not owned by user"},
		"an unknown recipient":     {"RCPT", "550 5.1.1 no such user", "no such user"},
		"a recipient later":        {"RCPT", "451 4.7.1 Greylisting in action", "Greylisting in action"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: map[string]string{}}
			if c.command != "" {
				s.answers[c.command] = c.answer
			}
			err := plain(s).Accepts(t.Context(), "Parcels <me@example.org>", []string{"a@example.org", "b@example.org"})
			if got := notify.Explain(err); (err != nil) != (c.want != "") || !strings.Contains(got, c.want) {
				t.Errorf("got %v: %s", err, got)
			}
			for _, line := range s.said() {
				if strings.HasPrefix(line, "DATA") {
					t.Errorf("sends: %q", s.said())
				}
			}
		})
	}
}

func TestSMTPLogin(t *testing.T) {
	t.Parallel()
	t.Run("a refused login is not the recipient's fault, and shows no secret", func(t *testing.T) {
		t.Parallel()
		s := &script{hello: []string{"AUTH PLAIN"}, answers: map[string]string{"AUTH": "535 wrong"}}
		c := plain(s)
		c.Username, c.Password = "me", secret("s3cret")
		got := c.Send(t.Context(), outgoing, []string{"a@example.org"})
		if len(got) != 1 || got[0].Result != notify.SendTemporary || !errors.Is(got[0].Err, notify.ErrLogin) {
			t.Fatalf("got %+v", got)
		}
		if strings.Contains(got[0].Err.Error(), "s3cret") || strings.Contains(notify.Explain(got[0].Err), "s3cret") {
			t.Errorf("the secret is in %v", got[0].Err)
		}
	})
	for hello, want := range map[string]string{
		"AUTH LOGIN": "AUTH LOGIN", "AUTH=LOGIN": "AUTH LOGIN", "AUTH=LOGIN PLAIN": "AUTH PLAIN ", "AUTH=CRAM-MD5 LOGIN": "AUTH LOGIN",
	} {
		t.Run("the server offers "+hello, func(t *testing.T) {
			t.Parallel()
			s := &script{hello: []string{hello}}
			c := plain(s)
			c.Username, c.Password = "me", secret("s3cret")
			if err := c.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := s.said(); len(got) < 2 || !strings.HasPrefix(got[1], want) {
				t.Errorf("conversation %q", got)
			}
		})
	}
	t.Run("no known way to log in", func(t *testing.T) {
		t.Parallel()
		s := &script{hello: []string{"AUTH GSSAPI"}}
		c := plain(s)
		c.Username, c.Password = "me", secret("s3cret")
		if err := c.Check(t.Context()); !errors.Is(err, notify.ErrNoAuth) {
			t.Errorf("got %v, want ErrNoAuth", err)
		}
	})
	t.Run("a secret that cannot be read stops before the server is told", func(t *testing.T) {
		t.Parallel()
		gone := errors.New("no such file")
		s := &script{hello: []string{"AUTH PLAIN"}}
		c := plain(s)
		c.Username, c.Password = "me", func(context.Context) (string, error) { return "", gone }
		if err := c.Check(t.Context()); !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSMTPStops(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"greeting", "MAIL", "DATA"} {
		t.Run("a server that hangs after "+at+" is left at once", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			hang := func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go func() {
					defer func() { _ = there.Close() }()
					if at == "greeting" {
						cancel()
						_, _ = there.Read(make([]byte, 1))
						return
					}
					_, _ = there.Write([]byte("220 hello\r\n"))
					buffer := make([]byte, 4096)
					for {
						n, err := there.Read(buffer)
						if err != nil {
							return
						}
						if strings.HasPrefix(string(buffer[:n]), at) {
							cancel()
							continue
						}
						_, _ = there.Write([]byte("250 ok\r\n"))
					}
				}()
				return here, nil
			}
			c := &notify.SMTP{Host: "127.0.0.1", TLS: netx.TLSNone, Dial: hang}
			got := c.Send(ctx, outgoing, []string{"a@example.org", "b@example.org"})
			if diff := cmp.Diff([]string{"a@example.org untried", "b@example.org untried"}, results(got)); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSMTPRefusesOldVersionsOfTLS talks to servers that know no newer version. With TLS 1.2
// the connection comes as far as the certificate, which nobody has signed.
func TestSMTPRefusesOldVersionsOfTLS(t *testing.T) {
	t.Parallel()
	for version, want := range map[uint16]string{
		tls.VersionTLS10: "protocol version", tls.VersionTLS11: "protocol version", tls.VersionTLS12: "unknown authority",
	} {
		for _, mode := range []netx.TLSMode{netx.TLSStart, netx.TLSImplicit} {
			server, _ := certificate(t, time.Now().Add(time.Hour))
			server.MinVersion, server.MaxVersion = tls.VersionTLS10, version
			s := &script{hello: []string{"STARTTLS"}, tls: server, implicit: mode == netx.TLSImplicit}
			c := &notify.SMTP{Host: "mail.example.org", TLS: mode, Dial: s.dial}
			if err := c.Check(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %s: got %v, want %q", tls.VersionName(version), mode, err, want)
			}
		}
	}
}

func TestSMTPEndlessAnswers(t *testing.T) {
	t.Parallel()
	endless := "~250-" + strings.Repeat("x", 900)
	server, pool := certificate(t, time.Now().Add(time.Hour))
	for _, at := range []string{"greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "dot"} {
		for _, mode := range []netx.TLSMode{netx.TLSNone, netx.TLSStart, netx.TLSImplicit} {
			if at == "STARTTLS" && mode != netx.TLSStart {
				continue
			}
			t.Run(at+" with "+string(mode), func(t *testing.T) {
				t.Parallel()
				s := &script{hello: []string{"AUTH PLAIN"}, tls: server, implicit: mode == netx.TLSImplicit, answers: map[string]string{at: endless}}
				want := "temporary"
				if at == "dot" {
					s.dot, want = endless, "ambiguous"
				}
				if mode == netx.TLSStart {
					s.hello = []string{"STARTTLS"}
				}
				c := &notify.SMTP{
					Host: "127.0.0.1", TLS: mode, Dial: s.dial, Username: "me", Password: secret("pass"),
					TLSConfig: &tls.Config{RootCAs: pool, ServerName: "mail.example.org", MinVersion: tls.VersionTLS12},
				}
				began := time.Now()
				got := c.Send(t.Context(), outgoing, []string{"a@example.org"})
				if string(got[0].Result) != want || !errors.Is(got[0].Err, netx.ErrTooMuch) {
					t.Errorf("%s: %v", got[0].Result, got[0].Err)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	expired, pool := certificate(t, time.Now().AddDate(0, 0, -1))
	good, goodPool := certificate(t, time.Now().AddDate(1, 0, 0))
	over := func(s *script, roots *tls.Config, host string) error {
		return (&notify.SMTP{Host: host, TLSConfig: roots, Dial: s.dial}).Check(t.Context())
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // only to find a free port
	if err != nil {
		t.Fatal(err)
	}
	address, ok := closed.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no TCP address")
	}
	port := address.Port
	_ = closed.Close()
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"no error", nil, ""},
		{"nothing listens", (&notify.SMTP{Host: "127.0.0.1", Port: port, TLS: netx.TLSNone}).Check(t.Context()), "nothing listens on 127.0.0.1:"},
		{"no such host", &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}, "there is no host x; check host under [smtp]"},
		{"expired", over(&script{implicit: true, tls: expired}, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, "mail.example.org"), "not valid today"},
		{"another name", over(&script{implicit: true, tls: good}, &tls.Config{RootCAs: goodPool, MinVersion: tls.VersionTLS12}, "other.example.org"), "use the host name that the certificate is for"},
		{"no TLS there", over(&script{}, nil, "mail.example.org"), "starttls"},
		{"wants a login", plain(&script{answers: map[string]string{"MAIL": "530 log in"}}).Send(t.Context(), outgoing, []string{"a@b"})[0].Err, "username and password"},
		{"refused", plain(&script{answers: map[string]string{"RCPT": "550 no"}}).Send(t.Context(), outgoing, []string{"a@b"})[0].Err, "permanently refuses the email (550 no)"},
		{"later", plain(&script{answers: map[string]string{"RCPT": "450 no"}}).Send(t.Context(), outgoing, []string{"a@b"})[0].Err, "asks to try again later (450 no)"},
		{"long and dirty", errors.New(strings.Repeat("x\r\n", 5000)), "x x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := notify.Explain(c.err)
			if !strings.Contains(got, c.want) || strings.ContainsAny(got, "\r\n") || len(got) > 600 {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}
