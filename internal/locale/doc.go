// Package locale renders message ids, statuses, dates and countries in a language.
// It must not know where the texts are shown. The catalogues are embedded, one folder
// for each language; a message missing from one is rendered in English, never in a
// third language.
package locale
