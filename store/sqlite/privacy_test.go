package sqlite_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"parcelwatch/store/sqlite"
)

func TestThePrivacyPageNamesHowLongThingsAreKept(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	for row, kept := range map[string]string{
		"digests as sent":           fmt.Sprintf("their text %d days", sqlite.BodyDays),
		"answers of posts that":     fmt.Sprintf("%d days", sqlite.AnswerDays),
		"how often each post":       fmt.Sprintf("%d days", sqlite.BudgetDays),
		"how many parcels":          fmt.Sprintf("%d days", sqlite.TallyDays),
		"copies of the whole store": fmt.Sprintf("%d days", sqlite.CopyDays),
		"what was told":             map[int]string{2: "two years"}[sqlite.ChangeYears],
	} {
		_, rest, ok := strings.Cut(string(page), "\n| "+row)
		line, _, _ := strings.Cut(rest, "\n")
		if _, period, _ := strings.Cut(line, " | "); !ok || kept == "" || !strings.HasPrefix(period, kept) {
			t.Errorf("%s: kept %q, the page says %q", row, kept, line)
		}
	}
}
