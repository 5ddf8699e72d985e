package version

// Of is what a build has left.
var Of = of
