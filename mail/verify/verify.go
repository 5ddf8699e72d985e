// Package verify judges where a mail comes from: it verifies the shop's DKIM
// signature itself, reads the Authentication-Results of servers whose word
// counts, and makes a [parcel.Verdict] of both. It knows nothing of what the
// mail says.
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

// ErrTemporary is wrapped by errors that another try may mend: a name server
// did not answer. The verdict beside it is what can be said without it.
var ErrTemporary = errors.New("try again later")

// The bounds of one check.
const (
	checkTime     = 5 * time.Second
	maxHeader     = 1 << 20
	maxMail       = 32 << 20
	maxSignatures = 5
	maxResult     = 160 // characters of a result that a reason quotes
)

// Resolver is the name service as DKIM needs it. LookupTXT returns when ctx is
// done; a name that does not exist is a [net.DNSError] with IsNotFound set, and
// every other error counts as temporary.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// SystemResolver asks the name servers this machine is configured with. It is
// Go's own resolver: the one of the operating system may not hear a context.
func SystemResolver() Resolver {
	return &net.Resolver{PreferGo: true}
}

// Policy says whose mail counts and which servers' results count.
type Policy struct {
	Senders mail.Senders
	// Authserv are the ids of servers whose Authentication-Results count;
	// "*.example.org" stands for every id below example.org.
	Authserv []string
	// Host is the IMAP server the mail was read from. The ids that the big
	// providers write are known.
	Host string
}

// Checker judges mails. It is safe for concurrent use.
type Checker struct {
	keys *keyring
}

// New makes a checker that asks r for keys.
func New(r Resolver) *Checker {
	return &Checker{keys: newKeyring(r)}
}

// Check judges the origin of one mail. It takes at most five seconds. An error
// wrapping [ErrTemporary] comes with the verdict that holds as long as no name
// server answers; every other error is ctx's.
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
	// Our own limit means a name service that does not answer; the caller's end
	// of patience does not.
	if err := ctx.Err(); err != nil {
		return parcel.Verdict{}, fmt.Errorf("verify the signature of %s: %w", from.domain, err)
	}
	v := judge(from, own, p.results(m.Header.Fields, from.domain), doubled(m.Header))
	if own.temporary != nil && v.Trust == parcel.TrustUnverified {
		return v, fmt.Errorf("look up the key of %s: %w: %w", from.domain, ErrTemporary, own.temporary)
	}
	return v, nil
}

// judge weighs our own check against the word of servers that count. Our own
// pass is the strongest; a counting server's "not the shop's" is next.
func judge(from sender, own checked, said said, doubled string) parcel.Verdict {
	good := from.trust()
	switch {
	case own.passed != "" && doubled == "":
		return verdict(good, from.reason(message.New("proof_checked", "Result", own.passed)))
	case said.failed != (word{}) && own.passed == "":
		return verdict(parcel.TrustForged, said.failed.reason())
	case said.passed != (word{}) && doubled == "":
		return verdict(good, from.reason(said.passed.reason()))
	case from.Class == mail.Forwarder:
		return verdict(good, from.reason(message.New("proof_none")))
	case doubled != "":
		// A signature covers one of them, a reader may take the other.
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
