package verify_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

const (
	shopFrom  = "AliExpress <transaction@notice.aliexpress.com>"
	relayFrom = "AliExpress <transaction_at_notice_aliexpress_com_k2m4x6q8zz_4f8e1a7c@privaterelay.appleid.com>"
	friend    = "Partner <partner@example.org>"
)

// policy is the one most tests use: one configured server, one forwarder.
func policy() verify.Policy {
	return verify.Policy{Authserv: []string{"mx.example.org"}, Senders: senders("Partner@example.org")}
}

func check(t *testing.T, z zone, mail string, p verify.Policy) parcel.Verdict {
	t.Helper()
	v, err := verify.New(z).Check(t.Context(), read(mail), p)
	if err != nil {
		t.Fatalf("Check: %v", err)
	}
	return v
}

func want(t *testing.T, got parcel.Verdict, trust parcel.Trust, words string) {
	t.Helper()
	if got.Trust != trust || !strings.Contains(locale.English(got.Reason), words) {
		t.Errorf("got %s, %q; want %s with %q", got.Trust, locale.English(got.Reason), trust, words)
	}
}

func TestOurOwnCheckOfTheSignature(t *testing.T) {
	t.Parallel()
	shop, apple, evil := newSigner(t, "aliexpress.com"), newSigner(t, "privaterelay.appleid.com"), newSigner(t, "evil.example")
	sub := newSigner(t, "notice.aliexpress.com")
	z := zone{}.with(shop, apple, evil, sub)
	plain := compose(shopFrom)

	tests := []struct {
		name  string
		mail  string
		trust parcel.Trust
		words string
	}{
		{"the shop's signature is enough", shop.sign(t, plain), parcel.TrustVerified, "dkim=pass d=aliexpress.com (checked here)"},
		{"a sub-domain's signature is the shop's", sub.sign(t, plain), parcel.TrustVerified, "dkim=pass d=notice.aliexpress.com"},
		{"line ends of a stored mail do not matter", strings.ReplaceAll(shop.sign(t, plain), "\r\n", "\n"), parcel.TrustVerified, "checked here"},
		{"one good signature among bad ones is enough", evil.sign(t, shop.sign(t, plain)), parcel.TrustVerified, "d=aliexpress.com"},
		{"a heap of other signatures hides nothing", heap(evil.sign(t, shop.sign(t, plain)), 200), parcel.TrustVerified, "d=aliexpress.com"},
		{"no signature proves nothing", plain, parcel.TrustUnverified, "no signature of aliexpress.com"},
		{"another domain's signature proves nothing", evil.sign(t, plain), parcel.TrustUnverified, "no signature of aliexpress.com"},
		{"a changed body is unverified, not forged", shop.sign(t, plain) + "and a line\r\n", parcel.TrustUnverified, "body hash did not verify"},
		{"a changed subject is unverified", strings.Replace(shop.sign(t, plain), "Subject: Order", "Subject: order!", 1), parcel.TrustUnverified, "signature did not verify"},
		{"Apple's relay with Apple's signature", apple.sign(t, compose(relayFrom)), parcel.TrustRelayed, "Apple's relay: dkim=pass d=privaterelay.appleid.com"},
		{"Apple's relay without one", compose(relayFrom), parcel.TrustUnverified, "no signature of appleid.com"},
		{"Apple's relay with the shop's signature", shop.sign(t, compose(relayFrom)), parcel.TrustUnverified, "no signature of appleid.com"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, check(t, z, tt.mail, policy()), tt.trust, tt.words)
		})
	}
}

func TestAKeyThatIsGoneIsNoForgery(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	mail := shop.sign(t, compose(shopFrom))
	expired := shop.signExpired(t, compose(shopFrom))
	tests := []struct {
		name  string
		zone  zone
		mail  string
		words string
	}{
		{"no such name", zone{}, mail, "no key for signature"},
		{"an empty answer", zone{shop.name(): {}}, mail, "no valid key found"},
		{"a revoked key", zone{shop.name(): {"v=DKIM1; k=rsa; p="}}, mail, "key revoked"},
		{"another key", zone{shop.name(): newSigner(t, "aliexpress.com").record()}, mail, "signature did not verify"},
		{"an expired signature", zone{}.with(shop), expired, "signature has expired"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, check(t, tt.zone, tt.mail, policy()), parcel.TrustUnverified, tt.words)
		})
	}
}

func TestASilentNameServerMeansTryAgain(t *testing.T) {
	t.Parallel()
	mail := newSigner(t, "aliexpress.com").sign(t, compose(shopFrom))
	for name, cause := range map[string]error{
		"server failure":      dnsError("server misbehaving", false),
		"network unreachable": errors.New("connect: network is unreachable"),
		"deadline":            context.DeadlineExceeded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := verify.New(broken{cause}).Check(t.Context(), read(mail), policy())
			if !errors.Is(err, verify.ErrTemporary) || !errors.Is(err, cause) {
				t.Errorf("error is %v, want a temporary one wrapping %v", err, cause)
			}
			want(t, v, parcel.TrustUnverified, "no answer for its key")
		})
	}
	t.Run("but a counting server's word makes it needless", func(t *testing.T) {
		t.Parallel()
		said := "Authentication-Results: mx.example.org; dkim=pass header.d=aliexpress.com\r\n" + mail
		v, err := verify.New(broken{context.DeadlineExceeded}).Check(t.Context(), read(said), policy())
		if err != nil {
			t.Errorf("unexpected error %v", err)
		}
		want(t, v, parcel.TrustVerified, "said by mx.example.org")
	})
}

func TestTheCallersContextIsHeard(t *testing.T) {
	t.Parallel()
	mail := newSigner(t, "aliexpress.com").sign(t, compose(shopFrom))
	t.Run("cancelled before", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := verify.New(zone{}).Check(ctx, read(mail), policy()); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v, want context.Canceled", err)
		}
	})
	t.Run("cancelled while a name server is silent", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := verify.New(silent{asked: cancel}).Check(ctx, read(mail), policy())
		if !errors.Is(err, context.Canceled) || errors.Is(err, verify.ErrTemporary) {
			t.Errorf("error is %v, want context.Canceled and no temporary one", err)
		}
	})
}

func TestOnlyTheShopsNamesAreLookedUp(t *testing.T) {
	t.Parallel()
	evil := newSigner(t, "tracking.evil.example")
	counted := &counter{zone: zone{}.with(evil)}
	c := verify.New(counted)
	for _, from := range []string{shopFrom, relayFrom, friend, "Eve <eve@tracking.evil.example>"} {
		if _, err := c.Check(t.Context(), read(evil.sign(t, compose(from))), policy()); err != nil {
			t.Fatal(err)
		}
	}
	if n := counted.asked.Load(); n != 0 {
		t.Errorf("%d names were looked up for a stranger's signature, want none", n)
	}
}

func TestAKeyIsAskedForOnce(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	counted := &counter{zone: zone{}.with(shop)}
	c := verify.New(counted)
	for range 5 {
		if _, err := c.Check(t.Context(), read(shop.sign(t, compose(shopFrom))), policy()); err != nil {
			t.Fatal(err)
		}
	}
	if n := counted.asked.Load(); n != 1 {
		t.Errorf("the key was asked for %d times, want once", n)
	}
}

func TestManySignaturesOfTheShopAreBounded(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	counted := &counter{zone: zone{}}
	mail := heap(shop.sign(t, compose(shopFrom)), 300)
	if _, err := verify.New(counted).Check(t.Context(), read(mail), policy()); err != nil {
		t.Fatal(err)
	}
	if n := counted.asked.Load(); n > 5 {
		t.Errorf("%d keys were asked for, want at most 5", n)
	}
}

func TestAMailTooLargeIsNotJudged(t *testing.T) {
	t.Parallel()
	for name, mail := range map[string]string{
		"header": "From: " + shopFrom + "\r\nX-Long: " + strings.Repeat("a", 2<<20) + "\r\n\r\nbody",
		"body":   compose(shopFrom) + strings.Repeat("a line of the body\r\n", 2<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want(t, check(t, zone{}, mail, policy()), parcel.TrustForeign, "too large")
		})
	}
}

func TestHostileHeadersCostLittle(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	z := zone{}.with(shop)
	genuine := shop.sign(t, compose(shopFrom))
	for name, mail := range map[string]string{
		"folds without end":      "X-Long: a\r\n" + strings.Repeat(" a\r\n", 200_000) + genuine,
		"fields without end":     strings.Repeat("A:\r\n", 150_000) + genuine,
		"a signature that lists": strings.Replace(genuine, "; h=", "; h="+strings.Repeat("a:", 100_000), 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want(t, check(t, z, mail, policy()), parcel.TrustUnverified, "too large to be verified")
		})
	}
	t.Run("a From without end", func(t *testing.T) {
		t.Parallel()
		mail := compose("AliExpress <transaction@notice.aliexpress.com>" + strings.Repeat(", a@aliexpress.com", 10_000))
		want(t, check(t, z, mail, policy()), parcel.TrustForeign, "no readable address")
	})
}
