package sqlite

// adopt has nothing to do: files take over the rights of their folder.
func adopt(string) error { return nil }
