package notify

// Internals used by the external tests.
var (
	Isolate = isolate
	Page    = page
)

// SectionKinds returns all sections in the order of the digest.
func SectionKinds() []SectionKind {
	var out []SectionKind
	for _, row := range sectionTable() {
		out = append(out, row.kind)
	}
	return out
}
