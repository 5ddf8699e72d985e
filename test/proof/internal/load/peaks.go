package load

import (
	"context"
	"sync"
	"time"

	"parcelwatch/test/proof/internal/lab"
)

// peaks remembers the most of everything while somebody else works.
type peaks struct {
	mu   sync.Mutex
	most lab.Usage
}

// watch looks at a process until ctx ends or the process does.
func (p *peaks) watch(ctx context.Context, pid int) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		if u, err := lab.Look(pid); err == nil {
			p.add(u)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (p *peaks) add(u lab.Usage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.most.Resident, p.most.Peak = max(p.most.Resident, u.Resident), max(p.most.Peak, u.Peak)
	p.most.Private = max(p.most.Private, u.Private)
	p.most.Files, p.most.Threads = max(p.most.Files, u.Files), max(p.most.Threads, u.Threads)
}

func (p *peaks) get() lab.Usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.most
}
