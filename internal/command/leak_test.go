//go:build linux

package command

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// openFiles returns the open files of this process, by descriptor.
func openFiles(t *testing.T) map[string]string {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range list {
		if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil {
			out[f.Name()] = to
		}
	}
	return out
}

func TestStartedAndStoppedOverAndOverItLeavesNothingBehind(t *testing.T) {
	w, config := world(t)
	life := func(i int) {
		number := fmt.Sprintf("LP007100200%05d", 30040+i)
		// Before the start, because this server may not announce mail that arrives just before
		// IDLE.
		if err := w.Inbox.Deliver(fmt.Appendf(nil, letter, number, time.Now().Format(time.RFC1123Z)), time.Now()); err != nil {
			t.Fatal(err)
		}
		d := startDaemon(t, config)
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("life %d:\n%s", i, d.errs)
			}
		})
		wait(t, "an idle mailbox", func() bool { return strings.Contains(d.errs.String(), "state=idle") })
		wait(t, "the parcel", func() bool {
			_, out, _ := command(t.Context(), "list", "--config", config)
			return strings.Contains(out, number)
		})
		if i == 0 {
			wait(t, "the answer of a post", func() bool {
				_, out, _ := command(t.Context(), "show", number, "--json", "--config", config)
				return strings.Contains(out, `"result": "not_found"`)
			})
		}
		if code := d.stop(); code != exitGood {
			t.Fatalf("exit %d\n%s", code, d.errs)
		}
	}
	running := goleak.IgnoreCurrent()
	life(0) // what stays open for the whole process is opened here
	before := openFiles(t)
	const lives = 20
	for i := range lives {
		life(i + 1)
	}
	if err := goleak.Find(running); err != nil {
		t.Errorf("after %d lives: %v", lives, err)
	}
	var after map[string]string
	for range 50 { // the server side of a connection closes a little later
		if after = openFiles(t); len(after) <= len(before) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("after %d lives %d files are open, %d before:\n%v\n%v", lives, len(after), len(before), after, before)
}
