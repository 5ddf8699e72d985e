package fault

import (
	"errors"

	"parcelwatch/internal/message"
)

// Explained is an error that says itself what is wrong.
type Explained interface {
	error
	Fault() message.Text
}

// Credential is the fault of a password or token that could not be had. The
// advice is given where the error has none of its own.
func Credential(err error, advice string) message.Text {
	why := Explain(err)
	if why == nil {
		why = Of(err, "")
	}
	if why == nil {
		why = message.New("fault_detail", "Text", err.Error())
	}
	if !why[len(why)-1].Advice() {
		why = why.And(message.New(advice))
	}
	return message.New("fault_credential").And(why)
}

// Explain is the fault that an error names itself; nil where it names none.
func Explain(err error) message.Text {
	if e, ok := errors.AsType[Explained](err); ok {
		return e.Fault()
	}
	return nil
}
