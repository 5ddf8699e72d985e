package config

import _ "embed"

//go:embed example.toml
var example string

// Example is a configuration file with every key, to start from.
func Example() string { return example }
