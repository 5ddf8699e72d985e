// Package tracker follows parcels: a notice becomes orders and parcels (Intake),
// carriers are asked when something may have happened (Plan, NextCheck, Run),
// and their answers become timelines and changes. It must not know IMAP, SQL or
// how changes are announced; it sees stores and carriers through interfaces.
package tracker
