// Package extract turns the bytes of a mail into a Notice: which orders, which
// numbers, which step, in any language, by the mail's structure. It is pure,
// follows no link, and treats every byte as hostile.
package extract
