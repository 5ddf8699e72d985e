// Package locale turns message ids, statuses, dates and countries into the
// words of a language. The catalogues are embedded, one folder a language;
// where one lacks a message, English steps in and never another language. It
// knows nothing of where the words are shown.
package locale
