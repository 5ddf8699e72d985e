package config

// Parse reads bytes as [Load] reads a file.
var Parse = parse
