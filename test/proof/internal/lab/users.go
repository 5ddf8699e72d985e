package lab

import (
	"fmt"
	"os"
	"os/user"
	"strconv"

	"parcelwatch/test/rig"
)

// everybody lets any name log in with the rig's password.
const everybody = `
mail_gid = %s
passdb {
  driver = static
  args = password=` + rig.Password + `
  mechanisms = plain login
}
userdb {
  driver = static
  args = allow_all_users=yes
}
service imap-login {
  process_limit = 300
}
service lmtp {
  process_limit = 50
}
`

// owner returns the group of who owns the mail: the rig's nobody, or who we are.
func owner() (group string, err error) {
	if os.Getuid() != 0 {
		return strconv.Itoa(os.Getgid()), nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return "", fmt.Errorf("owner of the mail: %w", err)
	}
	return nobody.Gid, nil
}

// AnyUser returns the lines of a Dovecot that lets any name log in.
func AnyUser() (string, error) {
	group, err := owner()
	return fmt.Sprintf(everybody, group), err
}
