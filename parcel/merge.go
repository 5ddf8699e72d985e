package parcel

// Merge folds the sources' timelines into one, oldest first.
func Merge(sources []Source) []Event {
	return nil
}
