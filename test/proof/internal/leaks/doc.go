// Package leaks counts what the real daemon holds open after many lost
// connections and many reloads of its configuration.
package leaks
