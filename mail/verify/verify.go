// Package verify checks the origin of a mail: it verifies the shop's DKIM
// signature, reads the Authentication-Results of trusted servers, and combines
// both into a [parcel.Verdict]. It must not know the content of the mail.
package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// ErrTemporary is wrapped by errors that may go away on a later attempt,
// because a name server did not answer. The verdict returned with it is based
// on the remaining checks.
var ErrTemporary = errors.New("try again later")

// Limits of one check.
const (
	checkTime     = 5 * time.Second
	maxHeader     = 1 << 20
	maxMail       = 32 << 20
	maxSignatures = 5
	maxResult     = 160 // characters of a result quoted in a reason
)

// Resolver resolves names for DKIM. LookupTXT returns when ctx is done. For a
// name that does not exist it returns a [net.DNSError] with IsNotFound set;
// every other error is treated as temporary.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// SystemResolver returns a resolver for the name servers configured on this
// machine. It uses Go's resolver, because the one of the operating system may
// ignore a context.
func SystemResolver() Resolver {
	return &net.Resolver{PreferGo: true}
}

// Policy configures which senders and which servers' results are trusted.
type Policy struct {
	Senders mail.Senders
	// Authserv lists the ids of servers whose Authentication-Results are
	// trusted; "*.example.org" matches every id below example.org.
	Authserv []string
	// Sealers lists the domains of servers, such as those of mailing lists, whose
	// ARC seals are trusted.
	Sealers []string
	// Host is the IMAP server the mail was read from. The ids of the big
	// providers are built in.
	Host string
}

// Checker checks mails. It is safe for concurrent use.
type Checker struct {
	keys *keyring
}

// New returns a checker that looks up keys with r.
func New(r Resolver) *Checker {
	return &Checker{keys: newKeyring(r)}
}

// Check checks the origin of one mail. It takes at most five seconds. An error
// wrapping [ErrTemporary] comes with the verdict that applies until a name
// server answers; any other error is from ctx.
func (c *Checker) Check(ctx context.Context, m mail.Message, p Policy) (parcel.Verdict, error) {
	if err := ctx.Err(); err != nil {
		return parcel.Verdict{}, fmt.Errorf("check the sender: %w", err)
	}
	head, body := mail.Split(m.Raw)
	if len(head) > maxHeader || len(m.Raw) > maxMail {
		return verdict(parcel.TrustForeign, message.New("proof_too_large")), nil
	}
	from, bad := p.sender(m.Header)
	if bad != nil {
		return *bad, nil
	}

	limited, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	own := c.verify(limited, signed{head: head, body: body, fields: m.Header.Fields}, from.domain)
	// Our own timeout means that the name service does not answer, but the
	// caller's does not.
	if err := ctx.Err(); err != nil {
		return parcel.Verdict{}, fmt.Errorf("verify the signature of %s: %w", from.domain, err)
	}
	said := p.results(m.Header.Fields, from.domain)
	if said.failed != (word{}) && own.passed == "" {
		if p.sealed(m.Header.Fields, from.domain, said) {
			return verdict(parcel.TrustUnverified, from.reason(message.New("proof_sealed").Around(said.failed.reason()))), nil
		}
		return verdict(parcel.TrustForged, forged(said, m.Header, from.domain)), nil
	}
	v := combine(from, own, said, doubled(m.Header))
	if own.temporary != nil && v.Trust == parcel.TrustUnverified {
		return v, fmt.Errorf("look up the key of %s: %w: %w", from.domain, ErrTemporary, own.temporary)
	}
	return v, nil
}

// combine combines our own check with the results of trusted servers. The caller has
// refused mail that a trusted server failed and our check did not pass.
func combine(from sender, own checked, said said, doubled string) parcel.Verdict {
	good := from.trust()
	switch {
	case own.passed != "" && doubled == "":
		return verdict(good, from.reason(message.New("proof_checked", "Result", own.passed)))
	case said.passed != (word{}) && doubled == "":
		return verdict(good, from.reason(said.passed.reason()))
	case from.Class == mail.Forwarder:
		return parcel.Verdict{Trust: good, Reason: from.reason(message.New("proof_none")), Unsigned: true}
	case doubled != "":
		// The signature covers one of the two fields, and mail programs may use
		// the other.
		return verdict(parcel.TrustUnverified, message.New("proof_doubled", "Field", doubled))
	case own.failed != nil:
		return verdict(parcel.TrustUnverified, own.failed)
	default:
		return verdict(parcel.TrustUnverified, message.New("proof_unsigned", "Domain", organisation(from.domain)))
	}
}

func verdict(t parcel.Trust, reason message.Text) parcel.Verdict {
	return parcel.Verdict{Trust: t, Reason: reason}
}
