package report

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Machine is what the figures depend on, without any name of the machine.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory string `json:"memory"`
	System string `json:"system"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
}

// ThisMachine is the one that runs us. What cannot be found out is left empty.
func ThisMachine() Machine {
	return Machine{
		CPU: field("/proc/cpuinfo", "model name", ":"), Cores: runtime.NumCPU(), Memory: memory(),
		System: strings.Trim(field("/etc/os-release", "PRETTY_NAME", "="), `"`), Kernel: kernel(),
		Go: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// String is the machine in one line.
func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s, kernel %s, %s", m.CPU, m.Cores, m.Memory, m.System, m.Kernel, m.Go)
}

func memory() string {
	kb, err := strconv.ParseInt(strings.TrimSuffix(field("/proc/meminfo", "MemTotal", ":"), " kB"), 10, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%.0f GiB", float64(kb)/(1<<20))
}

// kernel is its version without what the builder added.
func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(text)), "-")
	return version
}

// field is the first value of a key in a file of lines.
func field(file, key, between string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), between)
		if ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
