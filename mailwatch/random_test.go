package mailwatch_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/mailwatch"
)

// TestNoMailIsLostWhateverHappensAround lets mail arrive at any time during dropped and
// silent links, unreachable servers, stops, store failures and renumbered folders. In
// the end every mail must have been handled, in UID order except after a restart of the
// scan, and again only if a checkpoint was lost.
func TestNoMailIsLostWhateverHappensAround(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{
			"shop", "shop", "shop", "friend", "drop", "hole", "unreachable", "reachable", "stop", "store fails", "store works", "recreate", "wait", "wait", "long wait",
		}), 1, 40).Draw(rt, "steps")
		var failure string
		synctest.Test(t, func(t *testing.T) { failure = play(t, steps) })
		if failure != "" {
			rt.Fatal(failure)
		}
	})
}

func play(t *testing.T, steps []string) string {
	t.Helper()
	s, p, in := startMem(t), newPositions(), &inbox{}
	r := watch(account(s.pipeNet), p, in)
	settle()
	var sent []string
	clean := true // nothing happened that may lose a checkpoint
	for i, step := range steps {
		switch step {
		case "shop":
			subject := fmt.Sprintf("mail %d", i)
			s.add(t, "INBOX", shop, subject)
			sent = append(sent, subject)
		case "friend":
			s.add(t, "INBOX", friend, fmt.Sprintf("noise %d", i))
		case "drop":
			if s.count() > 0 {
				s.last().Close()
			}
		case "hole":
			s.last().blackHole()
		case "unreachable":
			s.refuse(errTest)
		case "reachable":
			s.refuse(nil)
		case "stop":
			r.stop(t)
			r = watch(account(s.pipeNet), p, in)
		case "store fails":
			p.setFail(errTest)
			clean = false
		case "store works":
			p.setFail(nil)
		case "recreate":
			settle() // mail deleted before it was read is gone
			clean = false
			if lost := missing(sent, in.subjects()); len(lost) > 0 {
				continue
			}
			if err := errors.Join(s.user.Delete("INBOX"), s.user.Create("INBOX", nil)); err != nil {
				return err.Error()
			}
		case "wait":
			pass(7 * time.Second)
		case "long wait":
			pass(3 * time.Minute)
		}
	}
	s.refuse(nil)
	p.setFail(nil)
	pass(45 * time.Minute)
	r.stop(t)
	s.stop(t)
	return judge(sent, in, p, clean)
}

func judge(sent []string, in *inbox, p *memPositions, clean bool) string {
	got := in.subjects()
	if lost := missing(sent, got); len(lost) > 0 {
		return fmt.Sprintf("never handed over: %v", lost)
	}
	if clean && !slices.Equal(sent, got) {
		return fmt.Sprintf("sent %v, handed over %v", sent, got)
	}
	last := mailwatch.Mail{}
	seen := map[string]bool{}
	for _, m := range in.mails {
		fresh := !seen[subjectOf(m)]
		if fresh && m.Ref.UIDValidity == last.Ref.UIDValidity && m.Ref.UID < last.Ref.UID {
			return fmt.Sprintf("out of order: %v after %v", m.Ref, last.Ref)
		}
		seen[subjectOf(m)], last = true, m
	}
	if asides := p.setAside(); len(asides) > 0 {
		return fmt.Sprintf("set aside: %v", asides)
	}
	if !p.get("INBOX").Scanned {
		return "the first scan has no end"
	}
	return ""
}

func missing(sent, got []string) []string {
	var out []string
	for _, s := range sent {
		if !slices.Contains(got, s) {
			out = append(out, s)
		}
	}
	return out
}
