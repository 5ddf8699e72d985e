//go:build !linux

package pgtest

import (
	"os"
	"os/exec"
)

// quit ends the server at once.
var quit = os.Kill

func as(cmd *exec.Cmd) *exec.Cmd { return cmd }

// Memory returns "".
func Memory() string { return "" }

func launch(cmd *exec.Cmd, exited chan<- struct{}) error {
	err := cmd.Start()
	if err == nil {
		go func() { _ = cmd.Wait(); close(exited) }()
	}
	return err
}
