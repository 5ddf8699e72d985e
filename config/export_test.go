package config

// Parse reads bytes as [Load] reads a file.
var Parse = parse //nolint:gochecknoglobals // for tests only
