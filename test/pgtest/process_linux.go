package pgtest

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// quit ends the server at once.
const quit = syscall.SIGQUIT

// as makes root's process one of the account, and lets it end with this program, however
// that ends.
func as(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: quit}
	if os.Geteuid() == 0 {
		if uid, gid, err := account(); err == nil {
			cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	cmd.Dir = "/"
	return cmd
}

// Memory returns a folder that is kept in memory, or "" if there is none with room for the
// databases of a package.
func Memory() string {
	const dir, room = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil || os.Getenv("TMPDIR") != "" || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return dir
}

// launch starts the process on a thread that lives as long, because the process ends with
// the thread that started it.
func launch(cmd *exec.Cmd, exited chan<- struct{}) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked, so that the thread ends here
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(exited)
	}()
	return <-started
}
