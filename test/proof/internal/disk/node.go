//go:build linux

package disk

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// folder is the mounted folder.
type folder struct {
	fs.Inode

	d *Disk
}

// node is a file in it.
type node struct {
	fs.Inode

	d *Disk
	f *file
}

var (
	_ fs.NodeLookuper  = (*folder)(nil)
	_ fs.NodeReaddirer = (*folder)(nil)
	_ fs.NodeCreater   = (*folder)(nil)
	_ fs.NodeUnlinker  = (*folder)(nil)
	_ fs.NodeRenamer   = (*folder)(nil)
	_ fs.NodeFsyncer   = (*folder)(nil)
	_ fs.NodeGetattrer = (*folder)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
)

// failed is the result of a call during which the power may have failed.
func failed(err error) syscall.Errno {
	if err != nil {
		return syscall.EIO
	}
	return fs.OK
}

func (n *folder) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode = syscall.S_IFDIR | 0o700
	return fs.OK
}

func (n *folder) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	f := n.d.files[name]
	if f == nil {
		return nil, syscall.ENOENT
	}
	f.attr(&out.Attr)
	return n.inode(ctx, f), fs.OK
}

func (n *folder) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	var list []fuse.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.d.files)) {
		list = append(list, fuse.DirEntry{Name: name, Mode: syscall.S_IFREG, Ino: n.d.files[name].inode})
	}
	return fs.NewListDirStream(list), fs.OK
}

func (n *folder) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	var made *fs.Inode
	err := n.d.change(func() {
		n.d.inodes++
		f := &file{inode: n.d.inodes, mode: mode & 0o777, at: time.Now()}
		n.d.files[name] = f
		f.attr(&out.Attr)
		made = n.inode(ctx, f)
	})
	return made, nil, 0, failed(err)
}

func (n *folder) Unlink(_ context.Context, name string) syscall.Errno {
	return failed(n.d.change(func() { delete(n.d.files, name) }))
}

func (n *folder) Rename(_ context.Context, name string, _ fs.InodeEmbedder, to string, flags uint32) syscall.Errno {
	if flags != 0 {
		return syscall.EINVAL
	}
	return failed(n.d.change(func() {
		n.d.files[to] = n.d.files[name]
		delete(n.d.files, name)
	}))
}

// Fsync makes the names last.
func (n *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return failed(n.d.change(func() { n.d.kept = maps.Clone(n.d.files) }))
}

func (n *folder) inode(ctx context.Context, f *file) *fs.Inode {
	return n.NewInode(ctx, &node{d: n.d, f: f}, fs.StableAttr{Mode: syscall.S_IFREG, Ino: f.inode})
}

func (f *file) attr(out *fuse.Attr) {
	out.Mode, out.Ino, out.Size, out.Nlink = syscall.S_IFREG|f.mode, f.inode, uint64(len(f.live)), 1
	out.Blocks, out.Blksize = (out.Size+511)/512, 4096
	out.SetTimes(nil, &f.at, &f.at)
}

func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, fs.OK
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	n.f.attr(&out.Attr)
	return fs.OK
}

func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	return failed(n.d.change(func() {
		if size, ok := in.GetSize(); ok {
			n.f.resize(int(size))
		}
		if mode, ok := in.GetMode(); ok {
			n.f.mode = mode & 0o777
		}
		n.f.attr(&out.Attr)
	}))
}

func (n *node) Read(_ context.Context, _ fs.FileHandle, to []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	from := n.f.live[min(int(at), len(n.f.live)):]
	return fuse.ReadResultData(bytes.Clone(from[:min(len(to), len(from))])), fs.OK
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	err := n.d.change(func() {
		if end := int(at) + len(data); end > len(n.f.live) {
			n.f.resize(end)
		}
		copy(n.f.live[at:], data)
		n.f.at = time.Now()
	})
	return uint32(len(data)), failed(err)
}

// Fsync makes the content last, and not the name.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return failed(n.d.change(func() { n.f.kept = bytes.Clone(n.f.live) }))
}

func (f *file) resize(size int) {
	if size <= len(f.live) {
		f.live = f.live[:size:size]
		return
	}
	f.live = append(f.live, make([]byte, size-len(f.live))...)
}
