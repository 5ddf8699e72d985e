package parcel

// decisive corrects the statuses of a merged timeline by what came before:
//
//   - Once a carrier reports a return, later scans on the way, also an arrival at
//     an office, are a part of it. Only Delivered and Returned end it.
//   - A guess means that the parcel moves. It is a note after a delivery, a
//     pickup, a customs hold and everything else that it would undo.
func decisive(events []Event) []Event {
	returning := false
	status := PreAdvice
	for i := range events {
		e := &events[i]
		switch {
		case fromMail(*e):
			continue
		case e.Guess && (returning || !guessMoves(status)):
			e.Status = Info
		case e.Status == Delivered || e.Status == Returned:
			returning = false
		case e.Status == Returning:
			returning = true
		case returning && stage(e.Status) >= 0:
			e.Status = Returning
		}
		if stage(e.Status) >= 0 {
			status = e.Status
		}
	}
	return events
}

// guessMoves reports whether a guess after this status means that the parcel
// moves on.
func guessMoves(s Status) bool {
	switch s {
	case PreAdvice, Accepted, InTransit, Export, Import, Customs:
		return true
	default:
		return false
	}
}
