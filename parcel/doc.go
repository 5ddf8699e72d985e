// Package parcel holds the words the whole program speaks: numbers, notices,
// events, parcels, orders and changes, and the pure rules that belong to them.
// It knows nothing of mail, of the posts' wire protocols or of storage, and
// imports the standard library and internal/message only.
package parcel
