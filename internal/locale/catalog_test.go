package locale_test

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/pelletier/go-toml/v2"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// needed are the plural forms that whole numbers take in each language, sorted. In
// Romance languages "many" is used for millions.
var needed = map[string][]string{
	"en": {"one", "other"}, "de": {"one", "other"}, "nl": {"one", "other"}, "tr": {"one", "other"}, "kk": {"one", "other"},
	"fr": {"many", "one", "other"}, "es": {"many", "one", "other"}, "pt": {"many", "one", "other"}, "it": {"many", "one", "other"},
	"ru": {"few", "many", "one", "other"}, "uk": {"few", "many", "one", "other"},
	"be": {"few", "many", "one", "other"}, "pl": {"few", "many", "one", "other"},
}

// messages reads one catalogue file: id to forms; a plain text has the form "".
func messages(t *testing.T, language, file string) map[string]map[string]string {
	t.Helper()
	raw, err := fs.ReadFile(locale.Catalog, path.Join("catalog", language, file))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := toml.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%s/%s: %v", language, file, err)
	}
	out := map[string]map[string]string{}
	for id, v := range got {
		out[id] = map[string]string{}
		switch v := v.(type) {
		case string:
			out[id][""] = v
		case map[string]any:
			for form, text := range v {
				s, ok := text.(string)
				if !ok {
					t.Fatalf("%s/%s: %s.%s is no text", language, file, id, form)
				}
				out[id][form] = s
			}
		default:
			t.Fatalf("%s/%s: %s is no text", language, file, id)
		}
	}
	return out
}

var placeholder = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

func placeholders(s string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// faults compares a catalogue with the English one and returns the differences.
func faults(language string, english, got map[string]map[string]string) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(english)) {
		want, forms := english[id], got[id]
		if forms == nil {
			out = append(out, id+" is missing")
			continue
		}
		_, plain := want[""]
		if _, own := forms[""]; plain != own {
			out = append(out, id+" is plural in one language and plain in the other")
			continue
		}
		if have := slices.Sorted(maps.Keys(forms)); !plain && !slices.Equal(have, needed[language]) {
			out = append(out, id+" has the forms "+strings.Join(have, " "))
		}
		data := placeholders(want["other"] + want[""])
		for form, text := range forms {
			if strings.TrimSpace(text) == "" || text != strings.TrimSpace(text) {
				out = append(out, id+"."+form+" is empty or has blanks at its ends")
			}
			if strings.IndexFunc(text, unicode.IsControl) >= 0 {
				out = append(out, id+"."+form+" has control characters")
			}
			// Some languages omit the count in the singular: "one day".
			have, want := placeholders(text), data
			if form == "one" {
				isCount := func(s string) bool { return s == "Count" }
				have, want = slices.DeleteFunc(have, isCount), slices.DeleteFunc(slices.Clone(want), isCount)
			}
			if !slices.Equal(have, want) {
				out = append(out, id+"."+form+" has the placeholders "+strings.Join(have, " "))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(got)) {
		if english[id] == nil {
			out = append(out, id+" is not in the English catalogue")
		}
	}
	return out
}

func TestCataloguesAreComplete(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			files := []string{"words.toml", "digest.toml", "operations.toml", "sample.toml", "faults.toml", "mqtt.toml", "web.toml"}
			if language == "ru" {
				files = append(files, "cli.toml", "setup.toml", "advice.toml", "config.toml", "mail.toml", "usage.toml", "keys.toml")
			}
			for _, file := range files {
				for _, fault := range faults(language, messages(t, "en", file), messages(t, language, file)) {
					t.Errorf("%s/%s: %s", language, file, fault)
				}
			}
		})
	}
}

func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	english := map[string]map[string]string{"a": {"": "x {{.N}}"}, "n": {"one": "{{.Count}} day", "other": "{{.Count}} days"}}
	ru := map[string]string{"one": "{{.Count}} день", "few": "{{.Count}} дня", "many": "{{.Count}} дней", "other": "{{.Count}} дня"}
	if got := faults("ru", english, map[string]map[string]string{"a": {"": "{{.N}}"}, "n": ru}); got != nil {
		t.Errorf("a whole catalogue has the faults %q", got)
	}
	for name, broken := range map[string]map[string]map[string]string{
		"a message missing":        {"n": ru},
		"a placeholder missing":    {"a": {"": "x"}, "n": ru},
		"a placeholder too many":   {"a": {"": "{{.N}} {{.M}}"}, "n": ru},
		"a plural form missing":    {"a": {"": "{{.N}}"}, "n": {"one": "{{.Count}}", "other": "{{.Count}}"}},
		"a plural made plain":      {"a": {"": "{{.N}}"}, "n": {"": "{{.Count}}"}},
		"a message nobody wants":   {"a": {"": "{{.N}}"}, "n": ru, "z": {"": "z"}},
		"an empty message":         {"a": {"": " "}, "n": ru},
		"a message over two lines": {"a": {"": "{{.N}}\nx"}, "n": ru},
	} {
		if got := faults("ru", english, broken); len(got) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
}

func TestEveryWordHasAMessage(t *testing.T) {
	t.Parallel()
	words := messages(t, "en", "words.toml")
	var ids []string
	for _, s := range parcel.Statuses() {
		ids = append(ids, "status_"+string(s))
	}
	for _, s := range parcel.Steps() {
		ids = append(ids, "step_"+string(s))
	}
	for _, s := range []parcel.Phase{parcel.PhaseOrigin, parcel.PhaseBetween, parcel.PhaseDestination, parcel.PhaseDone} {
		ids = append(ids, "phase_"+string(s))
	}
	for _, s := range []parcel.Result{
		parcel.ResultOK, parcel.ResultNotFound, parcel.ResultTemporary, parcel.ResultThrottled,
		parcel.ResultDenied, parcel.ResultChanged, parcel.ResultNoCredential, parcel.ResultSkipped,
	} {
		ids = append(ids, "result_"+string(s))
	}
	for _, s := range []parcel.MailboxState{
		parcel.MailboxConnecting, parcel.MailboxIdle, parcel.MailboxPolling,
		parcel.MailboxBroken, parcel.MailboxRefused, parcel.MailboxUnknown,
	} {
		ids = append(ids, "mailbox_"+string(s))
	}
	for _, s := range []parcel.CarrierState{
		parcel.CarrierOK, parcel.CarrierNoCredential, parcel.CarrierQuarantined, parcel.CarrierThrottled, parcel.CarrierCredential, parcel.CarrierCaptcha, parcel.CarrierBlocked, parcel.CarrierChanged, parcel.CarrierOff,
	} {
		ids = append(ids, "carrier_"+string(s))
	}
	for _, id := range ids {
		if words[id] == nil {
			t.Errorf("no message for %s", id)
		}
	}
}

func TestNumbersStayWithTheirWords(t *testing.T) {
	t.Parallel()
	loose := regexp.MustCompile(`\{\{\.(Count|Most)\}\} \pL|\d \pL`)
	for _, language := range locale.Languages() {
		for id, forms := range messages(t, language, "digest.toml") {
			for form, text := range forms {
				if loose.MatchString(text) {
					t.Errorf("%s: %s.%s may break behind its number: %s", language, id, form, text)
				}
				if language == "fr" && regexp.MustCompile(` [:;?!»]|« `).MatchString(text) {
					t.Errorf("fr: %s.%s may break before its sign: %s", id, form, text)
				}
				if strings.ContainsAny(text, "\"`'") {
					t.Errorf("%s: %s.%s has typewriter's quotes: %s", language, id, form, text)
				}
			}
		}
	}
}
