package config

// Parse parses bytes as [Load] parses a file.
var Parse = parse
