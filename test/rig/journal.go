package rig

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Line is one line of a log and when it came.
type Line struct {
	At   time.Time
	Text string
}

// Journal is what a process says on stderr, over all its lives.
type Journal struct {
	mu    sync.Mutex
	lines []Line
	rest  []byte
	news  chan struct{} // closed and made anew with each line
}

// NewJournal is an empty one.
func NewJournal() *Journal { return &Journal{news: make(chan struct{})} }

// Write takes in what a process says.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	j.rest = append(j.rest, p...)
	for {
		text, rest, whole := bytes.Cut(j.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		j.lines = append(j.lines, Line{At: now, Text: string(text)})
		j.rest = bytes.Clone(rest)
		close(j.news)
		j.news = make(chan struct{})
	}
}

// Len is how many lines there are; a mark for Await and Since.
func (j *Journal) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.lines)
}

// Since is the lines from a mark on.
func (j *Journal) Since(from int) []Line {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Line(nil), j.lines[min(from, len(j.lines)):]...)
}

// Tail is the last lines in one text, for an error.
func (j *Journal) Tail(n int) string {
	lines := j.Since(max(0, j.Len()-n))
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintln(&b, l.Text)
	}
	return b.String()
}

// Save writes all lines to a file, for whoever wants to know more.
func (j *Journal) Save(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("save a log: %w", err)
	}
	if err := os.WriteFile(file, []byte(j.Tail(j.Len())), 0o600); err != nil {
		return fmt.Errorf("save a log: %w", err)
	}
	return nil
}

// Has reports whether a line from a mark on holds all the words.
func (j *Journal) Has(from int, words ...string) bool {
	_, ok := find(j.Since(from), words)
	return ok
}

// Await waits for a line from a mark on that holds all the words.
func (j *Journal) Await(ctx context.Context, from int, words ...string) (Line, error) {
	for {
		j.mu.Lock()
		news := j.news
		lines := j.lines[min(from, len(j.lines)):]
		l, ok := find(lines, words)
		from += len(lines)
		j.mu.Unlock()
		if ok {
			return l, nil
		}
		select {
		case <-ctx.Done():
			return Line{}, fmt.Errorf("wait for the log line %q: %w", words, ctx.Err())
		case <-news:
		}
	}
}

func find(lines []Line, words []string) (Line, bool) {
	for _, l := range lines {
		all := true
		for _, w := range words {
			all = all && strings.Contains(l.Text, w)
		}
		if all {
			return l, true
		}
	}
	return Line{}, false
}
