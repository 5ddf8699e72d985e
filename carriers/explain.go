package carriers

import (
	"errors"
	"regexp"
	"strings"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// statusForm matches an HTTP status in an adapter's error text.
var statusForm = regexp.MustCompile(`\bHTTP (\d{3})\b`)

// Fault returns a translatable message for an error of a carrier: the kind of
// failure, and the cause if it is a common one.
func Fault(err error) message.Text {
	var kind string
	switch ResultOf(err) {
	case parcel.ResultTemporary:
		kind = "fault_post_temporary"
	case parcel.ResultThrottled:
		kind = "fault_post_throttled"
	case parcel.ResultDenied:
		kind = "fault_post_denied"
	case parcel.ResultChanged:
		kind = "fault_post_changed"
	default:
		return nil
	}
	return message.New(kind).And(Cause(err))
}

// Cause is what is known of why asking failed, without the kind of failure; nil
// where nothing is.
func Cause(err error) message.Text {
	var host string
	if e, ok := errors.AsType[*Error](err); ok {
		host = e.Host
	}
	if f := fault.Of(err, host); f != nil && host != "" {
		return f
	}
	text := err.Error()
	switch m := statusForm.FindStringSubmatch(text); {
	case strings.Contains(text, "captcha"):
		return message.New("fault_post_captcha")
	case m != nil:
		return message.New("fault_post_status", "Code", "HTTP "+m[1])
	default:
		return nil
	}
}
