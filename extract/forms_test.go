package extract_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"parcelwatch/parcel"
)

// words are the words with which mail programs of one language copy a header.
type words struct {
	lang, from, date, to, subject string
	begin                         string // of a forwarded mail
	wrote                         string // a line that says who wrote, without a copied header
}

const (
	shopName = `"AliExpress" <transaction@notice.aliexpress.com>`
	day      = "02/03/2026 08:12"
)

// languagesOfPrograms lists languages of mail programs, half of them without a
// phrase table.
var languagesOfPrograms = []words{
	{"cs", "Od", "Datum", "Komu", "Předmět", "Přeposlaná zpráva", "Dne " + day + ", " + shopName + " napsal(a):"},
	{"da", "Fra", "Dato", "Til", "Emne", "Videresendt meddelelse", "Den " + day + " skrev " + shopName + ":"},
	{"de", "Von", "Datum", "An", "Betreff", "Weitergeleitete Nachricht", "Am " + day + " schrieb " + shopName + ":"},
	{"en", "From", "Date", "To", "Subject", "Forwarded message", "On " + day + ", " + shopName + " wrote:"},
	{"es", "De", "Fecha", "Para", "Asunto", "Mensaje reenviado", "El " + day + ", " + shopName + " escribió:"},
	{"et", "Saatja", "Kuupäev", "Saaja", "Teema", "Edastatud kiri", shopName + " kirjutas " + day + ":"},
	{"fi", "Lähettäjä", "Päivämäärä", "Vastaanottaja", "Aihe", "Välitetty viesti", "AliExpress <transaction@notice.aliexpress.com> kirjoitti 2.3.2026 8.12:"},
	{"fr", "De", "Date", "À", "Objet", "Message transféré", "Le " + day + ", « AliExpress » <transaction@notice.aliexpress.com> a écrit :"},
	{"hr", "Šalje", "Datum", "Prima", "Naslov", "Proslijeđena poruka", shopName + " piše " + day + ":"},
	{"hu", "Feladó", "Dátum", "Címzett", "Tárgy", "Továbbított üzenet", day + " időpontban AliExpress (transaction@notice.aliexpress.com) ezt írta:"},
	{"it", "Da", "Data", "A", "Oggetto", "Messaggio inoltrato", "Il giorno " + day + " " + shopName + " ha scritto:"},
	{"nl", "Van", "Datum", "Aan", "Onderwerp", "Doorgestuurd bericht", "Op " + day + " heeft " + shopName + " geschreven:"},
	{"no", "Fra", "Dato", "Til", "Emne", "Videresendt melding", shopName + " skrev følgende den " + day + ":"},
	{"pl", "Od", "Data", "Do", "Temat", "Przekazana wiadomość", "W dniu 2026-03-02 08:12:00 użytkownik AliExpress <transaction@notice.aliexpress.com> napisał:"},
	{"pt", "De", "Data", "Para", "Assunto", "Mensagem reencaminhada", "Em " + day + ", " + shopName + " escreveu:"},
	{"ro", "De la", "Dată", "Către", "Subiect", "Mesaj redirecționat", "Pe " + day + ", " + shopName + " a scris:"},
	{"ru", "От", "Дата", "Кому", "Тема", "Пересылаемое сообщение", day + " пользователь " + shopName + " написал:"},
	{"sk", "Od", "Dátum", "Pre", "Predmet", "Preposlaná správa", day + " používateľ AliExpress (<transaction@notice.aliexpress.com>) napísal:"},
	{"sv", "Från", "Datum", "Till", "Ämne", "Vidarebefordrat meddelande", "Den " + day + " skrev " + shopName + " följande:"},
	{"tr", "Kimden", "Tarih", "Kime", "Konu", "İletilen ileti", shopName + ", " + day + " tarihinde şunu yazdı:"},
	{"uk", "Від", "Дата", "Кому", "Тема", "Переслане повідомлення", day + " " + shopName + " пише:"},
	{"ja", "送信元", "日付", "送信先", "件名", "メッセージを転送", "2026年3月2日(月) 8:12 AliExpress <transaction@notice.aliexpress.com>:"},
	{"ko", "보낸 사람", "날짜", "받는 사람", "제목", "전달된 메시지", "2026년 3월 2일 (월) 오전 8:12, AliExpress <transaction@notice.aliexpress.com>님이 작성:"},
	{"zh", "发件人", "日期", "收件人", "主题", "转发的邮件", "在 2026/3/2 08:12，“AliExpress”<transaction@notice.aliexpress.com> 写入："},
	{"he", "מאת", "תאריך", "אל", "נושא", "הודעה שהועברה", "\u200fבתאריך " + day + " מאת \u202aAliExpress\u202c\u200f <\u202atransaction@notice.aliexpress.com\u202c\u200f>:\u202c"},
	{"ar", "من", "التاريخ", "إلى", "الموضوع", "رسالة معاد توجيهها", "في " + day + "، كتب " + shopName + ":"},
}

// quoted returns a text as a reply quotes it.
func quoted(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") }

func indented(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// programs are the forms in which mail programs forward a mail inline.
var programs = []struct {
	name    string
	repeats bool // whether the subject is copied
	form    func(w words, subject, body string) string
}{
	{"Apple Mail", true, func(w words, subject, body string) string {
		return "> " + w.begin + ":\n>\n" + quoted(fmt.Sprintf("%s: %s\n%s: %s\n%s: 2 March 2026 at 08:12:00 GMT\n%s: Pat <partner@example.org>\n\n%s", w.from, shopName, w.subject, subject, w.date, w.to, body))
	}},
	{"Gmail", true, func(w words, subject, body string) string {
		return fmt.Sprintf("---------- Forwarded message ---------\n%s: AliExpress <transaction@notice.aliexpress.com>\nDate: Mon, 2 Mar 2026 at 08:12\nSubject: %s\nTo: <partner@example.org>\n\n\n%s", w.from, subject, body)
	}},
	{"Outlook on the web", true, func(_ words, subject, body string) string {
		return "________________________________\nFrom: AliExpress <transaction@notice.aliexpress.com<mailto:transaction@notice.aliexpress.com>>\nSent: Monday, March 2, 2026 8:12 AM\nTo: Pat <partner@example.org>; Jo\n<jo@example.org>\nSubject: " + subject + "\n\n" + body
	}},
	{"new Outlook", true, func(w words, subject, body string) string {
		return fmt.Sprintf("%s : AliExpress <transaction@notice.aliexpress.com>\n%s : 2 / 3 / 2026\n%s : Pat <partner@example.org>\n%s : %s\n%s", w.from, w.date, w.to, w.subject, subject, body)
	}},
	{"Outlook 2019", false, func(w words, _, body string) string { return "\ufeff" + w.wrote + "\n\n" + indented(body) }},
	{"Thunderbird", true, func(w words, subject, body string) string {
		return fmt.Sprintf("-------- %s --------\n%s: \t%s\n%s: \tMon, 2 Mar 2026 08:12:00 +0000\n%s: \t%s\n%s: \tpartner@example.org\n\n\n%s", w.begin, w.subject, subject, w.date, w.from, shopName, w.to, body)
	}},
	{"Yahoo", false, func(w words, subject, body string) string {
		return fmt.Sprintf("   ----- %s ----- %s: AliExpress <transaction@notice.aliexpress.com>%s: \"partner@example.org\" <partner@example.org>%s: Monday, March 2, 2026 at 08:12:00 AM UTC%s: %s\n %s", w.begin, w.from, w.to, w.date, w.subject, subject, body)
	}},
	{"HubSpot", true, func(w words, subject, body string) string {
		return fmt.Sprintf("---------- %s ---------\n%s：AliExpress <transaction@notice.aliexpress.com>\n%s：2026 3 2\n%s：%s\n%s：partner@example.org\n\n%s", w.begin, w.from, w.date, w.subject, subject, w.to, body)
	}},
	{"Ionos", true, func(w words, subject, body string) string {
		return quoted(fmt.Sprintf("---------- %s ----------\n%s: AliExpress <transaction@notice.aliexpress.com>\n%s: \"partner@example.org\" <partner@example.org>\n%s: %s\n%s: %s\n \n \n%s", w.begin, w.from, w.to, w.date, day, w.subject, subject, body))
	}},
	{"MailMate", true, func(w words, subject, body string) string {
		return fmt.Sprintf("%s:\n\n", w.begin) + quoted(fmt.Sprintf("%s: AliExpress <transaction@notice.aliexpress.com>\n%s: partner@example.org\n%s: %s\n%s: %s\n\n%s", w.from, w.to, w.subject, subject, w.date, day, body))
	}},
	{"Missive", true, func(w words, subject, body string) string {
		return fmt.Sprintf("---------- %s ----------\n%s: AliExpress <transaction@notice.aliexpress.com>\n%s: %s\n%s: partner@example.org\n%s: %s\n\n", w.begin, w.from, w.date, day, w.to, w.subject, subject) + quoted(body)
	}},
	{"Notes", true, func(w words, subject, body string) string {
		return fmt.Sprintf("%s:        %s\n%s:        partner@example.org\n%s:        02.03.2026 08:12\n%s:        %s\n\n%s", w.from, shopName, w.to, w.date, w.subject, subject, body)
	}},
	{"a reply", false, func(w words, _, body string) string { return "Look at this.\n\n" + w.wrote + "\n" + quoted(body) }},
	{"a table in text", true, func(w words, subject, body string) string {
		return fmt.Sprintf("---- %s ----\n| %s | AliExpress<transaction@notice.aliexpress.com> |\n| %s | %s |\n| %s | <partner@example.org> |\n| %s | %s |\n%s", w.begin, w.from, w.date, day, w.to, w.subject, subject, body)
	}},
	{"the name alone", true, func(w words, subject, body string) string {
		return fmt.Sprintf("-----%s-----\n%s: AliExpress\n%s: %s\n%s: Pat Partner\n%s: %s\n\n%s", w.begin, w.from, w.date, day, w.to, w.subject, subject, body)
	}},
	{"stars for bold", true, func(w words, subject, body string) string {
		return fmt.Sprintf("*%s:* AliExpress <transaction@notice.aliexpress.com>\n*%s:* %s\n*%s:* Pat <partner@example.org>\n*%s:* %s\n\n%s", w.from, w.date, day, w.to, w.subject, subject, body)
	}},
	{"a note above and an end mark", false, func(w words, _, body string) string {
		return "RB445566777DE is not from there\n-------- " + w.begin + " --------\n02.03.2026, 08:12, " + shopName + ":\n\n" + body + "\n\n-------- " + w.begin + " 2 --------\nOrder number 8190000000009999, tracking number RB445566777DE\n"
	}},
	{"another shop below", true, func(w words, subject, body string) string {
		h := "---------- " + w.begin + " ---------\n" + w.from + ": %s\n" + w.date + ": " + day + "\n" + w.to + ": <partner@example.org>\n" + w.subject + ": %s\n\n"
		return fmt.Sprintf(h, "Shop <news@shop.example>", "Your order") + "Tracking number: RB445566777DE\n\n" + fmt.Sprintf(h, shopName, subject) + body + "\n\n" + fmt.Sprintf(h, "Shop <news@shop.example>", "Your order") + "Tracking number: RB445566777DE\nOrder number 8190000000009999\n"
	}},
}

func TestEveryProgramsForward(t *testing.T) {
	t.Parallel()
	const body = "Hi Jo,\nYour package " + lp + " has been delivered.\nhttps://www.aliexpress.com/p/tracking/index.html?tradeOrderId=" + order1 + "&trackingNumber=" + lp + "\nOrder number " + order1 + "\n"
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for _, prog := range programs {
		for _, w := range languagesOfPrograms {
			for _, outer := range []string{"Fwd: " + delivered, "look"} {
				if outer == "look" && !prog.repeats {
					continue
				}
				raw := sent(outer, prog.form(w, delivered, body))
				n, err := p.Parse(raw, forwarded)
				if err != nil || n.Step != parcel.StepDelivered || len(n.Parcels) != 1 || n.Parcels[0].Number != lp || len(n.Orders) != 1 || len(n.Parcels[0].Orders) != 1 {
					t.Errorf("%s, %s, %q: %q %s, orders %v, parcels %v, %v", prog.name, w.lang, outer, n.Shop, n.Step, n.Orders, numbers(n), err)
				}
				other := strings.NewReplacer("transaction@notice.aliexpress.com", "news@shop.example", "AliExpress", "Shop").Replace(prog.form(w, delivered, body))
				if n, err := p.Parse(sent(outer, other), forwarded); err != nil || n.Shop != "" {
					t.Errorf("%s, %s, of another shop: %v %v, %v", prog.name, w.lang, n.Orders, numbers(n), err)
				}
			}
		}
	}
}

func TestAWrappedSubjectOfAForward(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	const start, rest = "For Jo Example in Springfield, Example County: Package " + lp, "has been delivered"
	for _, w := range languagesOfPrograms {
		field := func(value string) string { return w.subject + ": " + value + "\n" }
		from, others := w.from+": "+shopName+"\n", w.date+": "+day+"\n"+w.to+": <partner@example.org>\n"
		for name, tt := range map[string]struct{ head, subject string }{
			"last":       {from + others + field(start+"\n"+rest), start + " " + rest},
			"first":      {field(start+"\n"+rest) + from + others, start + " " + rest},
			"short":      {from + field("Package "+lp+"\n"+rest) + others, "Package " + lp + " " + rest},
			"a number":   {from + others + field(start[:len(start)-6]+"\n"+start[len(start)-6:]), start[:len(start)-6] + " " + start[len(start)-6:]},
			"not at all": {from + others + field("Package "+lp+" "+rest), "Package " + lp + " " + rest},
			"with marks": {"- " + from + "- " + strings.ReplaceAll(others, "\n"+w.to, "\n- "+w.to) + "- " + field("Package "+lp+" "+rest), "Package " + lp + " " + rest},
		} {
			for _, text := range []string{w.begin + "\n" + tt.head, quoted(w.begin + "\n" + tt.head)} {
				n, err := p.Parse(sent("look", text+"\nHi Jo,\nOrder number "+order1+"\n"), forwarded)
				if err != nil || n.Subject != tt.subject || len(n.Parcels) != 1 || n.Parcels[0].Number != lp || len(n.Orders) != 1 {
					t.Errorf("%s, %s: %q %v %v, %v\n%s", name, w.lang, n.Subject, n.Orders, numbers(n), err, text)
				}
			}
		}
	}
}

// TestQuoteMarksInMarkup forwards in HTML what programs quote in text.
func TestQuoteMarksInMarkup(t *testing.T) {
	t.Parallel()
	const body = "Hi Jo,\nYour package " + lp + " has been delivered.\nOrder number " + order1 + "\n"
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for _, prog := range programs {
		for _, w := range languagesOfPrograms[:6] {
			text := strings.Split(html.EscapeString(quoted(quoted(prog.form(w, delivered, body)))), "\n")
			for _, markup := range []string{"<pre>" + strings.Join(text, "\n") + "</pre>", `<div style="white-space: pre-wrap">` + strings.Join(text, "\n") + "</div>", strings.Join(text, "<br>\n"), "<div>" + strings.Join(text, "</div><div>") + "</div>"} {
				raw := strings.Replace(string(sent("Fwd: "+delivered, markup)), "text/plain", "text/html", 1)
				n, err := p.Parse([]byte(raw), forwarded)
				if err != nil || n.Step != parcel.StepDelivered || len(n.Parcels) != 1 || n.Parcels[0].Number != lp || len(n.Orders) != 1 {
					t.Errorf("%s, %s: %q %s, orders %v, parcels %v, %v", prog.name, w.lang, n.Shop, n.Step, n.Orders, numbers(n), err)
				}
			}
		}
	}
}
