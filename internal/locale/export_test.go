package locale

// Catalog is the embedded catalogue, for tests of its completeness.
var Catalog = catalog //nolint:gochecknoglobals // the embedded files, handed to the external tests
