package locale

// facts are what a printer knows about a carrier.
type facts struct {
	called   string
	country  string
	language string // of its texts; "" if they come in several
	standard bool   // its texts are the names of its codes and add nothing to them
}

// carriersByName reads the table that the tests of carriers/all write from the
// carriers' facts, by the name in the configuration.
func carriersByName() map[string]facts {
	all := map[string]facts{}
	for f := range rows("carriers.tsv", 5) {
		all[f[0]] = facts{called: f[1], country: f[2], language: f[3], standard: f[4] == "true"}
	}
	return all
}
