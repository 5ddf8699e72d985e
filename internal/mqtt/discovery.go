package mqtt

import (
	"encoding/json"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/version"
)

// The availability of the daemon.
const (
	online  = "online"
	offline = "offline"
)

// The keys of Home Assistant's discovery are abbreviated as its documentation allows.
type discovery struct {
	Device     device            `json:"dev"`
	Origin     origin            `json:"o"`
	Available  string            `json:"avty_t"`
	State      string            `json:"stat_t"`
	QoS        int               `json:"qos"`
	Components map[string]entity `json:"cmps"`
}

type device struct {
	IDs      []string `json:"ids"`
	Name     string   `json:"name"`
	Maker    string   `json:"mf"`
	Software string   `json:"sw"`
	Page     string   `json:"cu,omitempty"`
}

type origin struct {
	Name     string `json:"name"`
	Software string `json:"sw"`
}

type entity struct {
	Platform   string   `json:"p"`
	Name       string   `json:"name"`
	ID         string   `json:"unique_id"`
	Entity     string   `json:"default_entity_id"`
	Icon       string   `json:"ic,omitempty"`
	Class      string   `json:"dev_cla,omitempty"`
	StateClass string   `json:"stat_cla,omitempty"`
	Category   string   `json:"ent_cat,omitempty"`
	Value      string   `json:"val_tpl,omitempty"`
	State      string   `json:"stat_t,omitempty"`
	Attributes string   `json:"json_attr_t,omitempty"`
	Command    string   `json:"cmd_t,omitempty"`
	Events     []string `json:"evt_typ,omitempty"`
}

// discoveryOf returns the document with which Home Assistant creates the device and its
// entities, named in the printer's language.
func discoveryOf(t topics, p *locale.Printer, page string) ([]byte, error) {
	sw := version.Get().Version
	d := discovery{
		Device:    device{IDs: []string{t.id}, Name: p.T("mqtt_device"), Maker: "parcelwatch", Software: sw, Page: page},
		Origin:    origin{Name: "parcelwatch", Software: sw},
		Available: t.availability(), State: t.state(), QoS: 1, Components: map[string]entity{},
	}
	for name, e := range entities(t) {
		e.Name = p.T("mqtt_" + name)
		e.ID = t.id + "_" + name
		e.Entity = e.Platform + "." + t.id + "_" + name
		d.Components[name] = e
	}
	return json.Marshal(d)
}

// entities returns the entities by the last part of their ids. The names of the parcel
// sensors are those by which parcel cards find them.
func entities(t topics) map[string]entity {
	count := func(field, icon, attributes string) entity {
		return entity{Platform: "sensor", Icon: icon, StateClass: "measurement", Value: value(field), Attributes: attributes}
	}
	return map[string]entity{
		"incoming_parcels":  count("incoming", "mdi:truck-delivery", t.incoming()),
		"delivered_parcels": count("delivered_today", "mdi:package-variant-closed-check", t.delivered()),
		"with_courier":      count("with_courier", "mdi:truck-fast", ""),
		"awaiting_pickup":   count("awaiting_pickup", "mdi:store-marker", ""),
		"next_delivery":     {Platform: "sensor", Class: "timestamp", Value: value("next_delivery")},
		"last_answer":       {Platform: "sensor", Class: "timestamp", Category: "diagnostic", Value: value("last_answer")},
		"needs_you":         {Platform: "binary_sensor", Class: "problem", Value: value("needs_you"), Attributes: t.attention()},
		"blind":             {Platform: "binary_sensor", Class: "problem", Category: "diagnostic", Value: value("blind"), Attributes: t.troubles()},
		"news":              {Platform: "event", Icon: "mdi:bell-ring", State: t.news(), Events: eventTypes()},
		"check_now":         {Platform: "button", Icon: "mdi:refresh", Command: t.refresh()},
	}
}

func value(field string) string { return "{{ value_json." + field + " }}" }
