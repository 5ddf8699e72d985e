package version_test

import (
	"runtime/debug"
	"strings"
	"testing"

	"parcelwatch/internal/version"
)

func TestVersionIsOneLineWhateverTheBuildKnows(t *testing.T) {
	t.Parallel()
	settings := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.modified", Value: "true"}}
	for name, tt := range map[string]struct {
		build  *debug.BuildInfo
		number string
		want   string
	}{
		"nothing known":      {nil, "", "dev go"},
		"go run":             {&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "", "dev go"},
		"a commit":           {&debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20260101000000-0123456789ab"}, Settings: settings}, "", "dev (0123456789ab, changed) go"},
		"a tag":              {&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: settings[:1]}, "", "1.2.3 (0123456789ab) go"},
		"a release's number": {&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "1.4.0", "1.4.0 go"},
		"a short revision":   {&debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}}, "", "dev (abc) go"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := version.Of(tt.build, tt.number).String(); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "\n") {
				t.Errorf("got %q, want %q...", got, tt.want)
			}
		})
	}
	if got := version.Get(); got.Version == "" || !strings.Contains(got.Platform, "/") {
		t.Errorf("this build: %+v", got)
	}
}
