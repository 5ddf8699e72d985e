package wire

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/url"
	"strings"

	"parcelwatch/carriers"
)

const struck = "[secret]"

// striker takes secrets out of texts, in the forms in which services echo them.
type striker struct{ replace *strings.Replacer }

// newStriker knows the values of secret settings, and of the others that are
// long enough not to be a word of an ordinary answer (a login).
func newStriker(settings []carriers.Setting, values map[string]string) striker {
	var pairs []string
	for _, s := range settings {
		v := values[s.Name]
		if v == "" || (!s.Secret && len(v) < 4) {
			continue
		}
		for _, form := range forms(v) {
			pairs = append(pairs, form, struck)
		}
	}
	return striker{strings.NewReplacer(pairs...)}
}

func forms(v string) []string {
	all := []string{v, url.QueryEscape(v), url.PathEscape(v), html.EscapeString(v)}
	var b strings.Builder
	if xml.EscapeText(&b, []byte(v)) == nil {
		all = append(all, b.String())
	}
	if j, err := json.Marshal(v); err == nil {
		all = append(all, strings.Trim(string(j), `"`))
	}
	if len(v) >= 4 {
		all = append(all, base64.StdEncoding.EncodeToString([]byte(v)))
	}
	return all
}

func (s striker) text(t string) string { return s.replace.Replace(t) }
