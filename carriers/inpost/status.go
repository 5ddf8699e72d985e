package inpost

// home is the country of the carrier.
const home = "PL"
