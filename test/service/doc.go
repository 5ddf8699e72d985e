// Package service holds the tests of the package and the service under a real
// systemd: PID 1 of a container, with the mail server outside of it. They need
// root, debootstrap, systemd-container and PARCELWATCH_RIG=1.
package service
