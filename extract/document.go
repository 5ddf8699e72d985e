package extract

import (
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Doc is a notice in the form printed by the parse command and stored in the
// corpus. It is schema 1.
type Doc struct {
	Schema      int              `json:"schema"`
	File        string           `json:"file"`
	Shop        string           `json:"shop"`
	Trusted     parcel.Trust     `json:"trusted"`
	TrustReason string           `json:"trust_reason"`
	Step        parcel.Step      `json:"step"`
	StepWords   string           `json:"step_words"`
	Status      parcel.Status    `json:"status"`
	Orders      []string         `json:"orders"`
	Parcels     []DocParcel      `json:"parcels"`
	Logistics   parcel.Logistics `json:"logistics"`
	Items       []parcel.Item    `json:"items"`
	ETA         string           `json:"eta"`  // 2006-01-02, or empty
	Sent        string           `json:"sent"` // RFC 3339 in UTC, or empty
	Problems    []string         `json:"problems"`

	Reason message.Text   `json:"-"` // TrustReason, translatable
	Unread []message.Text `json:"-"` // Problems, translatable

	Subject, From string    `json:"-"`
	Date          time.Time `json:"-"`
}

// DocParcel is one parcel of a [Doc].
type DocParcel struct {
	Number number.Number `json:"number"`
	Family string        `json:"family"` // "unknown" if the format is not known
	Orders []string      `json:"orders"`
	Step   parcel.Step   `json:"step"`
}

// Document returns the notice of a file in its printed form. Lists are never
// null.
func Document(file string, n parcel.Notice) Doc {
	d := Doc{
		Schema: 1, File: file, Shop: n.Shop,
		Trusted: n.Verdict.Trust, TrustReason: locale.English(n.Verdict.Reason),
		Step: n.Step, StepWords: n.StepWords, Status: n.Step.Status(),
		Orders: list(n.Orders), Parcels: make([]DocParcel, 0, len(n.Parcels)),
		Logistics: parcel.Logistics{Sender: n.Logistics.Sender, Sites: list(n.Logistics.Sites)},
		Items:     list(n.Items), ETA: string(n.ETA), Problems: make([]string, 0, len(n.Problems)),
		Reason: n.Verdict.Reason, Unread: n.Problems, Subject: n.Subject, Date: n.Sent,
	}
	for _, p := range n.Problems {
		d.Problems = append(d.Problems, locale.English(p))
	}
	if !n.Sent.IsZero() {
		d.Sent = n.Sent.UTC().Format(time.RFC3339)
	}
	for _, p := range n.Parcels {
		d.Parcels = append(d.Parcels, DocParcel{
			Number: p.Number, Family: string(p.Number.Family()), Orders: list(p.Orders), Step: p.Step,
		})
	}
	return d
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
