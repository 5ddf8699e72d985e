package config

// Readers exposes readers to tests.
var Readers = readers
