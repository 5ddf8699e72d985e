package notify_test

import (
	"html/template"
	"strings"
	"testing"
	text "text/template"

	"parcelwatch/notify"
)

func BenchmarkDigest(b *testing.B) {
	in := many(1000)
	p := printer(b, "ru")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := notify.Render(notify.Compose(in, noon), p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareTemplate writes the same thousand titles and texts with trivial templates
// for text and HTML.
func BenchmarkBareTemplate(b *testing.B) {
	const body = `{{range .Parcels}}<p>{{.Title}}</p>{{range .Sources}}{{range .Events}}<p>{{.Place}}: {{.Text}}</p>{{end}}{{end}}{{end}}`
	in := many(1000)
	plain, page := text.Must(text.New("plain").Parse(body)), template.Must(template.New("page").Parse(body))
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		if err := plain.Execute(&out, in); err != nil {
			b.Fatal(err)
		}
		if err := page.Execute(&out, in); err != nil {
			b.Fatal(err)
		}
	}
}
