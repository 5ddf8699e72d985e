package load

// The parts that tests outside the package speak to.
var (
	Judge = judge
	Fine  = fine
)

// Outcome is what one world went through.
type Outcome = outcome

// fine is an outcome that breaks no promise.
func fine() Outcome {
	o := outcome{size: size{name: "usual", mailboxes: 1, parcels: 100, mails: 20, private: 1 << 20}, Stored: 20, Parcels: 110}
	o.Idle[1].At = o.Idle[0].At.Add(100 * mostStop)
	return o
}
