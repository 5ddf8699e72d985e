// Package api serves the state of parcels to other programs: JSON below /api/v1, a
// calendar, metrics and a sign of health. The documents are those of the commands. It
// must not know how requests reach it; [API.Register] gives its handlers to a server that
// bounds their sizes and times.
package api
