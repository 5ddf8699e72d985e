package setup

// NamesOf returns the names of a machine with a host name.
func NamesOf(full string) []string { return namesOf(full) }
