package app

import (
	"context"
	"errors"
	"net"
	"sync"

	"parcelwatch/mail/verify"
)

// OneShotResolver returns a resolver that queries each name once, and nothing after the
// name servers failed to answer, so that reading many mails offline does not wait five
// seconds for each.
func OneShotResolver() verify.Resolver {
	return &oneShot{resolver: verify.SystemResolver(), known: map[string]answer{}}
}

type oneShot struct {
	resolver verify.Resolver
	mu       sync.Mutex
	known    map[string]answer
	down     error
}

type answer struct {
	texts []string
	err   error
}

// LookupTXT implements [verify.Resolver].
func (r *oneShot) LookupTXT(ctx context.Context, name string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a, ok := r.known[name]; ok {
		return a.texts, a.err
	}
	if r.down != nil {
		return nil, r.down
	}
	texts, err := r.resolver.LookupTXT(ctx, name)
	if err != nil && !absent(err) {
		r.down = err
		return nil, err
	}
	r.known[name] = answer{texts, err}
	return texts, err
}

// absent reports whether err means that the name does not exist, which is a valid answer.
func absent(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}
