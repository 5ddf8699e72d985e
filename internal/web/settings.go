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
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return out
		}
		v = v.Elem()
	}
	last := at[strings.LastIndex(at, ".")+1:]
	if v.IsZero() {
		return out
	}
	_, secret := v.Interface().(config.Secret)
	zone, zoned := v.Interface().(config.Zone)
	_, text := v.Interface().(fmt.Stringer)
	switch {
	case secret || private(last):
		return append(out, fact{at, hidden})
	case zoned:
		return append(out, fact{at, zone.Name})
	case text:
		return append(out, fact{at, textx.Line(fmt.Sprint(v.Interface()), maxText)})
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if name := f.Tag.Get("toml"); name != "" && name != "-" {
				out = keys(strings.TrimPrefix(at+"."+name, "."), v.FieldByIndex(f.Index), out)
			}
		}
		return out
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				out = keys(at, v.Index(i), out)
			}
			return out
		}
	case reflect.Map:
		// The sections of carriers hold their secrets.
		var names []string
		for _, name := range v.MapKeys() {
			names = append(names, at+"."+name.String())
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(out, fact{name, hidden})
		}
		return out
	default:
	}
	return append(out, fact{at, textx.Line(strings.Trim(fmt.Sprint(v.Interface()), "[]"), maxText)})
}
