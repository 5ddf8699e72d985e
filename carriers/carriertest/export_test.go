package carriertest

import "context"

// CheckNames returns the names of the checks in order.
func CheckNames() []string {
	var list []string
	for _, c := range checks() {
		list = append(list, c.name)
	}
	return list
}

// Check runs one of the checks.
func (s Suite) Check(ctx context.Context, name string) error {
	for _, c := range checks() {
		if c.name == name {
			return c.run(ctx, s.withDefaults())
		}
	}
	return errElsewhere
}
