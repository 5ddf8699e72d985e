package carriers

import (
	"errors"
	"regexp"

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

// Fault returns a translatable message for an error of the named carrier: the kind of
// failure, the cause if it is a common one, and what to do about a refusal.
func Fault(carrier string, err error) message.Text {
	switch {
	case errors.Is(err, ErrCredential):
		return message.New("carrier_credential").And(Cause(err)).And(message.New("do_post_credential", "Name", carrier))
	case errors.Is(err, ErrCaptcha):
		return message.New("carrier_captcha").And(message.New("do_post_captcha"))
	case errors.Is(err, ErrBlocked):
		return message.New("carrier_blocked").And(Cause(err)).And(message.New("do_post_blocked", "Name", carrier))
	case errors.Is(err, ErrPrivate):
		return message.New("fault_post_temporary").And(Cause(err)).And(message.New("do_post_private", "Name", carrier))
	}
	var kind string
	switch ResultOf(err) {
	case parcel.ResultTemporary:
		kind = "fault_post_temporary"
	case parcel.ResultThrottled:
		kind = "carrier_throttled"
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
	if errors.Is(err, ErrPrivate) {
		return message.New("fault_post_private", "Host", host)
	}
	if f := fault.Of(err, host); f != nil && host != "" {
		return f
	}
	text := err.Error()
	switch m := statusForm.FindStringSubmatch(text); {
	case m != nil:
		return message.New("fault_post_status", "Code", "HTTP "+m[1])
	case errors.Is(err, ErrChanged) && fieldForm.MatchString(text):
		field := fieldForm.FindStringSubmatch(text)
		return message.New("fault_post_field", "Field", field[1]+field[2])
	default:
		return nil
	}
}
