package adapter

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // Windows and empty containers have no time zone database

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Spec describes a service to [New].
type Spec struct {
	// Codes is the code table; if empty, the codes.tsv of the carrier's folder is
	// used.
	Codes string
	// Zone names the time zone of the service's wall clocks, such as
	// "Europe/Rome". Empty means UTC.
	Zone string
	// NewestFirst is set for services that list the newest event first.
	NewestFirst bool
	// Personal names the elements or members of an answer that hold names,
	// addresses or phone numbers. Their values are removed from answers kept for
	// bug reports.
	Personal []string
}

// Base is embedded by every adapter. It holds the carrier's Info, the client of its
// service, its code table and its settings, and is safe for concurrent use.
type Base struct {
	Client
	Table

	Zone *time.Location // of Spec.Zone

	info        carriers.Info
	settings    map[string]string
	newestFirst bool
}

// New returns the carrier that build makes of the base. It fails for an unusable
// base URL and for a broken table or zone, but not for a missing credential.
func New(info carriers.Info, cfg carriers.Config, spec Spec, build func(Base) carriers.Carrier) (carriers.Carrier, error) {
	client, err := NewClient(info, cfg, spec.Personal...)
	if err != nil {
		return nil, err
	}
	table, err := ParseTable(cmp.Or(spec.Codes, carriers.CodeTable(info.Name)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", info.Name, err)
	}
	zone, err := time.LoadLocation(spec.Zone)
	if err != nil {
		return nil, fmt.Errorf("%s: load the service's time zone: %w", info.Name, err)
	}
	return build(Base{
		Client: *client, Table: table, Zone: zone, info: info, settings: cfg.Settings, newestFirst: spec.NewestFirst,
	}), nil
}

// Info returns the Info that was passed to New.
func (b *Base) Info() carriers.Info { return b.info }

// Setting returns the configured value of a setting, or "".
func (b *Base) Setting(name string) string { return b.settings[name] }

// Result completes what was read from one answer: it orders the events, fills in
// the pickup place if the parcel waits and removes it if not, lists codes that the
// table does not hold, and drops [Ignored] events. lines is the number of lines
// from which events were read; if it is not zero and there are no events, the error
// is [carriers.ErrChanged].
func (b *Base) Result(ans Answer, n number.Number, t parcel.Tracking, lines int) (carriers.Result, error) {
	if len(t.Events) == 0 && lines > 0 {
		return carriers.Result{}, b.Changed(ans, "none of %d events could be read", lines)
	}
	t.Events = slices.DeleteFunc(t.Events, func(e parcel.Event) bool { return e.Status == Ignored })
	t.Events = Timeline(t.Events, b.newestFirst)
	if at, ok := Waiting(t.Events); ok {
		t.PickupPlace = cmp.Or(t.PickupPlace, at.Place)
	} else {
		t.PickupPlace = ""
	}
	return carriers.Result{Number: n, Tracking: t, Unmapped: unmapped(t.Events)}, nil
}
