// Package mqtt publishes the state of the parcels to an MQTT 5 broker, in the form that
// Home Assistant discovers and that parcel cards read. It must not know how a digest is
// delivered, and decides nothing about parcels.
//
// Everything but news is retained, so that a broker or Home Assistant that starts later
// has the present state. What is published again only if it changed.
package mqtt
