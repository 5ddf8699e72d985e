package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parcelwatch/parcel"
)

func TestMergeAndSplitAreSeenInTheList(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(t, "RB123456785CN", "LA900000257CN")
	list := func() string {
		var rows []struct{ Numbers []string }
		_, body := s.ask(t, s.read, http.MethodGet, "/api/v1/parcels", "")
		if err := json.Unmarshal([]byte(body), &rows); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(rows)
	}
	s.ask(t, s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/merge", `{"number":"LA900000257CN"}`)
	if got := list(); got != "[{[RB123456785CN LA900000257CN]}]" {
		t.Errorf("merged: %s", got)
	}
	s.ask(t, s.write, http.MethodPost, "/api/v1/parcels/LA900000257CN/split", "")
	if got := list(); got != "[{[RB123456785CN]} {[LA900000257CN]}]" {
		t.Errorf("split: %s", got)
	}
}

func TestChangesAreOfEveryKindButHealth(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(t, "RB123456785CN")
	kinds := s.described.Components.Schemas["Change"].Value.Properties["kind"].Value.Enum
	var all []parcel.Change
	for _, kind := range kinds {
		name, _ := kind.(string)
		ch := parcel.Change{Kind: parcel.ChangeKind(name), Parcel: 1, New: "2026-03-10", At: now, Key: "test/" + name}
		if strings.Contains(name, "order") {
			ch.Parcel, ch.Order = 0, "8190000000000001"
		}
		all = append(all, ch)
	}
	all = append(all, parcel.Change{Kind: parcel.ChangeHealth, New: "broken", At: now, Key: "test/health"})
	if err := s.db.Tell(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	var got []struct{ Kind, Number, Order, New string }
	_, body := s.ask(t, s.read, http.MethodGet, "/api/v1/changes?limit=500", "")
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, ch := range got {
		seen[ch.Kind] = true
		if ch.Kind == "health" || (ch.Number == "") == (ch.Order == "") {
			t.Errorf("%+v", ch)
		}
	}
	for _, kind := range kinds {
		if name, _ := kind.(string); !seen[name] {
			t.Errorf("no %s", name)
		}
	}
	if _, body := s.ask(t, s.read, http.MethodGet, "/api/v1/changes?limit=2", ""); strings.Count(body, `"kind"`) > 2 {
		t.Errorf("limit 2: %s", body)
	}
}
