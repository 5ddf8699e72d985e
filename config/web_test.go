package config_test

import (
	"strings"
	"testing"

	"parcelwatch/config"
)

func TestThePageIsServedOnlyAsItIsSafe(t *testing.T) {
	t.Parallel()
	const local = "listen = \"127.0.0.1:8417\"\n"
	for name, tc := range map[string]struct{ file, key string }{
		"nothing":                              {"", ""},
		"this machine":                         {local, ""},
		"this machine by name":                 {`listen = "localhost:8417"`, ""},
		"this machine in IPv6":                 {`listen = "[::1]:8417"`, ""},
		"all addresses with a password":        {"listen = \":8417\"\npassword = \"x\"", ""},
		"a proxy with a password":              {local + "proxies = [\"10.0.0.0/8\", \"::1\"]\npassword = \"x\"\nprefix = \"/a/b-c\"", ""},
		"certificates of browsers":             {"listen = \"0.0.0.0:8417\"\ncertificate = \"c.pem\"\nkey = \"k.pem\"\nclient_ca = \"ca.pem\"", ""},
		"all addresses":                        {`listen = ":8417"`, "web.password"},
		"another address":                      {`listen = "192.168.1.5:8417"`, "web.password"},
		"another name":                         {local + `hosts = ["nas.example"]`, "web.password"},
		"a proxy":                              {local + `proxies = ["127.0.0.1"]`, "web.password"},
		"no port":                              {`listen = "127.0.0.1"`, "web.listen"},
		"port 0":                               {`listen = "127.0.0.1:0"`, "web.listen"},
		"a port that is too high":              {`listen = "127.0.0.1:65536"`, "web.listen"},
		"a port that is none":                  {`listen = "127.0.0.1:http"`, "web.listen"},
		"a name as address":                    {"listen = \"nas.example:8417\"\npassword = \"x\"", "web.listen"},
		"an address that is none":              {"listen = \"[::1:8417\"\npassword = \"x\"", "web.listen"},
		"a host with a port":                   {local + "hosts = [\"nas.example:8417\"]\npassword = \"x\"", "web.hosts"},
		"a host that is an URL":                {local + "hosts = [\"https://nas.example\"]\npassword = \"x\"", "web.hosts"},
		"a prefix without a slash":             {local + `prefix = "parcels"`, "web.prefix"},
		"a prefix with a slash at its end":     {local + `prefix = "/parcels/"`, "web.prefix"},
		"a prefix of another site":             {local + `prefix = "//evil.example"`, "web.prefix"},
		"a prefix with markup":                 {local + `prefix = "/<b>"`, "web.prefix"},
		"a proxy that is a name":               {local + "proxies = [\"nas.example\"]\npassword = \"x\"", "web.proxies"},
		"a network that is none":               {local + "proxies = [\"10.0.0.0/99\"]\npassword = \"x\"", "web.proxies"},
		"a certificate without a key":          {local + `certificate = "c.pem"`, "web.certificate"},
		"a key without a certificate":          {local + `key = "k.pem"`, "web.certificate"},
		"certificates of browsers without TLS": {"listen = \"0.0.0.0:8417\"\nclient_ca = \"ca.pem\"", "web.client_ca"},
		"an unknown key":                       {local + `port = 8417`, "web.port"},
	} {
		c, err := config.Load(write(t, "[web]\n"+tc.file+"\n"))
		if err == nil {
			err = c.Need(config.NeedWeb)
		}
		if (err == nil) != (tc.key == "") || err != nil && !strings.Contains(err.Error(), tc.key) {
			t.Errorf("%s: %v, want %q named", name, err, tc.key)
		}
	}
}
