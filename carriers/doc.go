// Package carriers defines the contract of a post or carrier that can be queried
// for a tracking number (Carrier, Info, the five errors), and Keeper, which adds
// batching, circuit breaking, pacing, budgets and retry to one. It must not know
// parcels' schedules, mail, storage or notifications. Each carrier lives in a
// separate folder, and carriers never import each other.
package carriers
