package main

import "parcelwatch/internal/version"

type versionCmd struct{}

// Run says which version this is.
func (versionCmd) Run(e *env) error {
	e.print("parcelwatch " + version.Get().String())
	return nil
}
