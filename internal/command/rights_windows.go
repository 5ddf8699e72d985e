package command

// whoMay is the id of the message about which accounts may read the service's files.
const whoMay = "do_rights_windows"

// noRight is the message for a service that this account may not manage.
const noRight = "err_privilege_windows"
