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
	LastEvents  *time.Time          `json:"last_events"`    // the last answer with events
	Answers     int                 `json:"recent_answers"` // last answers with events ...
	Unknown     int                 `json:"recent_unknown"` // ... and those of them with an unknown code
	Fault       message.Text        `json:"-"`              // Error as a message
}

// Failing reports whether the carrier gives no usable answers although it is configured.
// That includes a credential that is configured and cannot be read.
func (s CarrierState) Failing() bool {
	return s.State.Failing() || s.State == parcel.CarrierNoCredential && s.Error != ""
}

// CarrierStatus is a carrier's row in a Status.
type CarrierStatus struct {
	Name  string `json:"name"`
	Title string `json:"title"`
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
	File      string        `json:"file,omitempty"`             // that defines the carrier
	Replaces  bool          `json:"replaces_builtin,omitempty"` // it takes the place of a built-in one
	Key       message.Text  `json:"-"`                          // Help as a message
	CarrierState
	// UnknownCodes are codes that its table does not hold, the newest first.
	UnknownCodes []parcel.UnknownCode `json:"unknown_codes"`
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
		h := recordedOf(m, health.Carriers)
		d := Carrier{
			Schema: Schema, Name: m.Info.Name, Title: m.Info.Title, Site: m.Info.Site, Role: m.Info.Role,
			Countries: some(m.Info.Countries), Settings: []string{}, Missing: some(m.Missing), File: m.File, Replaces: m.Replaces,
			CarrierState: s.carrierState(m, health.Carriers), UnknownCodes: append([]parcel.UnknownCode{}, h.Unknown...),
		}
		if d.Key = m.CredentialHelp(); d.Key != nil {
			d.Help = locale.English(d.Key)
		}
		for _, one := range m.Info.Settings {
			d.Settings = append(d.Settings, one.Name)
		}
		out = append(out, d)
	}
	return out, nil
}

// carrierState combines the configuration with the recorded health. A circuit breaker
// whose time is over counts as closed, unless the credential was refused.
func (s Source) carrierState(m carriers.Member, recorded []parcel.CarrierHealth) CarrierState {
	h := recordedOf(m, recorded)
	if configured := m.State(); configured != parcel.CarrierOK {
		h.State, h.Error, h.Fault = configured, "", nil
	} else if h.State == "" || h.State != parcel.CarrierCredential && h.State.Open() && !h.Until.After(s.Now) {
		h.State = parcel.CarrierOK
	}
	if err := s.Broken[m.Info.Name]; err != nil {
		h.State, h.Error, h.Fault = parcel.CarrierNoCredential, err.Error(), fault.Explain(err)
	}
	unknown, answers := carriers.UnknownShare(h)
	return CarrierState{
		State: h.State, Until: moment(h.Until), Today: h.Today, Budget: m.Info.Budget,
		LastSuccess: moment(h.LastSuccess), Error: h.Error, Note: h.Note, Fault: h.Fault,
		LastEvents: moment(h.LastEvents), Answers: answers, Unknown: unknown,
	}
}

// recordedOf returns the recorded health of a carrier.
func recordedOf(m carriers.Member, recorded []parcel.CarrierHealth) parcel.CarrierHealth {
	for _, one := range recorded {
		if one.Name == m.Info.Name {
			return one
		}
	}
	return parcel.CarrierHealth{}
}
