package service

import "slices"

// PlantedError says that a path in the machine's folder of this program was made by
// somebody else, who could give the service a configuration or read its store.
type PlantedError struct {
	Path, Folder string
	Link         bool // it leads elsewhere
}

func (e *PlantedError) Error() string {
	if e.Link {
		return "service: " + e.Path + " is a link or junction; move " + e.Folder + " away"
	}
	return "service: " + e.Path + " belongs neither to administrators nor to the service; move " + e.Folder + " away"
}

// trustedOwner reports whether an owner, given as a SID, may have made the files of a
// Windows service: the system, administrators, the account of the service, the
// installer of Windows, or the account that runs this program.
func trustedOwner(sid, self string) bool {
	return sid != "" && (sid == self || slices.Contains([]string{
		"S-1-5-18", "S-1-5-32-544", "S-1-5-19", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
	}, sid))
}
