package fault

import (
	"errors"

	"parcelwatch/internal/message"
)

// Explained is an error that carries its own explanation.
type Explained interface {
	error
	Fault() message.Text
}

// Credential returns the fault for a password or token that could not be obtained.
// advice is added if the error has no explanation of its own.
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

// Explain returns the explanation that an error carries, nil if it has none.
func Explain(err error) message.Text {
	if e, ok := errors.AsType[Explained](err); ok {
		return e.Fault()
	}
	return nil
}
