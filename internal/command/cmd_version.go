package command

import (
	"fmt"

	"parcelwatch/internal/version"
)

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "parcelwatch", version.Get())
	return err
}
