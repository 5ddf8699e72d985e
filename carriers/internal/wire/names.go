package wire

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Services write who signed into the text of an event. A name is nobody's
// business in a digest; a role ("neighbour") is. What follows a name is dropped
// with it, since nothing tells where a name ends.
var (
	signedBy      = regexp.MustCompile(`(?i)[\s,;:(\[-]*\b(signed(?: for)? by|received by|collected by|accepted by|handed to|signatory|signed name|signee|signature|recipient name|receiver name|consignee name|recipient|receiver|consignee|addressee)\s*(:|：|-| is\b|\s)\s*([^;)\]"<\r\n]+)`)
	signedCJ      = regexp.MustCompile(`(签收人|收件人|代收人|收货人)\s*[:：]?\s*[\p{Han}A-Za-z*· ]+`)
	signedRU      = regexp.MustCompile(`(?i)[\s,;:(]*(получател[ьюяе]|получил|вручено лично|отримувач[уа]?|одержувач[уа]?|атрымальнік[уа]?)\s*[:：]\s*[^;)"<\r\n]+`)
	signedRomance = regexp.MustCompile(`(?i)[\s,;:(]*\b(firmad[oa] por|recibid[oa] por|recogid[oa] por|receptor|firmat[oa] da|ricevut[oa] da|ritirat[oa] da|destinatario|signée? par|reçue? par|retirée? par|destinataire)\s*(?::\s*|\s)([^;)"<\r\n.]+)`)
	roleRomance   = regexp.MustCompile(`(?i)^((el|la|il|lo|le|un|una|une|su|sus|votre|l['’])\s*)?(destinatari|titular|autorizad|vecin|porter|familiar|delegat|vicin|destinataire|voisin|mandataire|gardien|agent|corr?ie|factor|facteur|oficina|ufficio|bureau|punto|point|ausente|assente|absent|desconocido|sconosciuto|inconnu|no |non |ne |n['’]|est |es |è |ha |a |o |y |e |et |ou |no$)`)
	roleWord      = regexp.MustCompile(`(?i)^(the |a |an |your |our )?(recipient|addressee|receiver|customer|client|buyer|consignee|neighbou?r|courier|carrier|driver|postman|post|postal|station|local|airline|agent|reception|receptionist|security|family|household|locker|parcel|pick-?up|customs|office|warehouse|sorting|seller|sender|operator|logistics?|compan(?:y|ies)|merchant|shop|store|express|freight|line.?haul|export|import|terminal|depot|facility|consolidat\w*|third|next|first|line|last|delivery|destination|origin|hub|transport|address|not|was|has|is|at|in|on|for|and|or|requests?|asked|refused?|rejected|absent|unavailable|moved|unknown|will|can)\b`)
)

// NoNames takes names of persons out of a text that says who signed or
// received.
func NoNames(s string) string {
	s = signedBy.ReplaceAllStringFunc(s, func(m string) string {
		sub := signedBy.FindStringSubmatch(m)
		rest := strings.TrimSpace(sub[3])
		if roleWord.MatchString(rest) || strings.TrimSpace(sub[2]) == "" && !isVerb(sub[1]) && prose(rest) {
			return m
		}
		head := m[:strings.Index(strings.ToLower(m), strings.ToLower(sub[1]))]
		if isVerb(sub[1]) {
			return head + firstWord(sub[1])
		}
		return ""
	})
	s = signedRomance.ReplaceAllStringFunc(s, func(m string) string {
		if sub := signedRomance.FindStringSubmatch(m); roleRomance.MatchString(sub[2]) || !strings.Contains(sub[1], " ") && !strings.Contains(m, ":") {
			return m
		}
		return ""
	})
	s = signedCJ.ReplaceAllString(s, "")
	return strings.TrimSpace(signedRU.ReplaceAllString(s, ""))
}

// prose reports whether a text begins small, as no name does.
func prose(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

func isVerb(s string) bool { return strings.Contains(s, " by") || strings.EqualFold(s, "handed to") }

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}
