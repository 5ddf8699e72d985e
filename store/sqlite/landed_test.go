package sqlite_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path/filepath"
	"testing"

	"parcelwatch/store/sqlite"
)

// landed returns the SHA-256 sums of each schema step and of its dump in testdata/schema.
func landed() map[string][2]string {
	return map[string][2]string{
		"0001_first.sql": {
			"c5ff5dc6089bf645b28a1e305cf01c0578a9f2c135121f298ba203ae9074ca9a",
			"2ce1b5b34542c5dca9daed75d0692b701f0289f4175c6610f10eef9afa511289",
		},
		"0002_faults.sql": {
			"33f0fec3ee3a9229612b8ab41b10259c909ee0abb25d02db94cb565059ceb7c6",
			"ba4b20b5f4cc8b4f07573bedaeab76cc060b5ff357acb14f6816e08a95580c3f",
		},
		"0003_keys.sql": {
			"00146838369ad426da0d6e82d8c58e6d0a32ec7504f71146e7a69a94f3afe50d",
			"791840441d3463cca966e921c9e221e230ec69f7d8a934bdee9749f3e8608d91",
		},
		"0004_households.sql": {
			"1c330058a017ff64cffce38fc7f96da00af3a829cb12a1eb13443814a5b68ee6",
			"374b7b6bd423156638dac08661b0dcedabb8b156888b27d9880cac2da9c3dafa",
		},
		"0005_why.sql": {
			"4bbcf4b71984b1cdd3680180d98589f11cea6bcfd38f6b3eba02a11b62ea97a3",
			"d3e71b810b739f5b2dbd75fb2048de033452631d4719c15f4a5e21bad65e2b14",
		},
		"0006_unverified.sql": {
			"069218ae0f66a2ffaeb1855c11062923317a94fd5e85e9a8f6aa359976ba8cd6",
			"cc2cfdb84cc916be72b26aebd9d3cb03783addc83c13ab97cb48de3fe135c6af",
		},
		"0007_withheld.sql": {
			"442eba0fa453d3bed71b7598831331cc69a404a15cfffdc0815de87f490f8cee",
			"53736342f5558acdcc147f1732a38e6338b3a3500f381566eb6b1e4b513922df",
		},
		"0008_freshness.sql": {
			"b2aa9fed31fcd2d1f42326e55ccfe5542a64e175c5c961014b02f7951e778bb2",
			"155b6478e95c4ded9d5ecf6e036fd258d1d984d0088361542e09379a70fb8e0e",
		},
		"0009_mailboxes.sql": {
			"3af87937032f37e12ff9c8c57bd30585076f7993ac2b20bc0908a5dd5fec03e7",
			"22047c649eb97a8b54c7574f9535bda07bdcd634a4f825a18deb6b0c809f5ff3",
		},
		"0010_outlines.sql": {
			"494298416c7f7d9f1a94e9e5190caa27d0bd85f72b41c7a2c5d6dc3e2fe10ff5",
			"44d676240aa2ff64389cb579a56e55dddfb9d3e0545599adf0dceda6d9450179",
		},
		"0011_withdrawn.sql": {
			"5ad973bb35d5aca5c68e4044f845ed4445b9d6a3f8c66402b8c679c743d615eb",
			"177b1ed5c7c726c76b5218fd3aa7e74d6661e8e5e4fb75ce5b3144f1c8fecae0",
		},
		"0012_homes.sql": {
			"b45bacc8f27f608e6e93151db1a3ea6d412910230dd22835f0cb43f761063df9",
			"3b2a39d2cbbf7cbbf0df1be7cd555330a5f1ee6c08fb8304e71156f83af155ee",
		},
		"0013_waits.sql": {
			"a08af3203fc640ef97e130c5227a06d3a80b73bc6c2cb30712da3fb97991a7ea",
			"a34b6529ab44b2221ab91f0626958f97ee5a453cc0ba6be556a7b71774482be2",
		},
		"0014_registry.sql": {
			"383cd1e62a904ac39f4111c6ec50e082b18cc14efa9dcabab4c8c3be22f21e4b",
			"740451f46d93178b9818e0bddef21933bff8eea8e4472d11ef2dc7564ff35554",
		},
		"0015_counts.sql": {
			"b9fab2832beb31c8c2fc01f21c9e787461db9e609bd305ea6f7a61c3f805aed1",
			"2a40fd75d134bde6b04e9ab5ecdc4a37db23282cf096869623b28a33501afacb",
		},
	}
}

func TestALandedMigrationIsNeverChanged(t *testing.T) {
	t.Parallel()
	steps, err := fs.Glob(sqlite.Steps(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != len(landed()) {
		t.Errorf("%d migrations, and %d sums", len(steps), len(landed()))
	}
	for _, step := range steps {
		script, err := fs.ReadFile(sqlite.Steps(), step)
		if err != nil {
			t.Fatal(err)
		}
		got := [2]string{sum(script), sum(read(t, filepath.Join(schemas, step)))}
		switch want, ok := landed()[step]; {
		case !ok:
			t.Errorf("a new migration needs the sums of its step and dump here: %q: {%q, %q},", step, got[0], got[1])
		case got != want:
			t.Errorf("%s or its dump has changed. Stores already have what it did: restore it and add a new migration (sums %q)", step, got)
		}
	}
}

// sum returns the SHA-256 sum of a text with Unix line ends.
func sum(text []byte) string {
	s := sha256.Sum256(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	return hex.EncodeToString(s[:])
}
