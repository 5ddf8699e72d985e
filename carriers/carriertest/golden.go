package carriertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

//nolint:gochecknoglobals // the flag package knows no other way
var update = flag.Bool("update", false, "write the goldens anew")

// golden is one result in the form of the golden file.
type golden struct {
	Number      number.Number  `json:"number"`
	Result      parcel.Result  `json:"result"`
	Origin      string         `json:"origin,omitempty"`
	Destination string         `json:"destination,omitempty"`
	ETA         parcel.Date    `json:"eta,omitempty"`
	PickupUntil parcel.Date    `json:"pickup_until,omitempty"`
	PickupPlace string         `json:"pickup_place,omitempty"`
	Aliases     []parcel.Alias `json:"aliases,omitempty"`
	Events      []parcel.Event `json:"events,omitempty"`
	Unmapped    []string       `json:"unmapped,omitempty"`
}

func goldens(ctx context.Context, s Suite) error {
	var errs []error
	for _, c := range s.Known {
		if err := s.golden(ctx, c); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.name(), err))
		}
	}
	return errors.Join(errs...)
}

// golden replays a case twice and compares the results with the golden file.
func (s Suite) golden(ctx context.Context, c Case) error {
	b, err := open(s, 10*time.Second, s.replay(c))
	if err != nil {
		return err
	}
	defer b.close()
	first, err := look(ctx, b.carrier, c)
	if err != nil {
		return err
	}
	second, err := look(ctx, b.carrier, c)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		return fmt.Errorf("asked again it says something else (-first +second):\n%s", diff)
	}
	file := filepath.Join(s.Dir, c.name()+".golden.json")
	if *update {
		return os.WriteFile(file, first, 0o600)
	}
	want, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return fmt.Errorf("%w (run with -update, then read it)", err)
	}
	want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))
	if diff := cmp.Diff(string(want), string(first)); diff != "" {
		return fmt.Errorf("%s (-want +got):\n%s", filepath.Base(file), diff)
	}
	return nil
}

// look asks for a case's numbers in one call and encodes the results for the golden
// file.
func look(ctx context.Context, c carriers.Carrier, k Case) ([]byte, error) {
	numbers := append([]number.Number{k.Number}, k.Also...)
	results, err := c.Track(ctx, numbers)
	if err != nil {
		return nil, fmt.Errorf("track: %w", err)
	}
	if len(results) != len(numbers) {
		return nil, fmt.Errorf("asked for %d numbers, got %d results", len(numbers), len(results))
	}
	kept := make([]golden, 0, len(results))
	for i, r := range results {
		if r.Number != numbers[i] {
			return nil, fmt.Errorf("result %d is of %s, asked for %s", i, r.Number, numbers[i])
		}
		t := r.Tracking
		kept = append(kept, golden{
			r.Number, carriers.ResultOf(r.Err), t.Origin, t.Destination, t.ETA, t.PickupUntil, t.PickupPlace,
			t.Aliases, t.Events, r.Unmapped,
		})
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(kept); err != nil {
		return nil, fmt.Errorf("write golden: %w", err)
	}
	return buf.Bytes(), nil
}
