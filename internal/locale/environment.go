package locale

// FromEnvironment is the language the system speaks, by LC_ALL, LC_MESSAGES and
// LANG in that order, or English where that is none of ours.
func FromEnvironment(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		tag := getenv(name)
		if tag == "" {
			continue
		}
		if code, ok := known(tag); ok {
			return code
		}
		// The first that is set decides, as in setlocale(3).
		return fallback
	}
	return fallback
}
