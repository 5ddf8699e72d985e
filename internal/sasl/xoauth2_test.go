package sasl_test

import (
	"errors"
	"strings"
	"testing"

	upstream "github.com/emersion/go-sasl"

	"parcelwatch/internal/sasl"
)

func TestTheTokenIsSentAsTheProvidersDescribeIt(t *testing.T) {
	t.Parallel()
	mech, ir, err := sasl.NewXOAuth2Client("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg").Start()
	if err != nil {
		t.Fatal(err)
	}
	if mech != "XOAUTH2" {
		t.Errorf("mechanism: got %q", mech)
	}
	want := "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
	if string(ir) != want {
		t.Errorf("initial response: got %q, want %q", ir, want)
	}
}

func TestARefusalNamesTheStatusAndNotTheToken(t *testing.T) {
	t.Parallel()
	c := sasl.NewXOAuth2Client("a@example.com", "top-secret")
	_, err := c.Next([]byte(`{"status":"401","schemes":"bearer","scope":"https://mail.example.com/"}`))
	var refused *sasl.XOAuth2Error
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want an XOAuth2Error", err)
	}
	if refused.Status != "401" || refused.Schemes != "bearer" {
		t.Errorf("got %+v", refused)
	}
	if strings.Contains(err.Error(), "top-secret") || !strings.Contains(err.Error(), "401") {
		t.Errorf("error text: %q", err)
	}
}

func TestAnAnswerThatIsNoRefusalIsAnError(t *testing.T) {
	t.Parallel()
	_, err := sasl.NewXOAuth2Client("a@example.com", "t").Next([]byte("hello"))
	if !errors.Is(err, upstream.ErrUnexpectedServerChallenge) {
		t.Errorf("got %v", err)
	}
}

func TestFieldsThatWouldBreakOutAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, user, token string }{
		{"no user", "", "t"},
		{"no token", "a@example.com", ""},
		{"separator in the user", "a\x01auth=Bearer x", "t"},
		{"line break in the token", "a@example.com", "t\r\nNOOP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, ir, err := sasl.NewXOAuth2Client(c.user, c.token).Start(); !errors.Is(err, sasl.ErrUnusable) || ir != nil {
				t.Errorf("got %q, %v", ir, err)
			}
		})
	}
}
