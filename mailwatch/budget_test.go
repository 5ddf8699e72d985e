package mailwatch_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/mailwatch"
)

func TestTheBudgetMakesReadersWaitAndKeepsThemAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := mailwatch.NewBudget()
		var free []func()
		for range 4 {
			f, err := b.Hold(t.Context(), 8<<20, time.Minute, func() error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			free = append(free, f)
		}
		alive := 0
		time.AfterFunc(150*time.Second, func() { free[0](); free[0]() }) // a second call changes nothing
		start := time.Now()
		last, err := b.Hold(t.Context(), 8<<20, time.Minute, func() error { alive++; return nil })
		if err != nil || alive != 2 || time.Since(start) != 150*time.Second {
			t.Errorf("after %v and %d signs of life: %v", time.Since(start), alive, err)
		}
		if _, err := b.Hold(t.Context(), 1, time.Minute, func() error { return errTest }); !errors.Is(err, errTest) {
			t.Errorf("a dead connection: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.Hold(ctx, 1, time.Minute, func() error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a stop: %v", err)
		}
		for _, f := range append(free[1:], last) {
			f()
		}
		if f, err := b.Hold(t.Context(), 1<<40, time.Minute, func() error { return errTest }); err != nil {
			t.Errorf("more than everything: %v", err)
		} else {
			f()
		}
	})
}

// TestBigHeadersAreNotKept: what 900 waiting mails with headers of 64 KB leave in memory
// is small.
func TestBigHeadersAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		big := "From: " + friend + "\r\nDate: " + time.Now().Format(time.RFC1123Z) + "\r\nSubject: " + strings.Repeat("long ", 13_000) + "\r\n\r\nBody\r\n"
		mails := make([]string, 900)
		for i := range mails {
			mails[i] = big
		}
		s := startFake(append(mails, message(shop, "last"))...)
		in := &inbox{}
		var most uint64
		var once sync.Once
		s.hook = func(c *fakeConn, tag, command string) bool {
			if strings.Contains(command, "SEARCH") {
				c.say("%s NO not here", tag)
				return true
			}
			if strings.Contains(command, "BODY.PEEK[]") { // every header was read
				once.Do(func() {
					runtime.GC()
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most = m.HeapAlloc
				})
			}
			return false
		}
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		r := watch(account(s.pipeNet), newPositions(), in)
		settle()
		if got := fmt.Sprint(in.subjects()); got != "[last]" {
			t.Errorf("read %s", got)
		}
		if more := int64(most) - int64(before.HeapAlloc); most == 0 || more > 16<<20 {
			t.Errorf("%d MB more while the heads of %d mails are kept", more>>20, len(mails))
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestAFolderListIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"))
		s.hook = func(c *fakeConn, tag, command string) bool {
			if !strings.HasPrefix(command, "LIST") {
				return false
			}
			for i := range 20_000 {
				c.say(`* LIST () "/" "f%d"`, i)
			}
			c.say(`* LIST () "/" "%s"`, strings.Repeat("x", 5000))
			c.say("%s OK", tag)
			return true
		}
		report, err := mailwatch.Check(t.Context(), account(s.pipeNet))
		if err != nil || len(report.Folders) != 1000 {
			t.Errorf("%d folders, %v", len(report.Folders), err)
		}
		s.stop(t)
	})
}

func TestNestedAnswersEndTheConnectionAndAreNamed(t *testing.T) {
	for i, answer := range []string{"* 1 FETCH (BODYSTRUCTURE " + strings.Repeat("(", 1<<20), "* FLAGS (" + strings.Repeat("a ", 1<<20)} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startFake(message(shop, "one"))
				s.hook = func(c *fakeConn, _, command string) bool {
					if strings.HasPrefix(command, "EXAMINE") {
						c.say("%s", answer)
						return true
					}
					return false
				}
				_, err := mailwatch.Check(t.Context(), account(s.pipeNet))
				if err == nil {
					t.Fatal("it passed")
				}
				if got := explain(err, account(s.pipeNet)); !strings.Contains(got, "sends far more than was asked for") {
					t.Errorf("got %q", got)
				}
				s.stop(t)
			})
		})
	}
}

func FuzzHeaderReader(f *testing.F) {
	f.Add([]byte("From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: =?utf-8?q?a=20b?=\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n\r\n"))
	f.Add([]byte("From: " + strings.Repeat("<a@b>,", 3000) + "\r\n\r\n"))
	f.Add([]byte("Subject: " + strings.Repeat("=?x?b?////?= ", 500)))
	f.Fuzz(func(t *testing.T, header []byte) {
		began := time.Now()
		_, subject, _ := mailwatch.HeaderMatches(header, senders("aliexpress.com"))
		if len([]rune(subject)) > 201 || strings.ContainsAny(subject, "\r\n") {
			t.Errorf("subject %q", subject)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%d bytes took %v", len(header), took)
		}
	})
}
