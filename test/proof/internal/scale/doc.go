//go:build linux

// Package scale runs several daemons on one PostgreSQL database with the mailboxes and
// parcels of many households, ends daemons and databases meanwhile, and counts what was
// recorded and told.
package scale
