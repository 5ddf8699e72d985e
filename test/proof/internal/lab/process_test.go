package lab_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/store/sqlite"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestCPUTime(t *testing.T) {
	const rest = " S 1 2 3 4 5 6 7 8 9 10 150 50 13 14\n"
	for name, text := range map[string]string{
		"a usual name":           "42 (parcelwatch)" + rest,
		"a name of two words":    "42 (a b)" + rest,
		"a name with a bracket":  "42 (a) S 9 9 9 9 9 9 9 9 9 9 9999 9999 9)" + rest,
		"a name of one bracket)": "42 ())" + rest,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lab.CPUTime(file(t, text))
			if err != nil || got != 2*time.Second {
				t.Errorf("got %v, error %v, want 2s", got, err)
			}
		})
	}
	for name, text := range map[string]string{"nothing": "", "cut": "42 (parcelwatch) S 1 2", "no numbers": "42 (x) S a b c d e f g h i j k l m n"} {
		t.Run(name, func(t *testing.T) {
			if got, err := lab.CPUTime(file(t, text)); err == nil {
				t.Errorf("got %v and no error", got)
			}
		})
	}
}

func TestReadFields(t *testing.T) {
	got, err := lab.ReadFields(file(t, "Name:\tparcelwatch\nVmRSS:\t   36864 kB\nThreads:\t9\n\nodd\n"))
	if err != nil || len(got) != 2 || got["VmRSS"] != 36864 || got["Threads"] != 9 {
		t.Errorf("got %v, error %v", got, err)
	}
}

func TestLookAtThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("skipped: no /proc on this system")
	}
	got, err := lab.Look(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if got.Resident <= got.Private || got.Private <= 0 || got.Peak < got.Resident || got.Files < 3 || got.Threads < 1 {
		t.Errorf("got %+v", got)
	}
	if _, err := lab.Look(-1); err == nil {
		t.Error("a process that is not there gave no error")
	}
}

func TestTheSeededStoreIsSoundAndNothingInItIsDueAtOnce(t *testing.T) {
	const parcels = 25
	name, now := filepath.Join(t.TempDir(), "store", "p.db"), time.Now()
	if err := lab.Seed(t.Context(), name, lab.Crowd{Parcels: parcels, News: 3}, now); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), name, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	all, err := db.Parcels(t.Context())
	if err != nil || len(all) != parcels {
		t.Errorf("%d parcels, error %v, want %d", len(all), err, parcels)
	}
	if due, err := db.Due(t.Context(), now, parcels, nil); err != nil || len(due) != 0 {
		t.Errorf("%d are due at once, error %v", len(due), err)
	}
	if due, err := db.Due(t.Context(), now.Add(24*time.Hour), parcels, nil); err != nil || len(due) != parcels {
		t.Errorf("%d are due within a day, error %v, want %d", len(due), err, parcels)
	}
	if news, err := db.Pending(t.Context(), "anybody", time.Time{}); err != nil || len(news) != 3 {
		t.Errorf("%d news, error %v, want 3", len(news), err)
	}
	if err := rig.CheckStore(t.Context(), name); err != nil {
		t.Error(err)
	}
}
