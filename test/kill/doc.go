// Package kill holds tests that end the real program by SIGKILL at the worst
// moments and look at what is left: no mail lost, no parcel twice, nothing told
// twice but with the same Message-ID.
package kill
