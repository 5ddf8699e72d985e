package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parcelwatch/test/beside"
)

func TestMain(m *testing.M) {
	beside.Run(6)
	testscript.Main(m, map[string]func(){"parcelwatch": program})
}

// program does the same as cmd/daemon's main.
func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(Run(ctx, os.Args[1:])) //nolint:gocritic,revive // it stands in for main
}

// TestScripts runs whole commands. Beside testscript's own there are:
//
//	expand FILE...      replaces $NAME in files
//	exits CODE PROGRAM  runs a program that ends with that exit status
//	json FILE PATH WANT checks a value of a JSON document: a.0.b
//	ordered STORE ID STEP TITLE [NUMBER]
//	                    adds an order of two days ago, and the parcel that carries it;
//	                    STORE is a file or HOUSEHOLD@FILE
//	kept STORE NUMBER PLACE UNTIL TITLE
//	                    adds a parcel that only unverified mail names and that has waited
//	                    at a place for three days
//
// POST is the address of a fake that answers like Cainiao.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			post := httptest.NewServer(http.HandlerFunc(cainiao))
			e.Defer(post.Close)
			e.Setenv("POST", post.URL)
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"expand": expand, "json": jsonIs, "exits": exits, "ordered": inOrder, "kept": kept},
	})
}

// cainiao answers by number, with each kind of failure in its wire form.
func cainiao(w http.ResponseWriter, r *http.Request) {
	number := r.URL.Query().Get("mailNos")
	switch {
	case strings.HasPrefix(number, "LP00000000000429"):
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case strings.HasPrefix(number, "LP00000000000500"):
		w.WriteHeader(http.StatusInternalServerError)
		return
	case strings.HasPrefix(number, "LP00000000000403"):
		w.WriteHeader(http.StatusForbidden)
		return
	case strings.HasPrefix(number, "LP00000000000999"):
		_, _ = fmt.Fprint(w, `{"module":[{`)
		return
	}
	events := ""
	if number == "RB123456785CN" {
		events = `{"time":1770175200000,"timeStr":"2026-02-04 11:20:00","timeZone":"GMT+8","desc":"[Guangzhou] Departed","standerdDesc":"Departed from sorting center","actionCode":"SC_OUTBOUND_SUCCESS","descTitle":"x"},
		 {"time":1770088800000,"timeStr":"2026-02-03 11:20:00","timeZone":"GMT+8","desc":"[Guangzhou] Accepted by carrier","standerdDesc":"Accepted by carrier","actionCode":"GWMS_ACCEPT"}`
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"module":[{"mailNo":%q,"mailNoSource":"EXTERNAL","originCountry":"Mainland China","destCountry":"Russian Federation","detailList":[%s]}],"success":true}`, number, events)
}

func expand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: expand FILE...")
	}
	for _, name := range args {
		path := ts.MkAbs(name)
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(path, []byte(text), 0o600))
	}
}

func jsonIs(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH WANT")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	for key := range strings.SplitSeq(args[1], ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[key]
		case []any:
			var i int
			if key == "len" {
				v = len(node)
				continue
			}
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(node) {
				ts.Fatalf("%s: no element %s of %d", args[1], key, len(node))
			}
			v = node[i]
		default:
			ts.Fatalf("%s: %v is no object", args[1], v)
		}
	}
	if got := fmt.Sprint(v); (got == args[2]) == neg {
		ts.Fatalf("%s is %s, want %s", args[1], got, args[2])
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	got := 0
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}
