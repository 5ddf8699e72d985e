package web

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/textx"
)

// settings is the body of the page of the configuration.
type settings struct {
	File string
	Keys []fact
}

func (s *Server) showSettings(w http.ResponseWriter, r *http.Request) {
	b := settings{File: s.Settings.Path, Keys: keys("", reflect.ValueOf(*s.Settings.Own()), nil)}
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
	switch {
	case v.IsZero():
		return out
	case section(v.Type()):
		for _, f := range reflect.VisibleFields(v.Type()) {
			if name := keyOf(f); name != "" {
				out = keys(strings.TrimPrefix(at+"."+name, "."), v.FieldByIndex(f.Index), out)
			}
		}
		return out
	case v.Kind() == reflect.Slice && (section(v.Type().Elem()) || v.Type().Elem().Kind() == reflect.Map):
		for i := range v.Len() {
			name := at
			if v.Len() > 1 {
				name = fmt.Sprintf("%s[%d]", at, i+1)
			}
			out = keys(name, v.Index(i), out)
		}
		return out
	case v.Kind() == reflect.Map: // the sections of carriers hold their secrets
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
		return append(out, fact{at, plain(at, v)})
	}
}

// keyOf returns the key of a field in the file, or "" for a field that is not in it.
func keyOf(f reflect.StructField) string {
	if name := f.Tag.Get("toml"); name != "-" {
		return name
	}
	return ""
}

// section reports whether a type is a table of keys. Any other struct is one value.
func section(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return keyOf(f) != "" })
}

// plain returns the text of one value, or what stands for it.
func plain(at string, v reflect.Value) string {
	if _, secret := reflect.TypeAssert[config.Secret](v); secret || private(at[strings.LastIndex(at, ".")+1:]) {
		return hidden
	}
	if v.Kind() == reflect.Slice {
		var all []string
		for i := range v.Len() {
			all = append(all, plain(at, v.Index(i)))
		}
		return strings.Join(all, ", ")
	}
	if d, ok := reflect.TypeAssert[time.Duration](v); ok {
		return config.Duration(d).String()
	}
	return textx.Line(fmt.Sprint(v.Interface()), maxText)
}
