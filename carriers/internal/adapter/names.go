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
	signedBy      = regexp.MustCompile(`(?i)[\s,;:(\[-]*\b(signed(?: for)? by|received by|collected by|accepted by|handed to|signatory|signed name|signee|signature|recipient name|receiver name|consignee name|recipient|receiver|consignee|addressee)\s*(:|：|-| is\b|\s)\s*([^;)\]"<\r\n]+)`)
	signedCJ      = regexp.MustCompile(`(签收人|收件人|代收人|收货人)\s*[:：]?\s*[\p{Han}A-Za-z*· ]+`)
	signedRU      = regexp.MustCompile(`(?i)[\s,;:(]*(получател[ьюяе]|получил|вручено лично|отримувач[уа]?|одержувач[уа]?|атрымальнік[уа]?)\s*[:：]\s*[^;)"<\r\n]+`)
	signedRomance = regexp.MustCompile(`(?i)[\s,;:(]*\b(firmad[oa] por|recibid[oa] por|recogid[oa] por|receptor|firmat[oa] da|ricevut[oa] da|ritirat[oa] da|destinatario|signée? par|reçue? par|retirée? par|destinataire)\s*(?::\s*|\s)([^;)"<\r\n.]+)`)
	roleRomance   = regexp.MustCompile(`(?i)^((el|la|il|lo|le|un|una|une|su|sus|votre|l['’])\s*)?(destinatari|titular|autorizad|vecin|porter|familiar|delegat|vicin|destinataire|voisin|mandataire|gardien|agent|corr?ie|factor|facteur|oficina|ufficio|bureau|punto|point|ausente|assente|absent|desconocido|sconosciuto|inconnu|no |non |ne |n['’]|est |es |è |ha |a |o |y |e |et |ou |no$)`)
	roleWord      = regexp.MustCompile(`(?i)^(the |a |an |your |our )?(recipient|addressee|receiver|customer|client|buyer|consignee|neighbou?r|courier|carrier|driver|postman|post|postal|station|local|airline|agent|reception|receptionist|security|family|household|locker|parcel|pick-?up|customs|office|warehouse|sorting|seller|sender|operator|logistics?|compan(?:y|ies)|merchant|shop|store|express|freight|line.?haul|export|import|terminal|depot|facility|consolidat\w*|third|next|first|line|last|delivery|destination|origin|hub|transport|address|not|was|has|is|at|in|on|for|and|or|requests?|asked|refused?|rejected|absent|unavailable|moved|unknown|will|can)\b`)
)

// NoNames removes the name of the signer or receiver from a text.
func NoNames(s string) string {
	s = signedCJ.ReplaceAllString(romance(english(s)), "")
	return strings.TrimSpace(signedRU.ReplaceAllString(s, ""))
}

// english keeps roles and continues after them: a carrier accepts before somebody
// signs.
func english(s string) string {
	return signedBy.ReplaceAllStringFunc(s, func(m string) string {
		at := signedBy.FindStringSubmatchIndex(m)
		word, between, rest := m[at[2]:at[3]], m[at[4]:at[5]], m[at[6]:]
		switch {
		case roleWord.MatchString(strings.TrimSpace(rest)), strings.TrimSpace(between) == "" && !isVerb(word) && prose(strings.TrimSpace(rest)):
			return m[:at[6]] + english(rest)
		case isVerb(word):
			return m[:at[2]] + firstWord(word)
		default:
			return ""
		}
	})
}

func romance(s string) string {
	return signedRomance.ReplaceAllStringFunc(s, func(m string) string {
		at := signedRomance.FindStringSubmatchIndex(m)
		word, rest := m[at[2]:at[3]], m[at[4]:]
		if roleRomance.MatchString(rest) || !strings.Contains(word, " ") && !strings.Contains(m[at[3]:at[4]], ":") {
			return m[:at[4]] + romance(rest)
		}
		return ""
	})
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
