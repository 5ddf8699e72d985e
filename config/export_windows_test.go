package config

// Readers is how an access list is read, for tests.
var Readers = readers
