package mailwatch

import "parcelwatch/internal/textx"

const maxText = 200

// oneLine makes text from outside fit for a log line.
func oneLine(s string) string { return textx.Line(s, maxText) }
