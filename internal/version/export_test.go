package version

// Of is what a build has left.
var Of = of //nolint:gochecknoglobals // for tests only
