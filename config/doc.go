// Package config reads and validates the TOML configuration file. Every problem
// is reported with file, line and the nearest valid name, and never with a
// value, which might be a secret. The package must not know the meaning of a
// carrier's settings.
package config
