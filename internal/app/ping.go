package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
)

const (
	pingEvery = 5 * time.Minute
	pingTime  = 20 * time.Second
)

// pinger returns a function that fetches the address of a dead man's switch, at
// most every five minutes, or nil if none is configured. The address is a secret
// and does not appear in errors.
func pinger(secret config.Secret) func(context.Context) error {
	if secret.IsZero() {
		return nil
	}
	var mu sync.Mutex
	var last time.Time
	client := &http.Client{Timeout: pingTime, Transport: netx.Bounded(&http.Transport{Proxy: http.ProxyFromEnvironment})}
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if !last.IsZero() && time.Since(last) < pingEvery {
			return nil
		}
		address, err := secret.Resolve(ctx)
		if err != nil {
			return fmt.Errorf("alarm.ping: %w", err)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
		if err != nil {
			return errors.New("alarm.ping: the address cannot be used")
		}
		res, err := client.Do(req)
		if err != nil {
			if withAddress, ok := errors.AsType[*url.Error](err); ok {
				err = withAddress.Err
			}
			return fmt.Errorf("alarm.ping: %w", err)
		}
		_ = res.Body.Close()
		last = time.Now()
		if res.StatusCode >= http.StatusBadRequest {
			return fmt.Errorf("alarm.ping: answered %s", res.Status)
		}
		return nil
	}
}
