package locale

// Catalog is the embedded catalogue, for tests of its completeness.
var Catalog = embedded
