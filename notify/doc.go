// Package notify turns changes into a digest and gets it to the person: compose
// (what is worth saying, in which section), render (text and HTML from one
// model), send (SMTP and other channels) through an outbox that survives
// restarts. Composing and rendering are pure. It knows nothing of where the
// parcels come from.
package notify
