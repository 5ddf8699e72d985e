package service_test

import (
	"testing"

	"parcelwatch/service"
)

func TestWhatTheServiceMayDoInItsFolderOnWindows(t *testing.T) {
	t.Parallel()
	const (
		root           = `C:\ProgramData\parcelwatch`
		administrators = "S-1-5-32-544"
		account        = "S-1-5-19"
	)
	o := service.Options{
		Config: root + `\parcelwatch.toml`, Store: root + `\parcelwatch.db`, Files: []string{root + `\mail.pass`},
	}
	for name, c := range map[string]struct {
		path   string
		folder bool
		owner  string
		want   string
	}{
		"a folder":                               {root + `\logs`, true, administrators, service.FolderList},
		"a folder of the service":                {root + `\logs`, true, account, service.FolderList},
		"the configuration":                      {root + `\parcelwatch.toml`, false, administrators, service.FileList},
		"in other letters":                       {root + `\ParcelWatch.TOML`, false, administrators, service.FileList},
		"a configuration that the service wrote": {root + `\parcelwatch.toml`, false, account, service.FileList},
		"a secret":                               {root + `\mail.pass`, false, administrators, service.FileList},
		"a secret that the service wrote":        {root + `\mail.pass`, false, account, service.FileList},
		"another's configuration":                {root + `\family.toml`, false, administrators, service.FileList},
		"a command for a secret":                 {root + `\password.cmd`, false, administrators, service.FileList},
		"the store":                              {root + `\parcelwatch.db`, false, account, service.StoreList},
		"a restored store":                       {root + `\Parcelwatch.db`, false, administrators, service.StoreList},
		"its log":                                {root + `\parcelwatch.db-wal`, false, administrators, service.StoreList},
		"another's store":                        {root + `\family.db`, false, account, service.StoreList},
		"a log file":                             {root + `\logs\p.log`, false, account, service.StoreList},
	} {
		if got := o.List(c.path, c.folder, c.owner); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	if got := (service.Options{}).List(root+`\parcelwatch.db`, false, administrators); got != service.FileList {
		t.Errorf("while no store is known: %s", got)
	}
}
