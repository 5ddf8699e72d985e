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
	maxIDs     = 16 // that a hostile mail can make setup show
	maxReports = 64 // fields that are looked at
)

// said is what servers whose word counts have written about a mail.
type said struct {
	passed word
	failed word
}

// word is one result and the server that wrote it; the zero value is none.
type word struct {
	result string // "dkim=pass d=aliexpress.com"
	server string // empty for the mailbox's own
}

// reason is the word as a reason of trust.
func (w word) reason() message.Text {
	if w.server == "" {
		return message.New("proof_said_own", "Result", w.result)
	}
	return message.New("proof_said", "Result", w.result, "Server", w.server)
}

// report is one Authentication-Results field, taken apart.
type report struct {
	id      string // empty where the server writes none, as Microsoft's do
	results []authres.Result
	broken  bool // comments or quotes that do not end
	text    string
}

// results gathers the word of counting servers on mail from domain. Fields
// below are older and may be anybody's, so only the topmost ones count: from
// the first field of a counting server to the next Received, and of each method
// the first word.
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
	return weigh(reports, domain)
}

// weigh reads reports of counting servers, topmost first.
func weigh(reports []report, domain string) said {
	var dmarc, dkimPass, dkimFail word
	for _, r := range reports {
		who := textx.Line(r.id, 80)
		if r.broken {
			// What cannot be read for certain can only speak against a mail.
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

// dmarcWord is the first result on DMARC that concerns domain, in words. A fail
// without header.from still is about this mail's From, a pass needs it.
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

// dkimWord is what results say of signatures of domain's organisation. One good
// signature is enough; errors with keys say nothing.
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

// domainOf is the domain of an address, of an identity, or of a bare domain;
// empty where it is no domain at all.
func domainOf(s string) string {
	s = strings.Trim(s, `"`)
	s = s[strings.LastIndexByte(s, '@')+1:]
	if s = normal(s); !domainName.MatchString(s) {
		return ""
	}
	return s
}

// parseResults takes a field's value apart. The library splits at every
// semicolon, also inside comments and quotes, where a sender can put words of
// its own; so those are taken out first. It also wants an id, which Microsoft's
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

// bare is a value without its comments, and with the letters that separate
// removed from quoted strings. It reports whether all of them ended.
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
			// Inside comments too: a quoted local part may hold a bracket.
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

// AuthservIDs lists the ids of the servers that judged a mail last, topmost
// first: what the owner of the mailbox would configure. Fields further down may
// be anybody's and are left out, and so are those without an id.
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
