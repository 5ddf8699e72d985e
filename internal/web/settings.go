package web

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/textx"
)

// settings is the body of the page of the configuration.
type settings struct {
	File string
	Keys []fact
}

func (s *Server) showSettings(w http.ResponseWriter, r *http.Request) {
	b := settings{File: s.Settings.Path, Keys: keys("", reflect.ValueOf(*s.Settings), nil)}
	s.render(w, r, http.StatusOK, "settings.html", page{Title: s.say(r).T("web_settings"), Nav: "settings", Body: b})
}

// hidden stands for a value that is set.
const hidden = "•••"

// private are the keys whose values are or may hold an email address or a login.
func private(key string) bool {
	switch key {
	case "username", "from", "to", "forwarders", "sender", "proxy", "client_id", "postal_code":
		return true
	default:
		return false
	}
}

// keys returns the keys of the configuration with their values as text. Of secrets and
// private values it only says that they are set.
func keys(at string, v reflect.Value, out []fact) []fact {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.IsZero() {
		return out
	}
	if text, ok := plain(at, v); ok {
		return append(out, fact{at, text})
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if name := f.Tag.Get("toml"); name != "" && name != "-" {
				out = keys(strings.TrimPrefix(at+"."+name, "."), v.FieldByIndex(f.Index), out)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = keys(at, v.Index(i), out)
		}
	case reflect.Map: // the sections of carriers hold their secrets
		var names []string
		for _, name := range v.MapKeys() {
			names = append(names, at+"."+name.String())
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(out, fact{name, hidden})
		}
	default:
		out = append(out, fact{at, textx.Line(fmt.Sprint(v.Interface()), maxText)})
	}
	return out
}

// plain returns the text of a value that is shown whole, or that stands for it.
func plain(at string, v reflect.Value) (string, bool) {
	_, secret := reflect.TypeAssert[config.Secret](v)
	zone, zoned := reflect.TypeAssert[config.Zone](v)
	text, told := reflect.TypeAssert[fmt.Stringer](v)
	switch {
	case secret || private(at[strings.LastIndex(at, ".")+1:]):
		return hidden, true
	case zoned:
		return zone.Name, true
	case told:
		return textx.Line(text.String(), maxText), true
	default:
		return "", false
	}
}
