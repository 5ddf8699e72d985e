// Package number reads tracking numbers: their canonical form, check digits and
// families, the numbers found in running text, and the designated operator of
// each S10 country. It must not know parcels, mail or carriers; it imports only
// internal/textx.
package number
