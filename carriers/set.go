package carriers

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Options are the user's settings for one carrier.
type Options struct {
	Endpoint    string // replaces scheme and host; empty for the carrier's default
	Proxy       string
	Off         bool
	Destination string            // ISO country where parcels usually arrive, or ""
	Settings    map[string]string // by Setting.Name, secrets resolved
}

// Member is a carrier of a [Set] and whether it can be asked.
type Member struct {
	Defined

	Info    Info
	Carrier Carrier // never nil; without its credential only Match works
	Off     bool
	Missing []string // required settings that are not configured

	client *http.Client
}

// State returns the member's state as far as the configuration determines it.
func (m Member) State() parcel.CarrierState {
	switch {
	case m.Off:
		return parcel.CarrierOff
	case len(m.Missing) > 0:
		return parcel.CarrierNoCredential
	default:
		return parcel.CarrierOK
	}
}

// CredentialHelp returns how to get the credential of the carrier, nil if it needs none.
func (m Member) CredentialHelp() message.Text {
	switch {
	case !m.Info.NeedsCredential():
		return nil
	case m.Keyed:
		return message.New("key_declared", "Path", m.File)
	default:
		return message.New("key_" + m.Info.Name)
	}
}

// Link returns the public tracking page of the number, or "" if the carrier has
// none.
func (m Member) Link(n number.Number) string {
	post, _ := number.PostOf(m.Info.Country)
	return number.Fill(cmp.Or(m.Info.Page, post.Page), n)
}

// Set is every carrier, made with the user's options.
type Set struct{ members []Member }

// NewSet makes the carriers. options are by name; a carrier without options gets
// its defaults. An unusable address or proxy is an error, a missing credential is
// not.
func NewSet(factories []Factory, options map[string]Options) (*Set, error) {
	s := &Set{}
	for _, f := range factories {
		m, err := newMember(f, options[f.Info.Name])
		if err != nil {
			return nil, fmt.Errorf("carrier %s: %w", f.Info.Name, err)
		}
		s.members = append(s.members, m)
	}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if _, ok := s.Get(name); !ok {
			return nil, fmt.Errorf("carrier %s: %w", name, ErrUnknown)
		}
	}
	return s, nil
}

// Close closes the connections that are kept for later requests. The set can still be used.
func (s *Set) Close() {
	for _, m := range s.members {
		m.client.CloseIdleConnections()
	}
}

// Members returns all members in the order in which they are shown.
func (s *Set) Members() []Member { return slices.Clone(s.members) }

// Titles returns the titles of the carriers that a definition gives one, by name.
func (s *Set) Titles() map[string]string {
	out := map[string]string{}
	for _, m := range s.members {
		if m.Titled {
			out[m.Info.Name] = m.Info.Title
		}
	}
	return out
}

// Get returns the member with the name.
func (s *Set) Get(name string) (Member, bool) {
	i := slices.IndexFunc(s.members, func(m Member) bool { return m.Info.Name == name })
	if i < 0 {
		return Member{}, false
	}
	return s.members[i], true
}

// Carriers returns the carriers that can be asked.
func (s *Set) Carriers() []Carrier {
	var list []Carrier
	for _, m := range s.members {
		if m.State() == parcel.CarrierOK {
			list = append(list, m.Carrier)
		}
	}
	return list
}

// Budgets returns how many numbers a day the carriers with a limit can be asked about.
func (s *Set) Budgets() map[string]int {
	out := map[string]int{}
	for _, m := range s.members {
		if m.State() == parcel.CarrierOK && m.Info.Budget > 0 {
			out[m.Info.Name] = m.Info.Budget * max(1, m.Info.Batch)
		}
	}
	return out
}

func newMember(f Factory, o Options) (Member, error) {
	client, err := newHTTPClient(o.Proxy, f.publicHost(o), nil)
	if err != nil {
		return Member{}, err
	}
	c, err := f.New(Config{BaseURL: o.Endpoint, HTTP: client, Destination: o.Destination, Settings: o.Settings})
	if err != nil {
		return Member{}, err
	}
	m := Member{Info: f.Info, Carrier: c, Off: o.Off, Defined: f.Defined, client: client}
	for _, set := range f.Info.Settings {
		if set.Required && o.Settings[set.Name] == "" {
			m.Missing = append(m.Missing, set.Name)
		}
	}
	return m, nil
}

// publicHost returns the host of a service that may not be in a private network, or "".
// An endpoint that the user has configured may be anywhere, and so may this machine.
func (f Factory) publicHost(o Options) string {
	u, err := url.Parse(f.Info.BaseURL)
	if err != nil || !f.Public || o.Endpoint != "" || netx.Loopback(u.Hostname()) {
		return ""
	}
	return u.Hostname()
}
