// Package notify turns changes into digests and delivers them: Compose decides
// what a digest contains, Render makes text and HTML of it, and a Notifier sends
// it by SMTP and to channels through an outbox that survives restarts. It must not
// know where parcels come from or how they are stored.
package notify
