package notify

// What the external tests look into.
var (
	Isolate = isolate
	Page    = page
)

// SectionKinds lists every section in the order of the digest.
func SectionKinds() []SectionKind {
	var out []SectionKind
	for _, row := range sectionTable() {
		out = append(out, row.kind)
	}
	return out
}
