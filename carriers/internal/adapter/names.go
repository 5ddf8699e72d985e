package adapter

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Services add the name of the signer to the text of an event. Names must not
// appear in a digest; a role ("neighbour") may. Whatever follows a name is dropped
// with it, since the end of a name cannot be recognized.
var (
	signedBy      = regexp.MustCompile(`(?i)[\s,;:(\[-]*\b(signed(?: for)? by|received by|collected by|accepted by|handed to|signatory|signed name|signee|signature|recipient name|receiver name|consignee name|recipient|receiver|consignee|addressee)\s*(:|：|-| is\b|\s)\s*([^;)\]"<\r\n])`)
	signedCJ      = regexp.MustCompile(`(签收人|收件人|代收人|收货人)\s*[:：]?\s*[\p{Han}A-Za-z*· ]+`)
	signedRU      = regexp.MustCompile(`(?i)[\s,;:(]*(получател[ьюяе]|получил|вручено лично|отримувач[уа]?|одержувач[уа]?|атрымальнік[уа]?)\s*[:：]\s*[^;)"<\r\n]+`)
	signedRomance = regexp.MustCompile(`(?i)[\s,;:(]*\b(firmad[oa] por|recibid[oa] por|recogid[oa] por|receptor|firmat[oa] da|ricevut[oa] da|ritirat[oa] da|destinatario|signée? par|reçue? par|retirée? par|destinataire)\s*(?::\s*|\s)([^;)"<\r\n.])`)
	roleRomance   = regexp.MustCompile(`(?i)^((el|la|il|lo|le|un|una|une|su|sus|votre|l['’])\s*)?(destinatari|titular|autorizad|vecin|porter|familiar|delegat|vicin|destinataire|voisin|mandataire|gardien|agent|corr?ie|factor|facteur|oficina|ufficio|bureau|punto|point|ausente|assente|absent|desconocido|sconosciuto|inconnu|no |non |ne |n['’]|est |es |è |ha |a |o |y |e |et |ou |no$)`)
	roleWord      = regexp.MustCompile(`(?i)^(the |a |an |your |our )?(recipient|addressee|receiver|customer|client|buyer|consignee|neighbou?r|courier|carrier|driver|postman|post|postal|station|local|airline|agent|reception|receptionist|security|family|household|locker|parcel|pick-?up|customs|office|warehouse|sorting|seller|sender|operator|logistics?|compan(?:y|ies)|merchant|shop|store|express|freight|line.?haul|export|import|terminal|depot|facility|consolidat\w*|third|next|first|line|last|delivery|destination|origin|hub|transport|address|not|was|has|is|at|in|on|for|and|or|requests?|asked|refused?|rejected|absent|unavailable|moved|unknown|will|can)\b`)
)

// longestRole is the length up to which a name is compared with roles, in bytes.
const longestRole = 100

// NoNames removes the name of the signer or receiver from a text.
func NoNames(s string) string {
	s = signedCJ.ReplaceAllString(romance(english(s)), "")
	return strings.TrimSpace(signedRU.ReplaceAllString(s, ""))
}

// search finds what may be a name in a text: find returns the groups of an expression whose
// last one is the first character of the name, stop the first character behind the name, or -1.
type search struct {
	find func(string) []int
	stop func(string) int
}

func searchFor(re *regexp.Regexp, stops string) search {
	return search{re.FindStringSubmatchIndex, func(s string) int { return strings.IndexAny(s, stops) }}
}

// english keeps roles and continues after them: a carrier accepts before somebody
// signs.
func english(s string) string { return withoutNames(s, englishSearch(), dropEnglish) }

func englishSearch() search { return searchFor(signedBy, `;)]"<`+"\r\n") }

func dropEnglish(found string, at []int, name string) (string, bool) {
	word, between := found[at[2]:at[3]], found[at[4]:at[5]]
	name = strings.TrimSpace(name)
	switch {
	case roleWord.MatchString(name), strings.TrimSpace(between) == "" && !isVerb(word) && prose(name):
		return "", false
	case isVerb(word):
		return found[:at[2]] + firstWord(word), true
	default:
		return "", true
	}
}

func romance(s string) string { return withoutNames(s, romanceSearch(), dropRomance) }

func romanceSearch() search { return searchFor(signedRomance, `;)"<.`+"\r\n") }

func dropRomance(found string, at []int, name string) (string, bool) {
	word := found[at[2]:at[3]]
	if roleRomance.MatchString(name) || !strings.Contains(word, " ") && !strings.Contains(found[at[3]:at[4]], ":") {
		return "", false
	}
	return "", true
}

// withoutNames goes through a text once. drop returns the text to keep and whether this is a
// name; if not, the search continues behind the role word, up to the same stop.
func withoutNames(s string, by search, drop func(found string, at []int, name string) (string, bool)) string {
	var out strings.Builder
	pos, limit, stopped := 0, len(s), false
	for pos < len(s) {
		at := by.find(s[pos:limit])
		if at == nil {
			out.WriteString(s[pos:limit])
			pos, limit, stopped = limit, len(s), false
			continue
		}
		found := s[pos+at[0] : pos+at[1]]
		start := pos + at[len(at)-2]
		end := limit
		if !stopped {
			if i := by.stop(s[start:limit]); i >= 0 {
				end = start + i
			}
		}
		for i := range at[2:] {
			at[2+i] -= at[0]
		}
		out.WriteString(s[pos : pos+at[0]])
		kept, ok := drop(found, at, s[start:min(end, start+longestRole)])
		if !ok {
			out.WriteString(s[pos+at[0] : start])
			pos, limit, stopped = start, end, true
			continue
		}
		out.WriteString(kept)
		pos = end
	}
	return out.String()
}

// prose reports whether a text begins with a lower-case letter, as no name does.
func prose(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

func isVerb(s string) bool { return strings.Contains(s, " by") || strings.EqualFold(s, "handed to") }

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}
