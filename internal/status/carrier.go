package status

import (
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/internal/fault"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// CarrierState is the state of a carrier.
type CarrierState struct {
	State       parcel.CarrierState `json:"state"`
	Until       *time.Time          `json:"until"`
	Today       int                 `json:"today"`
	Budget      int                 `json:"budget"`
	LastSuccess *time.Time          `json:"last_success"`
	Error       string              `json:"error"`
	Note        string              `json:"note,omitempty"`
	Fault       message.Text        `json:"-"` // Error as a message
}

// CarrierStatus is a carrier's row in a Status.
type CarrierStatus struct {
	Name string `json:"name"`
	CarrierState
}

// Carrier describes a carrier: coverage, credential and state.
type Carrier struct {
	Schema    int           `json:"schema"`
	Name      string        `json:"name"`
	Title     string        `json:"title"`
	Site      string        `json:"site"`
	Role      carriers.Role `json:"role"`
	Countries []string      `json:"countries"` // empty for everywhere
	Settings  []string      `json:"settings"`
	Missing   []string      `json:"missing"`
	Help      string        `json:"help"`
	CarrierState
}

// LacksCredential reports whether the carrier is not asked only because its credential
// is not configured.
func (d Carrier) LacksCredential() bool {
	return d.State == parcel.CarrierNoCredential && d.Error == ""
}

// Describe returns the description of every carrier.
func (s Source) Describe(ctx context.Context) ([]Carrier, error) {
	health, err := s.health(ctx)
	if err != nil {
		return nil, err
	}
	out := []Carrier{}
	for _, m := range s.Carriers.Members() {
		d := Carrier{
			Schema: Schema, Name: m.Info.Name, Title: m.Info.Title, Site: m.Info.Site, Role: m.Info.Role,
			Countries: some(m.Info.Countries), Settings: []string{}, Missing: some(m.Missing),
			CarrierState: s.carrierState(m, health.Carriers),
		}
		if m.Info.NeedsCredential() {
			d.Help = locale.English(message.New("key_" + d.Name))
		}
		for _, one := range m.Info.Settings {
			d.Settings = append(d.Settings, one.Name)
		}
		out = append(out, d)
	}
	return out, nil
}

// carrierState combines the configuration with the recorded health. A circuit breaker
// whose time is over counts as closed.
func (s Source) carrierState(m carriers.Member, recorded []parcel.CarrierHealth) CarrierState {
	var h parcel.CarrierHealth
	for _, one := range recorded {
		if one.Name == m.Info.Name {
			h = one
		}
	}
	if configured := m.State(); configured != parcel.CarrierOK {
		h.State, h.Error, h.Fault = configured, "", nil
	} else if h.State == "" || h.State == parcel.CarrierQuarantined && !h.Until.After(s.Now) {
		h.State = parcel.CarrierOK
	}
	if err := s.Broken[m.Info.Name]; err != nil {
		h.State, h.Error, h.Fault = parcel.CarrierNoCredential, err.Error(), fault.Explain(err)
	}
	return CarrierState{
		State: h.State, Until: moment(h.Until), Today: h.Today, Budget: m.Info.Budget,
		LastSuccess: moment(h.LastSuccess), Error: h.Error, Note: h.Note, Fault: h.Fault,
	}
}
