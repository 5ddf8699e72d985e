package laposte

import (
	"regexp"
	"strings"

	"parcelwatch/carriers/internal/adapter"
)

// home is the post's country.
const home = "FR"

// row finds the row of an event code.
func (c *carrier) row(code string) adapter.Code { return c.Row(strings.ToUpper(code), "*") }

// colissimo is the form of domestic parcels.
var colissimo = regexp.MustCompile(`^\d[A-Z]\d{11}$`)
