package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has taken of the machine at one moment.
type Usage struct {
	At       time.Time
	Resident int64 // bytes, its own and the clean pages of its file
	Private  int64 // bytes that no other process could use
	Peak     int64 // the most that was ever resident
	CPU      time.Duration
	Files    int // open file descriptors
	Threads  int
	Wakes    int64 // times a thread that waited was woken, of all living threads
}

// tick is a hundredth of a second: what the kernel counts CPU time in, whatever
// its own clock.
const tick = 10 * time.Millisecond

var errNoProcess = errors.New("not to be read")

// Look reads what the kernel says of a process.
func Look(pid int) (Usage, error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	u := Usage{At: time.Now()}
	status, err := readFields(filepath.Join(dir, "status"))
	if err != nil {
		return u, err
	}
	u.Resident, u.Private, u.Peak = status["VmRSS"]<<10, status["RssAnon"]<<10, status["VmHWM"]<<10
	u.Threads = int(status["Threads"])
	files, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return u, fmt.Errorf("files of a process: %w", err)
	}
	u.Files = len(files)
	if u.CPU, err = cpuTime(filepath.Join(dir, "stat")); err != nil {
		return u, err
	}
	tasks, err := filepath.Glob(filepath.Join(dir, "task", "*", "status"))
	if err != nil {
		return u, fmt.Errorf("threads of a process: %w", err)
	}
	for _, task := range tasks {
		if one, err := readFields(task); err == nil { // a thread may end while we look
			u.Wakes += one["voluntary_ctxt_switches"]
		}
	}
	return u, nil
}

// readFields reads the numbers of a file of "name: number unit" lines.
func readFields(file string) (map[string]int64, error) {
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return nil, fmt.Errorf("state of a process: %w", err)
	}
	out := map[string]int64{}
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(line, ":")
		if words := strings.Fields(rest); len(words) > 0 {
			if n, err := strconv.ParseInt(words[0], 10, 64); err == nil {
				out[name] = n
			}
		}
	}
	return out, nil
}

// Family is the processor time of a process, of its children, and of those of its
// children that it has waited for.
func Family(pid int) (time.Duration, error) {
	sum, err := statTime(filepath.Join("/proc", strconv.Itoa(pid), "stat"), userTime, systemTime, childrenUserTime, childrenSystemTime)
	if err != nil {
		return 0, err
	}
	lists, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "children"))
	if err != nil {
		return 0, fmt.Errorf("children of a process: %w", err)
	}
	for _, list := range lists {
		text, err := os.ReadFile(filepath.Clean(list))
		if err != nil {
			continue // the thread has ended
		}
		for child := range strings.FieldsSeq(string(text)) {
			if one, err := cpuTime(filepath.Join("/proc", child, "stat")); err == nil { // it may have ended
				sum += one
			}
		}
	}
	return sum, nil
}

// Fields of a stat file after the name of the program.
const (
	userTime = 11 + iota
	systemTime
	childrenUserTime
	childrenSystemTime
)

// cpuTime is the user and system time of a stat file.
func cpuTime(file string) (time.Duration, error) { return statTime(file, userTime, systemTime) }

// statTime is the sum of times in a stat file.
func statTime(file string, which ...int) (time.Duration, error) {
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return 0, fmt.Errorf("CPU time of a process: %w", err)
	}
	// The name of the program is in parentheses and may hold anything.
	_, rest, ok := strings.Cut(string(text[max(0, strings.LastIndexByte(string(text), ')')):]), " ")
	fields := strings.Fields(rest)
	if !ok || len(fields) <= childrenSystemTime {
		return 0, fmt.Errorf("CPU time of a process: %w", errNoProcess)
	}
	var sum int64
	for _, i := range which {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("CPU time of a process: %w", err)
		}
		sum += n
	}
	return time.Duration(sum) * tick, nil
}
