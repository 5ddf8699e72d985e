package parcel

import "parcelwatch/internal/message"

// Trust is how far a mail's content can be trusted.
type Trust string

// The grades of trust.
const (
	TrustVerified   Trust = "verified"   // the shop's own signature, checked here or by a trusted server
	TrustRelayed    Trust = "relayed"    // via Apple's relay, whose signature was checked
	TrustForwarded  Trust = "forwarded"  // sent on by a configured forwarder
	TrustUnverified Trust = "unverified" // From is the shop's, but unproven
	TrustForged     Trust = "forged"     // a trusted server says it is not the shop's
	TrustForeign    Trust = "foreign"    // From is not the shop's
)

// Creates reports whether mail of this trust may create or change a parcel. If the
// configuration requires verified mail, the caller refuses [TrustUnverified] too.
func (t Trust) Creates() bool {
	switch t {
	case TrustVerified, TrustRelayed, TrustForwarded, TrustUnverified:
		return true
	default:
		return false
	}
}

// Verdict is the trust of one mail with the reason in words, such as "dkim=pass
// d=aliexpress.com (checked here)".
type Verdict struct {
	Trust  Trust
	Reason message.Text
	// Unsigned is set for mail of a configured forwarder without a proof that it is
	// the forwarder's.
	Unsigned bool
}

// Proven reports whether the sender of the mail is proven.
func (v Verdict) Proven() bool {
	switch v.Trust {
	case TrustVerified, TrustRelayed, TrustForwarded:
		return !v.Unsigned
	default:
		return false
	}
}
