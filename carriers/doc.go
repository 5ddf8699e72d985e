// Package carriers defines what a post or carrier that can be asked about a
// tracking number promises (Carrier, Info, the five errors), and Keeper, which
// adds batching, circuit breaking, pacing, budgets and retry to one. It must not
// know parcels' schedules, mail, storage or notifications. Each carrier lives in a
// folder of its own, and carriers never import each other.
package carriers
