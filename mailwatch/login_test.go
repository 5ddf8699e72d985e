package mailwatch_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

func TestWhyAServerDoesNotLetUsIn(t *testing.T) {
	cases := []struct {
		name  string
		greet string
		caps  string
		token bool
		hook  func(c *fakeConn, tag, command string) bool
		state parcel.MailboxState
		want  string
	}{
		{name: "it says goodbye at once", greet: "* BYE too many connections", state: parcel.MailboxBroken, want: "too many connections"},
		{name: "it says nothing", greet: "-", state: parcel.MailboxBroken, want: "localhost:143 does not answer; network, firewall or server"},
		{name: "it speaks another language", greet: "HTTP/1.1 400 Bad Request", state: parcel.MailboxBroken, want: "not understood"},
		{name: "no password on this connection", caps: "IMAP4rev1 LOGINDISABLED", state: parcel.MailboxBroken, want: "accepts no password on this connection"},
		{name: "wrong password", hook: refuse("LOGIN", "NO [AUTHENTICATIONFAILED] Authentication failed for "+testPassword), state: parcel.MailboxRefused, want: "refuses the login (Authentication failed for ...)"},
		{name: "too many logins", hook: refuse("LOGIN", "NO [ALERT] Too many simultaneous connections. (Failure)"), state: parcel.MailboxBroken, want: "Too many simultaneous"},
		{name: "wrong password, in the words of a moment", hook: refuse("LOGIN", "NO Invalid user name or password, please check and try again."), state: parcel.MailboxRefused, want: "refuses the login (Invalid user name"},
		{name: "no login for a moment", hook: refuse("LOGIN", "NO [UNAVAILABLE] Temporary authentication failure."), state: parcel.MailboxBroken, want: "Temporary authentication failure"},
		{
			name: "old token", token: true, caps: "IMAP4rev1 SASL-IR AUTH=XOAUTH2",
			hook: func(c *fakeConn, _, command string) bool {
				if !strings.HasPrefix(command, "AUTHENTICATE XOAUTH2 ") {
					return false
				}
				c.say("+ eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=")
				return true
			},
			state: parcel.MailboxRefused, want: `refuses the OAuth2 token (XOAUTH2 token refused (status "401")); log in again: parcelwatch login NAME`,
		},
		{name: "old token of the other kind", token: true, caps: "IMAP4rev1 SASL-IR AUTH=OAUTHBEARER", hook: refuse("AUTHENTICATE OAUTHBEARER", "NO [AUTHENTICATIONFAILED] expired"), state: parcel.MailboxRefused, want: "refuses the OAuth2 token (expired)"},
		{
			name: "goodbye in the middle",
			hook: func(c *fakeConn, _, command string) bool {
				if command != "IDLE" {
					return false
				}
				c.say("+ idling")
				c.say("* BYE Server shutting down")
				_ = c.Close()
				return true
			},
			state: parcel.MailboxBroken, want: "localhost:143 closed the connection (Server shutting down); it will be tried again",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startFake()
				s.hook = c.hook
				if c.greet != "" {
					s.greet = strings.TrimPrefix(c.greet, "-")
				}
				if c.caps != "" {
					s.caps = c.caps
				}
				a := account(s.pipeNet)
				if c.token {
					a.Auth = func(context.Context) (mailwatch.Credential, error) {
						return mailwatch.Credential{Username: testUser, Token: "secret-token"}, nil
					}
				}
				r := watch(a, newPositions(), &inbox{})
				pass(30 * time.Second)
				got := r.state("INBOX")
				if got.State != c.state || !strings.Contains(got.Error, c.want) {
					t.Errorf("got %q: %s", got.State, got.Error)
				}
				if text := r.log.String() + got.Error; strings.Contains(text, testPassword) || strings.Contains(text, "secret-token") {
					t.Errorf("a secret was told: %s", text)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}

func TestALoginThatMayWorkLaterIsNotRepeatedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake()
		s.hook = refuse("LOGIN", "NO [LIMIT] Rate limit hit.")
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(29 * time.Second)
		if got := s.count(); got != 1 {
			t.Errorf("%d logins in 29 s", got)
		}
		pass(time.Hour)
		if got := s.count(); got < 4 || got > 30 {
			t.Errorf("%d logins in an hour", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

// login answers the questions of AUTHENTICATE LOGIN, in words of its own.
func login(c *fakeConn, tag, command string) bool {
	if !strings.HasPrefix(command, "AUTHENTICATE LOGIN") {
		return false
	}
	for _, want := range []string{"YWxpY2VAZXhhbXBsZS5vcmc=", "Y29ycmVjdCBob3JzZQ=="} {
		c.say("+ RWg/")
		if got, _ := c.line(); got != want {
			c.say("%s NO [AUTHENTICATIONFAILED] no", tag)
			return true
		}
	}
	c.say("%s OK in", tag)
	return true
}

func TestWaysToLogIn(t *testing.T) {
	cases := []struct {
		name, caps string
		hook       func(c *fakeConn, tag, command string) bool
		want       string // the command that logs in
	}{
		{name: "LOGIN", caps: "IMAP4rev1 AUTH=PLAIN AUTH=LOGIN", want: "LOGIN"},
		{name: "only AUTH=LOGIN", caps: "IMAP4rev1 LOGINDISABLED AUTH=LOGIN", hook: login, want: "AUTHENTICATE LOGIN"},
		{name: "LOGIN is not supported, PLAIN is", caps: "IMAP4rev1 SASL-IR AUTH=PLAIN", hook: refuse("LOGIN ", "BAD command not supported, use AUTHENTICATE"), want: "AUTHENTICATE PLAIN"},
		{
			name: "neither LOGIN nor PLAIN", caps: "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN", want: "AUTHENTICATE LOGIN",
			hook: func(c *fakeConn, tag, command string) bool {
				if strings.HasPrefix(command, "LOGIN") || strings.HasPrefix(command, "AUTHENTICATE PLAIN") {
					c.say("%s NO Unrecognized authentication mechanism", tag)
					return true
				}
				return login(c, tag, command)
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startFake(message(shop, "one"))
				s.caps = c.caps
				s.hook = c.hook
				r := watch(account(s.pipeNet), newPositions(), &inbox{})
				settle()
				if got := r.inbox.subjects(); len(got) != 1 || !strings.Contains(s.last().commands(), c.want) {
					t.Errorf("got %q\n%s\n%s", got, s.last().commands(), r.log)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}
