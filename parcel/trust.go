package parcel

import "parcelwatch/internal/message"

// Trust says how far the word of a mail can be taken.
type Trust string

// The grades of trust.
const (
	TrustVerified   Trust = "verified"   // the shop's own signature, checked here or by a server whose word counts
	TrustRelayed    Trust = "relayed"    // Apple's relay, its own signature checked
	TrustForwarded  Trust = "forwarded"  // sent on by a configured forwarder
	TrustUnverified Trust = "unverified" // From is the shop's, but nothing proves it
	TrustForged     Trust = "forged"     // a server whose word counts says it is not the shop's
	TrustForeign    Trust = "foreign"    // not the shop's From at all
)

// Creates reports whether mail of this trust may create or change a parcel.
// Where the configuration asks for verified mail only, the caller refuses
// [TrustUnverified] too.
func (t Trust) Creates() bool {
	switch t {
	case TrustVerified, TrustRelayed, TrustForwarded, TrustUnverified:
		return true
	default:
		return false
	}
}

// Verdict is a judgement of one mail's origin, with its reason in words, such as
// "dkim=pass d=aliexpress.com (checked here)".
type Verdict struct {
	Trust  Trust
	Reason message.Text
}
