// Package cli renders results of commands as text for users and JSON for scripts:
// tables, timelines, progress and JSON documents. It must not know where the data
// comes from.
package cli
