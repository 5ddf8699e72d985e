// Package cli turns what commands have found into text for people and JSON for
// scripts: tables, timelines, progress, and the documents that scripts hold on
// to. It knows the words of package parcel and nothing of where they come from.
package cli
