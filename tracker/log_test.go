package tracker_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

func TestTheLogSaysThatAMailMadeAParcelAndThatItHasNewsButNotWhose(t *testing.T) {
	var log bytes.Buffer
	p := &post{info: carriers.Info{Name: "post", Batch: 10}, answer: exported}
	cfg := tracker.Config{Engine: engine(ask("post"), p), Log: slog.New(slog.NewTextHandler(&log, nil))}
	running(t, cfg, func(t *testing.T, tr *tracker.Tracker, _ *sqlite.DB) {
		n := saying(parcel.StepShipped, []string{orderA}, with("RB123456785CN", parcel.StepShipped, orderA))
		for _, digest := range []string{"a", "a"} { // the second import changes nothing
			if _, err := tr.Intake(t.Context(), tracker.Policy{}, tracker.Mail{Ref: ref(), Notice: n, Digest: digest}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
	})
	for _, want := range []string{`level=INFO msg="parcels found in an email" mailbox=home parcels=1`, `level=INFO msg="parcel has news" parcel=1 status=export`} {
		if strings.Count(log.String(), want) != 1 {
			t.Errorf("%q is not there once in\n%s", want, log.String())
		}
	}
	for _, private := range []string{"RB123456785CN", orderA, "cable"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log names %s:\n%s", private, log.String())
		}
	}
}
