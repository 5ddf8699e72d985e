// Package wine holds the tests of the Windows program: its unit tests, the
// service under a service manager and the installer, under Wine on this machine,
// with the mail server outside of it. They need root, debootstrap, for the
// installer wixl and msitools, and PARCELWATCH_RIG=1. Wine has one account and
// no access lists, and carries out no recovery actions; those are set, not seen.
package wine
