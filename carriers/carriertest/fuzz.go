package carriertest

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
)

// Fuzz feeds arbitrary answers to a carrier. It must not panic: it returns one of
// the five errors, or events that keep the rules.
func Fuzz(f *testing.F, s Suite) {
	f.Helper()
	s = s.withDefaults()
	files, err := os.ReadDir(s.Dir)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if strings.Contains(file.Name(), ".golden.") {
			continue
		}
		seed, err := os.ReadFile(filepath.Join(s.Dir, file.Name()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed, uint16(200))
	}
	answer := &canned{}
	carrier, err := s.New(carriers.Config{
		BaseURL: "http://127.0.0.1:1", Settings: planted(s.Info),
		HTTP: &http.Client{Transport: answer, Timeout: time.Second},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, status uint16) {
		answer.body, answer.status = body, 200+int(status)%400
		res, err := track(t.Context(), carrier, s.Known[0].Number)
		if err != nil {
			if carriers.ResultOf(err) == "temporary" && wants(err, carriers.ErrTemporary) != nil {
				t.Fatalf("error %v is none of the five", err)
			}
			return
		}
		if err := s.timeline(res); err != nil {
			t.Fatal(err)
		}
	})
}

// canned gives the same answer to every request, without a network.
type canned struct {
	body   []byte
	status int
}

// RoundTrip returns the answer.
func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: c.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)),
	}, nil
}
