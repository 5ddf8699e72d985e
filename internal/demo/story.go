package demo

import (
	"bytes"
	"embed"
	"fmt"
	"time"

	"github.com/pelletier/go-toml/v2"
)

//go:embed story.toml mail.tmpl.eml demo.tmpl.toml
var files embed.FS

// days is the length of the story.
const days = 34

// story is what happens in the demo.
type story struct {
	Letters    []letter
	Journeys   []journey
	Operations map[string]Oper
}

// when is a time of the story, after its start.
type when struct{ Day, Hour int }

func (w when) at(start time.Time) time.Time {
	return start.Add(time.Duration(w.Day*24+w.Hour) * time.Hour)
}

// letter is one mail of the shop.
type letter struct {
	when

	Order   string
	Number  string // empty in a mail about the whole order
	Step    string // the part of the subject after the colon
	Title   string
	Variant string
}

// journey is the story of one parcel.
type journey struct {
	Number string
	Local  string // the number of the last mile
	Linked int    // the day from which Cainiao reports Local
	Scans  []struct {
		when
		Scan

		Operation string // of Russian Post
	}
}

func readStory() (story, error) {
	var s story
	text, err := files.ReadFile("story.toml")
	if err != nil {
		return s, fmt.Errorf("demo: open the story: %w", err)
	}
	if err := toml.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("demo: read the story: %w", err)
	}
	return s, nil
}

// record returns what the posts know of a number at a time.
func (s story) record(number string, start, now time.Time) Record {
	for _, j := range s.Journeys {
		if j.Number != number && j.Local != number {
			continue
		}
		r := Record{Number: j.Number, Local: j.Local, Origin: "Mainland China"}
		if j.Scans[0].Country == "SG" {
			r.Origin = "Singapore"
		}
		r.Linked = j.Local != "" && now.After(when{Day: j.Linked}.at(start))
		for _, one := range j.Scans {
			one.At, one.Russian = one.at(start), s.Operations[one.Operation]
			if !one.At.After(now) {
				r.Scans = append(r.Scans, one.Scan)
			}
		}
		return r
	}
	return Record{}
}

// render returns the mail as the shop would send it.
func (l letter) render(start time.Time) ([]byte, error) {
	word, id := "Order", l.Order
	link := "https://www.aliexpress.com/p/order/detail.html?orderId=" + l.Order
	if l.Number != "" {
		word, id = "Package", l.Number
		link = "https://www.aliexpress.com/p/tracking/index.html?_login=yes&amp;tradeOrderId=" + l.Order
	}
	text, err := fill("mail.tmpl.eml", map[string]string{
		"Date": l.at(start).Format(time.RFC1123Z), "Subject": word + " " + id + ": " + l.Step,
		"ID": fmt.Sprintf("%02d%02d.%s", l.Day, l.Hour, id), "Headline": l.Step,
		"Sentence": "Your " + word + " " + id + " has an update: " + l.Step + ".",
		"Link":     link, "Title": l.Title, "Variant": l.Variant,
	})
	return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), err
}
