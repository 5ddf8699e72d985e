//go:build unix

package declared

import (
	"os/exec"
	"syscall"
)

// runAll runs a program in a process group of its own. At its end, or when the context
// is over, all that it has started ends with it.
func runAll(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	end := func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Cancel = end
	if err := cmd.Start(); err != nil {
		return err
	}
	err := cmd.Wait()
	_ = end() // nothing is left of most groups
	return err
}
