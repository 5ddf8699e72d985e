package locale

import "parcelwatch/internal/packed"

// Catalog is the embedded catalogue, for tests of its completeness.
var Catalog = packed.Files{FS: embedded}
