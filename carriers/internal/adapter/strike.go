package adapter

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/url"
	"regexp"
	"strings"

	"parcelwatch/carriers"
)

const struck = "[secret]"

// striker masks secrets in texts, in the forms in which services echo them, and
// personal data in answers.
type striker struct {
	replace *strings.Replacer
	persons *regexp.Regexp // nil if the service has no personal fields
}

// newStriker returns a striker for the values of secret settings, and of other
// settings that are too long to be a word of an ordinary answer (a login).
func newStriker(settings []carriers.Setting, values map[string]string, personal []string) striker {
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
	s := striker{replace: strings.NewReplacer(pairs...)}
	if len(personal) > 0 {
		quoted := make([]string, len(personal))
		for i, name := range personal {
			quoted[i] = regexp.QuoteMeta(name)
		}
		names := "(?:" + strings.Join(quoted, "|") + ")"
		s.persons = regexp.MustCompile(`(<(?:\w+:)?` + names + `\b[^>]*>)[^<]*|("` + names + `"\s*:\s*")(?:[^"\\]|\\.)*`)
	}
	return s
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

// answer masks secrets and personal data in an answer that is kept.
func (s striker) answer(t string) string {
	t = s.text(t)
	if s.persons != nil {
		t = s.persons.ReplaceAllString(t, "$1$2"+struck)
	}
	return NoNames(t)
}
