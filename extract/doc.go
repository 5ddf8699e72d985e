// Package extract turns the bytes of a mail into a Notice with its orders,
// tracking numbers and step, in any language. It does no I/O, never follows a
// link, and treats every byte as hostile.
package extract
