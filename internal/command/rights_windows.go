package command

// whoMay is the message about which accounts may read the files of the service.
const whoMay = "do_rights_windows"
