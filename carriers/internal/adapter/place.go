package adapter

import (
	"fmt"
	"time"
	_ "time/tzdata" // Windows and empty containers have no time zones
)

// Place loads the zone of a place ("Europe/Madrid"), for services that write the
// wall clock of their own country.
func Place(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone of the service: %w", err)
	}
	return zone, nil
}
