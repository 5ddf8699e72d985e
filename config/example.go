package config

import _ "embed"

//go:embed example.toml
var example string

// Example returns a configuration file with every key as a starting point.
func Example() string { return example }
