package version

// Of exposes of, which reads the build information.
var Of = of
