package carriertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestGoodCarrierKeepsEveryPromise(t *testing.T) { carriertest.Run(t, sampleSuite(nil)) }

func FuzzAnswer(f *testing.F) { carriertest.Fuzz(f, sampleSuite(nil)) }

// flaw is one deliberate mistake and the check that must find it.
type flaw struct {
	name   string
	check  int // counted from 1, in the order of checks
	broken func(*sample)
}

func TestEachCheckFindsWhatItIsFor(t *testing.T) {
	names := carriertest.CheckNames()
	found := make(map[int]bool)
	for _, f := range slices.Concat(wordFlaws(), answerFlaws(), wireFlaws()) {
		t.Run(f.name, func(t *testing.T) {
			err := sampleSuite(f.broken).Check(t.Context(), names[f.check-1])
			if err == nil {
				t.Errorf("check %q does not see it", names[f.check-1])
			}
			t.Log(err)
		})
		found[f.check] = true
	}
	for i, name := range names {
		if !found[i+1] {
			t.Errorf("no flaw shows that check %q can fail", name)
		}
	}
}

// wordFlaws are mistakes in Info and in events.
func wordFlaws() []flaw {
	event := func(change func(*parcel.Event)) func(*sample) {
		return func(s *sample) {
			s.finish = func(r *carriers.Result) {
				for i := range r.Tracking.Events {
					change(&r.Tracking.Events[i])
				}
			}
		}
	}
	return []flaw{
		{"says another name than its folder's", 1, func(s *sample) { s.info.Name = "Sample Post" }},
		{"says batch 0", 1, func(s *sample) { s.info.Batch = 0 }},
		{"claims junk", 2, func(s *sample) { s.match = func(number.Number) carriers.Match { return carriers.Maybe } }},
		{"does not claim its own", 2, func(s *sample) { s.match = func(number.Number) carriers.Match { return carriers.No } }},
		{"panics on an odd number", 2, func(s *sample) {
			s.match = func(n number.Number) carriers.Match {
				if len(n) > 12 && n[12] == 'N' {
					return carriers.Maybe
				}
				return carriers.Match(n[0] / 0xff)
			}
		}},
		{"answers otherwise the second time", 3, func(s *sample) {
			var count atomic.Int64
			s.finish = func(r *carriers.Result) { r.Tracking.PickupPlace = strings.Repeat("x", int(count.Add(1))) }
		}},
		{"answers otherwise than the golden", 3, func(s *sample) {
			s.finish = func(r *carriers.Result) { r.Tracking.Destination = "XX" }
		}},
		{"lists the newest event first", 4, func(s *sample) {
			s.finish = func(r *carriers.Result) { slices.Reverse(r.Tracking.Events) }
		}},
		{"lists an event twice", 4, func(s *sample) {
			s.finish = func(r *carriers.Result) {
				r.Tracking.Events = append(r.Tracking.Events, r.Tracking.Events[max(0, len(r.Tracking.Events)-1):]...)
			}
		}},
		{"does not know the zone", 4, event(func(e *parcel.Event) { e.ZoneKnown = false })},
		{"leaves the text out", 4, event(func(e *parcel.Event) { e.Text = "" })},
		{"lets two lines through", 4, event(func(e *parcel.Event) { e.Text = "one\ntwo" })},
		{"invents a status", 4, event(func(e *parcel.Event) { e.Status = "lost in space" })},
		{"names a country in full", 4, event(func(e *parcel.Event) { e.Country = "China" })},
		{"has year 1", 4, event(func(e *parcel.Event) { e.Time = time.Time{} })},
		{"has a code without mapping", 4, func(s *sample) {
			s.finish = func(r *carriers.Result) { r.Unmapped = []string{"D"} }
		}},
		{"tells who signed", 11, func(s *sample) {
			s.read = func(s *sample, n number.Number, body []byte) (parcel.Tracking, error) {
				t, err := sampleRead(s, n, body)
				var a sampleAnswer
				if json.Unmarshal(body, &a) == nil && len(t.Events) > 0 {
					t.Events[0].Text += ", signed by " + a.Signatory
				}
				return t, err
			}
		}},
		{"answers otherwise from the tenth lookup on", 12, func(s *sample) {
			var count atomic.Int64
			s.finish = func(r *carriers.Result) {
				if count.Add(1) >= 10 {
					r.Tracking = parcel.Tracking{}
				}
			}
		}},
	}
}

// answerFlaws are mistakes in reading answers.
func answerFlaws() []flaw {
	onStatus := func(at int, err error) func(*sample) {
		return func(s *sample) {
			s.status = func(res *http.Response) error {
				if res.StatusCode == at {
					return err
				}
				return sampleStatus(res)
			}
		}
	}
	onBody := func(is func(string) bool, err error) func(*sample) {
		return func(s *sample) {
			s.body = func(body []byte) error {
				if is(string(body)) {
					return err
				}
				return sampleBody(body)
			}
		}
	}
	empty := func(text string) bool { return text == "" }
	page := func(text string) bool { return strings.HasPrefix(text, "<") }
	return []flaw{
		{"takes an empty list for news", 5, func(s *sample) {
			s.finish = func(r *carriers.Result) {
				if errors.Is(r.Err, carriers.ErrNotFound) {
					r.Err = nil
				}
			}
		}},
		{"takes not found for a changed answer", 5, func(s *sample) {
			s.finish = func(r *carriers.Result) {
				if errors.Is(r.Err, carriers.ErrNotFound) {
					r.Err = carriers.ErrChanged
				}
			}
		}},
		{"does not hear how long to wait", 6, onStatus(429, carriers.ErrThrottled)},
		{"takes a limit for a failure", 6, onStatus(429, carriers.ErrTemporary)},
		{"takes a refusal for a failure", 6, onStatus(403, carriers.ErrTemporary)},
		{"takes an outage for a changed answer", 6, onStatus(502, carriers.ErrChanged)},
		{"takes a captcha for a changed answer", 6, onBody(page, carriers.ErrChanged)},
		{"tries again by itself", 6, func(s *sample) { s.attempts = 3 }},
		{"says two kinds at once", 6, onStatus(503, errors.Join(carriers.ErrTemporary, carriers.ErrChanged))},
		{"takes an empty body for not found", 7, onBody(empty, carriers.ErrNotFound)},
		{"takes a login page for not found", 7, onBody(page, carriers.ErrNotFound)},
		{"takes another parcel's answer", 7, func(s *sample) {
			s.read = func(s *sample, _ number.Number, body []byte) (parcel.Tracking, error) {
				var a sampleAnswer
				_ = json.Unmarshal(body, &a)
				return sampleRead(s, number.Number(a.Number), body)
			}
		}},
		{"takes cut JSON for an empty answer", 7, func(s *sample) {
			s.read = func(s *sample, n number.Number, body []byte) (parcel.Tracking, error) {
				if !json.Valid(body) {
					return parcel.Tracking{}, carriers.ErrNotFound
				}
				return sampleRead(s, n, body)
			}
		}},
	}
}

// wireFlaws are mistakes with the network and with secrets.
func wireFlaws() []flaw {
	deaf := func(s *sample) { s.context = context.WithoutCancel }
	return []flaw{
		{"does not hear that it is cancelled", 8, deaf},
		{"leaves a goroutine behind", 8, func(s *sample) {
			s.context = func(ctx context.Context) context.Context {
				go func() {
					timer := time.NewTimer(5 * time.Second) // longer than the check waits
					defer timer.Stop()
					<-timer.C
				}()
				return ctx
			}
		}},
		{"reads without end", 9, func(s *sample) { s.limit = 1 << 40 }},
		{"has no deadline", 9, func(s *sample) {
			s.client = func(c *http.Client) *http.Client { return &http.Client{Transport: c.Transport} }
		}},
		{"does not escape the number", 10, func(s *sample) {
			s.address = func(base string, n number.Number) string { return base + "/v1?n=" + string(n) }
		}},
		{"has no name", 10, func(s *sample) { s.agent = "Go-http-client/1.1" }},
		{"asks through a client of its own", 10, func(s *sample) {
			s.client = func(*http.Client) *http.Client { return &http.Client{} }
		}},
		{"follows a redirect anywhere", 10, func(s *sample) {
			s.client = func(c *http.Client) *http.Client { return c }
		}},
		{"asks twice in one turn", 13, func(s *sample) {
			asked := 0
			s.attempts, s.body = 2, func([]byte) error {
				if asked++; asked == 1 {
					return carriers.ErrTemporary
				}
				return nil
			}
		}},
		{"says its key in an error", 11, func(s *sample) {
			s.failed = func(s *sample, err error) error {
				return &carriers.Error{Kind: carriers.ErrTemporary, Detail: "with key " + s.cfg.Settings["key"], Cause: err}
			}
		}},
		{"keeps an answer that echoes its key", 11, func(s *sample) {
			s.read = func(s *sample, n number.Number, body []byte) (parcel.Tracking, error) {
				t, err := sampleRead(s, n, body)
				if err != nil {
					err = &carriers.Error{Kind: carriers.ErrChanged, Raw: body, Cause: io.ErrUnexpectedEOF}
				}
				return t, err
			}
		}},
	}
}
