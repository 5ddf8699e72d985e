package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

const (
	childEnv  = "PARCELWATCH_STORE_CHILD"
	childPath = "PARCELWATCH_STORE_PATH"
	childName = "PARCELWATCH_STORE_FOLDER"
)

// childWriter imports mail after mail and acknowledges each one, until it is
// killed.
func childWriter() int {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, os.Getenv(childPath), sqlite.Options{})
	if err != nil {
		fmt.Println("open:", err)
		return 1
	}
	for uid := uint32(1); ; uid++ {
		ref := parcel.MailRef{Mailbox: "home", Folder: os.Getenv(childName), UIDValidity: 1, UID: uid}
		p := parcelOf(childNumber(ref.Folder, uid))
		err := db.Apply(ctx, store.Scope{Mail: &ref, Numbers: p.Numbers(), Now: storetest.Now()}, func(st *store.State) error {
			st.Parcels = append(st.Parcels, p)
			st.Changes = []store.NewChange{{Change: parcel.Change{Kind: parcel.ChangeNewParcel, Key: string(p.Number())}, Of: p}}
			return nil
		})
		if err != nil {
			fmt.Println("apply:", err)
			return 1
		}
		fmt.Println(uid)
	}
}

// childHolder holds the daemon's lock until it is killed.
func childHolder() int {
	if _, err := sqlite.Lock(os.Getenv(childPath)); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("held")
	time.Sleep(time.Minute) // the parent kills it long before
	return 0
}

// childOpener opens the store, writes one secret and closes it. What a process may do to
// another's locks on a file differs from what it does to its own, so openings that are
// independent are processes.
func childOpener() int {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, os.Getenv(childPath), sqlite.Options{})
	if err == nil {
		err = errors.Join(db.SetSecret(ctx, os.Getenv(childName), "x"), db.Close())
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func childNumber(folder string, uid uint32) number.Number {
	return number.Number(fmt.Sprintf("%s-%08d", folder, uid))
}

// child starts the test binary as a process to kill.
func child(t *testing.T, role, path, folder string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childEnv+"="+role, childPath+"="+path, childName+"="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func TestKilledWritersLoseNothing(t *testing.T) {
	t.Parallel()
	const rounds, writers, acks = 4, 2, 25
	path := filepath.Join(t.TempDir(), "p.db")
	last := map[string]uint32{}
	for round := range rounds {
		var cmds []*exec.Cmd
		var lines []*bufio.Scanner
		for w := range writers {
			cmd, out := child(t, "writer", path, fmt.Sprintf("R%dW%d", round, w))
			cmds, lines = append(cmds, cmd), append(lines, out)
		}
		for w, out := range lines {
			folder := fmt.Sprintf("R%dW%d", round, w)
			for out.Scan() {
				uid, err := strconv.ParseUint(out.Text(), 10, 32)
				if err != nil {
					t.Fatalf("child: %s", out.Text())
				}
				last[folder] = uint32(uid)
				if uid == acks { // read what it wrote before it died, too
					if err := cmds[w].Process.Kill(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := cmds[w].Wait(); err == nil {
				t.Fatal("the child ended by itself")
			}
		}
		wantAcknowledged(t, path, last)
	}
}

func wantAcknowledged(t *testing.T, path string, last map[string]uint32) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	pending, err := db.Pending(t.Context(), "me", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	news := map[string]bool{}
	for _, c := range pending {
		news[c.Key] = true
	}
	total := 0
	for folder, uid := range last {
		pos, err := db.Checkpoint(t.Context(), "home", folder)
		if err != nil || pos.UID < uid {
			t.Errorf("%s: position = %+v, %v; want at least %d", folder, pos, err, uid)
		}
		for n := uint32(1); n <= pos.UID; n++ { // the checkpoint moves with the parcel, acknowledged or not
			if _, err := db.ParcelByNumber(t.Context(), childNumber(folder, n)); err != nil {
				t.Errorf("%s: mail %d of %d: %v", folder, n, pos.UID, err)
			}
			if !news[string(childNumber(folder, n))] {
				t.Errorf("%s: mail %d of %d: its change is lost", folder, n, pos.UID)
			}
			total++
		}
	}
	all, err := db.Parcels(t.Context())
	if err != nil || len(all) != total {
		t.Errorf("%d parcels, %v; want one for each of %d mails", len(all), err, total)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	t.Run("the second is refused in words and the third gets it after release", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "new folder", "p.db")
		release, err := sqlite.Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = sqlite.Lock(path)
		if !errors.Is(err, store.ErrInUse) {
			t.Errorf("the second lock = %v, want ErrInUse", err)
		} else if !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q names neither process nor file", err)
		}
		put(t, open(t, path), "RB123456785CN") // other commands need no lock
		release()
		release()
		again, err := sqlite.Lock(path)
		if err != nil {
			t.Fatalf("after release: %v", err)
		}
		again()
	})

	t.Run("a killed process gives it back", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "p.db")
		cmd, out := child(t, "holder", path, "")
		if !out.Scan() || out.Text() != "held" {
			t.Fatalf("child: %q", out.Text())
		}
		_, err := sqlite.Lock(path)
		if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(cmd.Process.Pid)) {
			t.Errorf("beside a living holder: %v, want ErrInUse with its id", err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		release, err := sqlite.Lock(path)
		if err != nil {
			t.Fatalf("after the holder was killed: %v", err)
		}
		release()
	})
}
