package notify_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// changeKinds returns all kinds that the source of package parcel declares.
func changeKinds(t *testing.T) []parcel.ChangeKind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../parcel/change.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []parcel.ChangeKind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "ChangeKind" {
			return true
		}
		value, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			t.Fatalf("%s is no literal", spec.Names[0])
		}
		text, err := strconv.Unquote(value.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parcel.ChangeKind(text))
		return true
	})
	if len(out) < 12 {
		t.Fatalf("only %v are declared", out)
	}
	return out
}

func TestAListHasWordsForEveryKindOfChange(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	values := map[parcel.ChangeKind][]parcel.Change{
		parcel.ChangeMoved:       {{To: parcel.Import}, {To: parcel.Delivered}},
		parcel.ChangeOrderStep:   {{New: string(parcel.StepShipped), To: parcel.PreAdvice}},
		parcel.ChangeOrderWaits:  {{New: string(parcel.OrderWaiting)}, {New: string(parcel.OrderUnnumbered)}},
		parcel.ChangeNumber:      {{New: "RB123456785CN"}},
		parcel.ChangeMaybeSame:   {{New: "RB123456785CN"}},
		parcel.ChangeETA:         {{New: "2026-03-04"}},
		parcel.ChangeProtection:  {{New: "2026-03-04"}},
		parcel.ChangePickupUntil: {{New: "2026-03-04"}, {New: "2026-03-01"}, {New: "2026-02-20"}, {}},
		parcel.ChangeHealth: {
			{Old: "ok", New: "unreachable", Event: parcel.Event{Code: string(notify.TroubleMailbox), Place: "home/INBOX"}},
			{Old: "unreachable", New: "ok", Event: parcel.Event{Code: string(notify.TroubleMailbox), Place: "home/INBOX"}},
			{Old: "ok", New: "quarantined", Event: parcel.Event{Code: string(notify.TroubleCarrier), Place: "upu"}},
			{Old: "ok", New: "waiting", Event: parcel.Event{Code: string(notify.TroubleOutbox)}},
		},
	}
	for _, language := range locale.Languages() {
		p, err := locale.New(language)
		if err != nil {
			t.Fatal(err)
		}
		l := notify.NewList(notify.Input{}, p, time.UTC, at.AddDate(0, 0, 30))
		said := map[string]string{}
		for _, kind := range changeKinds(t) {
			changes := values[kind]
			if changes == nil {
				changes = []parcel.Change{{}}
			}
			for _, ch := range changes {
				ch.Kind, ch.At = kind, at
				words := l.Change(ch)
				if words == "" || strings.Contains(words, "_") || strings.Contains(words, "<") {
					t.Errorf("%s: %s %q is %q", language, kind, ch.New, words)
				}
				name := string(kind) + "/" + ch.New + ch.Old + string(ch.To)
				if other, ok := said[words]; ok && !strings.HasPrefix(string(kind), "new_") {
					t.Errorf("%s: %s and %s are both %q", language, name, other, words)
				}
				said[words] = name
				if day := parcel.Date(ch.New).Time(time.UTC); !day.IsZero() && !strings.Contains(words, strconv.Itoa(day.Day())) {
					t.Errorf("%s: %s does not name its day: %q", language, name, words)
				}
			}
		}
	}
}
