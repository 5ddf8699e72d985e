//go:build linux

package kill

// ReadDigest returns the numbers that are new in a digest, and all in it.
func ReadDigest(raw []byte) (news, named []string, err error) {
	d, err := readDigest(raw)
	return d.news, d.named, err
}

// Quota is how kills are shared out.
type Quota struct{ q *quota }

// NewQuota shares out n kills.
func NewQuota(n int) Quota { return Quota{newQuota(n)} }

// Next is the moment to wait for.
func (q Quota) Next(mailing bool) int { return q.q.next(mailing) }

// Count books a kill.
func (q Quota) Count(i int, came bool) { q.q.count(i, came) }

// Each tells of every moment its name, share of 100, and kills left and done.
func (q Quota) Each(f func(name string, mailing bool, share, left, done int)) {
	for i, m := range q.q.all {
		f(m.name, m.mailing, m.share, q.q.left[i], q.q.done[i])
	}
}
