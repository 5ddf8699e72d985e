// Package parcel defines the domain types of the program (notices, events, parcels,
// orders and changes) and the pure rules on them. It must not know mail, the
// carriers' wire protocols or storage, and imports only the standard library,
// parcel/number and internal/message.
package parcel
