package carriers

import (
	"errors"
	"regexp"
	"strings"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

var (
	// statusForm matches an HTTP status in an adapter's error text.
	statusForm = regexp.MustCompile(`\bHTTP (\d{3})\b`)
	// fieldForm matches the field that an answer lacks or has in another form.
	fieldForm = regexp.MustCompile(`: (?:no (\w+) in (?:the|one) |field "([^"]+)" )`)
)

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
	case errors.Is(err, ErrChanged) && fieldForm.MatchString(text):
		field := fieldForm.FindStringSubmatch(text)
		return message.New("fault_post_field", "Field", field[1]+field[2])
	default:
		return nil
	}
}
