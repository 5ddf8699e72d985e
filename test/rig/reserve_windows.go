package rig

// reserve has nothing to do where the servers of the rigs do not run.
func reserve(int) bool { return true }
