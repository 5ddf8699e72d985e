// Package tracker holds the story in one place: a notice becomes orders and
// parcels (intake), parcels are asked for when something may have happened
// (schedule, poll), answers become a timeline and changes worth telling. It
// decides in pure functions and sees stores and carriers through interfaces
// only.
package tracker
