package tracker_test

import (
	"encoding/json"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/test/bench"
)

// BenchmarkBareJSON decodes the documents that one tick over ten thousand parcels
// reads: the parcels due and the sixty candidates for piggybacking.
func BenchmarkBareJSON(b *testing.B) {
	const due, riders = 14, 60
	var docs [][]byte
	for i := range due + riders {
		doc, err := json.Marshal(travelled(i))
		if err != nil {
			b.Fatal(err)
		}
		docs = append(docs, doc)
	}
	var turns bench.Turns
	for b.Loop() {
		began := time.Now()
		for _, doc := range docs {
			var p parcel.Parcel
			if err := json.Unmarshal(doc, &p); err != nil || len(p.Sources) != 2 {
				b.Fatal(p, err)
			}
		}
		turns.Add(began)
	}
	turns.Report(b)
}
