// Package correos asks Correos, the post of Spain. Site: https://www.correos.es.
// It takes no key. The protocol is not published; it is known from two public
// clients (hermes, ha-correos). The first service answers an unknown number with
// nothing or with a web page, which can also mean that it is out of order. A
// second service, on another host and less well known, then tells which it is.
// No limits are published, so the adapter makes few requests.
package correos

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

const secondHost = "https://localizador.correos.es"

// Info returns the facts of Correos.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "correos",
		Title:     "Correos",
		Site:      "https://www.correos.es",
		Page:      "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "es",
		Covers:    "Spain",
		BaseURL:   "https://api1.correos.es",
		Hosts:     []string{secondHost},
		Interval:  10 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
	}
}

// New returns the carrier. A configured endpoint replaces both hosts.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	personal := []string{"nombre_cliente", "destinatario", "remitente"}
	base, err := adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Madrid", Personal: personal})
	if err != nil {
		return nil, err
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = secondHost
	}
	second, err := adapter.NewClient(Info(), cfg, personal...)
	if err != nil {
		return nil, err
	}
	return &carrier{base, second}, nil
}

type carrier struct {
	adapter.Base

	second *adapter.Client
}

// Match claims the S10 numbers of Spain and the domestic form of 23 characters.
// Items of other posts may be on their way there.
func (*carrier) Match(n number.Number) carriers.Match {
	if adapter.Is(n, number.FamilyCorreos) {
		return carriers.Yes
	}
	return adapter.National(n, home)
}

// Track asks for one number a call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.ask)
}
