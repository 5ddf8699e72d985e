package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
)

// value is a type that parses itself from a TOML value (string, int64, bool,
// float64, []any, map[string]any). It returns what is wrong, or nil. The
// message must not quote the value.
type value interface {
	set(v any) message.Text
}

// bind fills dst from v and collects all problems instead of stopping at the
// first. The decoder's strict mode is not used because it stops at the first
// wrong type, shows neighbouring lines in its errors and does not support
// unions such as the forms of a secret.
func (p *problems) bind(path string, v any, dst reflect.Value) {
	if len(p.found) >= maxProblems {
		return
	}
	switch own := dst.Addr().Interface().(type) {
	case *Secret:
		p.says(path, own.setIn(p.household, path, v))
		return
	case value:
		p.says(path, own.set(v))
		return
	case *time.Duration:
		p.says(path, parsed(own, v, "config_duration", ParseDuration))
		return
	case *netx.TLSMode:
		p.says(path, oneOf(own, v, "tls", string(netx.TLSImplicit), string(netx.TLSStart), string(netx.TLSNone)))
		return
	}
	switch dst.Kind() {
	case reflect.Struct:
		p.bindStruct(path, v, dst)
	case reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		p.bind(path, v, dst.Elem())
	case reflect.Slice:
		p.bindSlice(path, v, dst)
	case reflect.Map:
		p.bindMap(path, v, dst)
	case reflect.Interface:
		dst.Set(reflect.ValueOf(v))
	case reflect.String:
		bindPlain(p, path, v, dst.SetString, "config_text")
	case reflect.Bool:
		bindPlain(p, path, v, dst.SetBool, "config_bool")
	case reflect.Int:
		if n, ok := v.(int64); ok && !dst.OverflowInt(n) {
			dst.SetInt(n)
			return
		}
		p.says(path, message.New("config_number").Around(kindOf(v)))
	default:
		p.at(path, "config_kind", "Kind", dst.Type().String())
	}
}

// bindPlain stores a value that needs no parsing. wrong is the id of the message for a
// value of another type.
func bindPlain[T any](p *problems, path string, v any, store func(T), wrong string) {
	if value, ok := v.(T); ok {
		store(value)
		return
	}
	p.says(path, message.New(wrong).Around(kindOf(v)))
}

func (p *problems) bindStruct(path string, v any, dst reflect.Value) {
	table, ok := v.(map[string]any)
	if !ok {
		p.says(path, message.New("config_table").Around(kindOf(v)))
		return
	}
	fields := map[string]reflect.Value{}
	for _, f := range reflect.VisibleFields(dst.Type()) {
		if name := f.Tag.Get("toml"); name != "" && name != "-" {
			fields[name] = dst.FieldByIndex(f.Index)
		}
	}
	own := slices.DeleteFunc(slices.Sorted(maps.Keys(fields)), func(name string) bool { return p.elsewhere(join(path, name)) })
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if len(p.found) >= maxProblems {
			return
		}
		at := join(path, key)
		switch field, known := fields[key]; {
		case !known:
			p.says(at, p.unknownKey(path, key, table[key], own))
		case p.elsewhere(at):
			if p.lines.of(at) == 0 {
				at = element(at, 0) // of [[carrier]]
			}
			p.at(at, "config_household_key", "Path", p.installation)
		default:
			p.bind(at, table[key], field)
		}
	}
}

// unknownKey distinguishes an unknown key from one that TOML has assigned to
// the section above it, which is the most common surprise of the format.
func (p *problems) unknownKey(path, key string, v any, allowed []string) message.Text {
	if _, table := v.(map[string]any); table {
		return Unknown("section", key, allowed)
	}
	if general := []string{"destination", "postal_code", "language", "timezone"}; path != "" && slices.Contains(general, key) {
		return message.New("config_key_above")
	}
	return Unknown("key", key, allowed)
}

func (p *problems) bindSlice(path string, v any, dst reflect.Value) {
	list, ok := v.([]any)
	if !ok {
		if _, table := v.(map[string]any); table && dst.Type().Elem().Kind() == reflect.Struct {
			p.at(path, "config_brackets", "Section", plain(path))
			return
		}
		p.says(path, message.New("config_list").Around(kindOf(v)))
		return
	}
	out := reflect.MakeSlice(dst.Type(), len(list), len(list))
	for i, element := range list {
		p.bind(path+"["+strconv.Itoa(i)+"]", element, out.Index(i))
	}
	dst.Set(out)
}

func (p *problems) bindMap(path string, v any, dst reflect.Value) {
	table, ok := v.(map[string]any)
	if !ok {
		p.says(path, message.New("config_table").Around(kindOf(v)))
		return
	}
	out := reflect.MakeMapWithSize(dst.Type(), len(table))
	for _, key := range slices.Sorted(maps.Keys(table)) {
		element := reflect.New(dst.Type().Elem()).Elem()
		p.bind(join(path, key), table[key], element)
		out.SetMapIndex(reflect.ValueOf(key), element)
	}
	dst.Set(out)
}

// kindOf returns the kind of a value in words. It never includes the value.
func kindOf(v any) message.Text {
	switch v.(type) {
	case string:
		return message.New("kind_text")
	case int64:
		return message.New("kind_number")
	case float64:
		return message.New("kind_decimal")
	case bool:
		return message.New("kind_bool")
	case []any:
		return message.New("kind_list")
	case map[string]any:
		return message.New("kind_table")
	default:
		return message.New("kind_other", "Kind", fmt.Sprintf("%T", v))
	}
}
