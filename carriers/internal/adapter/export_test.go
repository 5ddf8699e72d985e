package adapter

// Countries is the table of countries.
func Countries() string { return countries }
