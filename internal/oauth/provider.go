package oauth

import (
	"errors"
	"fmt"
	"net/url"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"

	"golang.org/x/oauth2"
)

// App is the user's own application at a provider.
type App struct {
	Provider     string
	ClientID     string
	ClientSecret string
	// Endpoint replaces scheme and host of the provider's addresses; the paths
	// stay. For national clouds, mirrors and tests.
	Endpoint string
}

// ByBrowser reports whether the provider requires a login by browser on this machine
// instead of a device code.
func (a App) ByBrowser() bool {
	p, _ := provider.OAuthOf(a.Provider)
	return p.Browser
}

// config returns the application in the library's form.
func (a App) config() (*oauth2.Config, error) {
	p, ok := provider.OAuthOf(a.Provider)
	if !ok {
		return nil, fmt.Errorf("%w: provider %.20q is not known", ErrApp, a.Provider)
	}
	if a.ClientID == "" {
		return nil, fmt.Errorf("%w: the client id is missing", ErrApp)
	}
	e := oauth2.Endpoint{AuthURL: p.AuthURL, TokenURL: p.TokenURL, DeviceAuthURL: p.DeviceURL, AuthStyle: oauth2.AuthStyleInParams}
	if a.Endpoint != "" {
		for _, address := range []*string{&e.AuthURL, &e.TokenURL, &e.DeviceAuthURL} {
			if *address == "" {
				continue
			}
			moved, err := move(*address, a.Endpoint)
			if err != nil {
				return nil, err
			}
			*address = moved
		}
	}
	return &oauth2.Config{ClientID: a.ClientID, ClientSecret: a.ClientSecret, Endpoint: e, Scopes: p.Scopes}, nil
}

var errEndpoint = errors.New("not an address that tokens may be sent to; https is expected, plain http on this machine only")

// move replaces the scheme and host of an address.
func move(address, endpoint string) (string, error) {
	to, err := url.Parse(endpoint)
	if err != nil || !netx.Private(to) {
		return "", fmt.Errorf("endpoint %.100q: %w", endpoint, errEndpoint)
	}
	from, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("endpoint: %w", err)
	}
	from.Scheme, from.Host = to.Scheme, to.Host
	return from.String(), nil
}
