package upu

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
)

// row finds the row of an event code. Posts have codes of their own besides those
// of the UPU.
func (c *carrier) row(code string) adapter.Code { return c.Row(strings.ToUpper(code), "*") }
