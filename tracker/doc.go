// Package tracker tracks parcels: Intake turns notices into orders and parcels,
// Plan and NextCheck decide which carriers are asked and when, and Run asks them
// and turns their answers into timelines and changes. It must not know IMAP, SQL or
// how changes are announced; it uses stores and carriers through interfaces.
package tracker
