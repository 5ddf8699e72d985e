// Package config reads the one TOML file: strictly, with every problem named by
// file, line and the nearest right name, and without ever showing a value that
// might be a secret. It is plain data; what a carrier's settings mean is not its
// business.
package config
