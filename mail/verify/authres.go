package verify

import (
	"regexp"
	"slices"
	"strings"

	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"

	"github.com/emersion/go-msgauth/authres"

	"parcelwatch/mail"
)

const resultsField = "Authentication-Results"

const (
	maxIDs     = 16 // bounds how many ids of a hostile mail setup shows
	maxReports = 64 // fields that are parsed
)

// said holds the results that trusted servers have recorded in a mail.
type said struct {
	passed word
	failed word
	arc    bool // a chain of ARC seals passed
}

// word is one result and the server that recorded it. The zero value means no
// result.
type word struct {
	result string // "dkim=pass d=aliexpress.com"
	server string // empty for the mailbox's own server
}

// reason returns the result as a reason for a verdict.
func (w word) reason() message.Text {
	if w.server == "" {
		return message.New("proof_said_own", "Result", w.result)
	}
	return message.New("proof_said", "Result", w.result, "Server", w.server)
}

// report is one parsed Authentication-Results field.
type report struct {
	id      string // empty if the server writes none, like Microsoft's
	results []authres.Result
	broken  bool // unterminated comments or quotes
	text    string
}

// results returns the results of trusted servers for mail from domain. Lower
// fields are older and can be written by anybody, so only the topmost ones
// count: those from the first field of a trusted server to the next Received,
// and the first result for each method.
func (p Policy) results(fields []mail.Field, domain string) said {
	var reports []report
	looked := 0
	for _, f := range fields {
		if f.Is("Received") && len(reports) > 0 {
			break
		}
		if !f.Is(resultsField) {
			continue
		}
		if looked++; looked > maxReports {
			break
		}
		if r := parseResults(f.Value); p.counts(r.id) {
			reports = append(reports, r)
		}
	}
	out := weigh(reports, domain)
	out.arc = arcPass(reports)
	return out
}

// arcPass reports whether the first result for ARC is a pass.
func arcPass(reports []report) bool {
	for _, r := range reports {
		for _, result := range r.results {
			if a, ok := result.(*authres.ARCResult); ok {
				return !r.broken && a.Value == authres.ResultPass
			}
		}
	}
	return false
}

// weigh evaluates the reports of trusted servers, topmost first.
func weigh(reports []report, domain string) said {
	var dmarc, dkimPass, dkimFail word
	for _, r := range reports {
		who := textx.Line(r.id, 80)
		if r.broken {
			// A report that cannot be parsed reliably can only count against a
			// mail.
			if dmarc == (word{}) && brokenFail.MatchString(r.text) {
				dmarc = word{"dmarc=fail", who}
			}
			continue
		}
		if dmarc == (word{}) {
			dmarc = dmarcWord(r.results, domain, who)
		}
		if dkimPass == (word{}) && dkimFail == (word{}) {
			dkimPass, dkimFail = dkimWord(r.results, domain, who)
		}
	}
	switch {
	case strings.HasPrefix(dmarc.result, "dmarc=fail"):
		return said{failed: dmarc}
	case dkimPass != (word{}):
		return said{passed: dkimPass}
	case strings.HasPrefix(dmarc.result, "dmarc=pass"):
		return said{passed: dmarc}
	default:
		return said{failed: dkimFail}
	}
}

var brokenFail = regexp.MustCompile(`(?i)\bdmarc\s*=\s*fail\b`)

// dmarcWord returns the first DMARC result that concerns domain. A fail without
// header.from still refers to this mail's From; a pass requires header.from.
func dmarcWord(results []authres.Result, domain, who string) word {
	for _, result := range results {
		r, ok := result.(*authres.DMARCResult)
		if !ok {
			continue
		}
		from := domainOf(r.From)
		switch {
		case r.Value == authres.ResultFail && (from == "" || aligned(from, domain)):
			return word{"dmarc=fail from=" + domain, who}
		case r.Value == authres.ResultPass && aligned(from, domain):
			return word{"dmarc=pass from=" + from, who}
		case r.Value != authres.ResultPass && (from == "" || aligned(from, domain)):
			return word{"dmarc=" + textx.Line(string(r.Value), 20), who}
		}
	}
	return word{}
}

// dkimWord returns the DKIM results for signatures of domain's organisation.
// One valid signature is enough. Errors with keys are ignored.
func dkimWord(results []authres.Result, domain, who string) (pass, fail word) {
	for _, result := range results {
		r, ok := result.(*authres.DKIMResult)
		if !ok {
			continue
		}
		d := domainOf(r.Domain)
		if d == "" {
			d = domainOf(r.Identifier)
		}
		if !aligned(d, domain) {
			continue
		}
		if r.Value == authres.ResultPass {
			return word{"dkim=pass d=" + d, who}, word{}
		}
		if r.Value == authres.ResultFail || r.Value == authres.ResultHardFail {
			fail = word{"dkim=fail d=" + d, who}
		}
	}
	return word{}, fail
}

// domainOf returns the domain of an address, an identity or a bare domain, or
// "" if it is not a domain.
func domainOf(s string) string {
	s = strings.Trim(s, `"`)
	s = s[strings.LastIndexByte(s, '@')+1:]
	if s = normal(s); !domainName.MatchString(s) {
		return ""
	}
	return s
}

// parseResults parses a field's value. The library splits at every semicolon,
// including those in comments and quotes, whose content a sender can choose, so
// these are removed first. The library also requires an id, which Microsoft's
// servers leave out.
func parseResults(value string) report {
	plain, ok := bare(value)
	r := report{broken: !ok, text: value}
	head, rest, _ := strings.Cut(plain, ";")
	if strings.Contains(head, "=") {
		rest = plain
	} else {
		id, _, _ := strings.Cut(strings.TrimSpace(head), " ")
		r.id = normal(id)
	}
	for segment := range strings.SplitSeq(rest, ";") {
		if _, results, err := authres.Parse("id;" + segment); err == nil {
			r.results = append(r.results, results...)
		}
	}
	return r
}

// bare returns a value without its comments and with the separators in quoted
// strings removed. It reports whether all comments and quotes were terminated.
func bare(value string) (string, bool) {
	var out strings.Builder
	depth, quoted, escaped := 0, false, false
	for _, c := range value {
		switch {
		case escaped:
			escaped = false
		case c == '\\' && (quoted || depth > 0):
			escaped = true
		case c == '"':
			// Quotes count inside comments too, because a quoted local part may
			// contain a parenthesis.
			quoted = !quoted
		case quoted:
			if depth == 0 && !strings.ContainsRune("; =()\t", c) {
				out.WriteRune(c)
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
			out.WriteByte(' ')
		case depth == 0:
			out.WriteRune(c)
		}
	}
	return out.String(), depth == 0 && !quoted
}

// AuthservIDs returns the ids of the servers that checked a mail last, topmost
// first. These are the ids that the owner of the mailbox would configure. It
// skips fields further down, which can be written by anybody, and fields
// without an id.
func AuthservIDs(h mail.Header) []string {
	var out []string
	seen := false
	for _, f := range h.Fields {
		if f.Is("Received") && seen || len(out) == maxIDs {
			break
		}
		if !f.Is(resultsField) {
			continue
		}
		seen = true
		id := parseResults(f.Value).id
		if domainName.MatchString(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
