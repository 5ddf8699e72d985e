package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"time"
)

//go:embed mail.tmpl.eml
var mailText string

// letter is one mail of the story.
type letter struct {
	day, hour int
	order     string
	number    string // empty in a mail about the whole order
	step      string // the part of the subject after the colon
	title     string
	variant   string
}

func (l letter) at(start time.Time) time.Time {
	return start.Add(time.Duration(l.day*24+l.hour) * time.Hour)
}

// letters returns the mails of the story, oldest first.
func letters() []letter {
	const (
		cable, cableKind = "USB-C cable, braided, fast chargi...", "2 m, black"
		shell, shellKind = "Phone case, transparent, with sta...", "for model 12"
		lamp, lampKind   = "LED desk lamp with clamp, dimmabl...", "white"
		drone, droneKind = "Quadcopter with camera, foldable,...", "3 batteries"
		keys, keysKind   = "Keycap set, 104 keys, PBT, dye-su...", "grey"
		boots, bootsKind = "Waterproof shoe covers, silicone,...", "size L"
	)
	return []letter{
		{0, 9, "8190000000010017", "", "order confirmed", cable, cableKind},
		{1, 8, "8190000000020017", "", "order confirmed", shell, shellKind},
		{2, 5, "8190000000010017", "", "order shipped", cable, cableKind},
		{3, 6, "8190000000010017", "RB700102030CN", "collected by the carrier", cable, cableKind},
		{4, 5, "8190000000020017", "LP00710020030040", "collected by the carrier", shell, shellKind},
		{7, 20, "8190000000010017", "RB700102030CN", "left the departure region", cable, cableKind},
		{9, 12, "8190000000030017", "", "order confirmed", lamp, lampKind},
		{10, 7, "8190000000030017", "LZ550104072SG", "collected by the carrier", lamp, lampKind},
		{12, 10, "8190000000040017", "", "order confirmed", drone, droneKind},
		{14, 4, "8190000000040017", "RU700103052CN", "collected by the carrier", drone, droneKind},
		{20, 14, "8190000000020017", "LP00710020030040", "delivered", shell, shellKind},
		{21, 9, "8190000000010017", "RB700102030CN", "in your country/region", cable, cableKind},
		{30, 8, "8190000000050017", "", "order confirmed", boots, bootsKind},
		{32, 6, "8190000000050017", "", "order shipped", boots, bootsKind},
		{33, 11, "8190000000060017", "", "order confirmed", keys, keysKind},
	}
}

// render returns the mail as the shop would send it.
func (l letter) render(start time.Time) ([]byte, error) {
	word, id := "Order", l.order
	link := "https://www.aliexpress.com/p/order/detail.html?orderId=" + l.order
	if l.number != "" {
		word, id = "Package", l.number
		link = "https://www.aliexpress.com/p/tracking/index.html?_login=yes&amp;tradeOrderId=" + l.order
	}
	text, err := fill(mailText, map[string]string{
		"Date": l.at(start).Format(time.RFC1123Z), "Subject": word + " " + id + ": " + l.step,
		"ID": fmt.Sprintf("%02d%02d.%s", l.day, l.hour, id), "Headline": l.step,
		"Sentence": "Your " + word + " " + id + " has an update: " + l.step + ".",
		"Link":     link, "Title": l.title, "Variant": l.variant,
	})
	return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), err
}
