package fault

import (
	"errors"

	"parcelwatch/parcel"
)

// Explained is an error that says itself what is wrong.
type Explained interface {
	error
	Fault() parcel.Fault
}

// Credential is the fault of a password or token that could not be had. The
// advice is given where the error has none of its own.
func Credential(err error, advice string) parcel.Fault {
	why := Explain(err)
	if why == nil {
		why = Of(err, "")
	}
	if why == nil {
		why = parcel.Say("fault_detail", "Text", err.Error())
	}
	if !why[len(why)-1].Advice() {
		why = why.And(parcel.Say(advice))
	}
	return parcel.Say("fault_credential").And(why)
}

// Explain is the fault that an error names itself; nil where it names none.
func Explain(err error) parcel.Fault {
	if e, ok := errors.AsType[Explained](err); ok {
		return e.Fault()
	}
	return nil
}
