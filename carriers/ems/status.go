package ems

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
)

// row finds the row of a label: the service has no codes, and those of the table
// are its English labels.
func (c *carrier) row(label string) adapter.Code {
	for _, row := range c.Codes() {
		if strings.EqualFold(row.Code, strings.TrimSuffix(label, ".")) {
			return row
		}
	}
	return adapter.Unknown()
}
