package parcel

// decisive corrects the statuses of a merged timeline by the events before them:
//
//   - After a carrier reports a return, later scans belong to the return, even an
//     arrival at an office. Only Delivered and Returned end it.
//   - A guess means that the parcel moves. After a delivery, a pickup, a customs
//     hold or any other status that it would undo, it becomes Info.
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

// guessMoves reports whether a guess after status s counts as movement.
func guessMoves(s Status) bool {
	switch s {
	case PreAdvice, Accepted, InTransit, Export, Import, Customs:
		return true
	default:
		return false
	}
}
