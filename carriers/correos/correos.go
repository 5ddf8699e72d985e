// Package correos asks Correos, the post of Spain, as its site does. Site:
// https://www.correos.es. No key; the protocol is not published and known from
// two public clients (hermes, ha-correos). The first service answers an unknown
// number with nothing, or with a page, which can mean trouble as well; a second
// one, on another host and known less well, then tells which it is. No limits
// are published, so few requests are made.
package correos

import (
	"context"
	_ "embed" // the code table
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// second is the host of the second service.
const second = "https://localizador.correos.es"

// Info is what is known of Correos.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "correos",
		Title:     "Correos",
		Site:      "https://www.correos.es",
		Page:      "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{"ES"},
		BaseURL:   "https://api1.correos.es",
		Interval:  10 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
	}
}

// New makes the carrier. An endpoint of the person's stands for both services.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	first, err := adapter.New(Info(), cfg, "nombre_cliente", "destinatario", "remitente")
	if err != nil {
		return nil, err
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = second
	}
	other, err := adapter.New(Info(), cfg, "nombre_cliente", "destinatario", "remitente")
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	madrid, err := adapter.Place("Europe/Madrid")
	if err != nil {
		return nil, err
	}
	return &carrier{client: first, second: other, codes: table, madrid: madrid}, nil
}

type carrier struct {
	client, second *adapter.Client
	codes          adapter.Table
	madrid         *time.Location
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of its own numbers: the postal union's ..ES and the domestic
// form of 23 characters. It also answers for other posts' items on the way to
// Spain.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Country() == home || adapter.Is(n, number.FamilyCorreos) {
		return carriers.Yes
	}
	return adapter.If(n.S10() || adapter.Is(n, number.FamilyYanwen), carriers.Maybe)
}

// Track asks for one number.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	return adapter.Each(ctx, numbers, c.one)
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	ans, s, err := c.ask(ctx, n)
	if err != nil {
		return carriers.Result{}, err
	}
	return c.read(ans, s, n)
}
