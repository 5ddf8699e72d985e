package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestInABrowserPicturesAreTaken writes a picture of each view into a folder, for people to look at.
func TestInABrowserPicturesAreTaken(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PARCELWATCH_PICTURES")
	if folder == "" {
		t.Skip("PARCELWATCH_PICTURES does not name a folder")
	}
	c := chromium(t)
	for _, language := range []string{"en", "ru"} {
		b := furnished(t, c, language)
		b.photograph(folder, language, views())
		b.open("/")
		b.submit("/logout")
		b.photograph(folder, language+"-out", []string{"/login", "/nonsense"})
	}
}

// photograph takes a picture of each view for phones and wide screens, light and dark.
func (b *browser) photograph(folder, name string, views []string) {
	b.t.Helper()
	for _, width := range []int64{360, 800} {
		b.do(chromedp.EmulateViewport(width, 800))
		for _, scheme := range []string{"light", "dark"} {
			tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			for i, view := range views {
				b.open(view)
				picture, err := chromedp.Run(b.tab, chromedp.FullScreenshot(100))
				if err != nil {
					b.t.Fatalf("take a picture of %s: %v", view, err)
				}
				file := filepath.Join(folder, fmt.Sprintf("%s-%02d-%d-%s.png", name, i, width, scheme))
				if err := os.WriteFile(file, picture, 0o600); err != nil {
					b.t.Fatal(err)
				}
			}
		}
	}
}
