package config

import (
	"net/url"
	"strings"
)

// Store configures the location of the store.
type Store struct {
	Path     string `toml:"path"`     // absolute after loading
	URL      string `toml:"url"`      // of a PostgreSQL database, instead of the file
	Password Secret `toml:"password"` // of the user in URL
	Key      Secret `toml:"key"`      // seals the secrets of households in the store; see [Config.Seal]
}

// Location returns the URL of the database, or the path of the file.
func (s *Store) Location() string {
	if s.URL != "" {
		return s.URL
	}
	return s.Path
}

func (c *Config) checkStore(p *problems) {
	s := &c.Store
	if s.URL == "" {
		if !s.Password.IsZero() {
			p.at("store.url", "config_store_url")
		}
		return
	}
	u, err := url.Parse(s.URL)
	switch {
	case err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strings.Trim(u.Path, "/") == "" && u.Query().Get("dbname") == "":
		p.at("store.url", "config_store_url")
	case hasPassword(u):
		p.at("store.url", "config_store_password")
	}
}

func hasPassword(u *url.URL) bool {
	_, set := u.User.Password()
	return set || u.Query().Has("password") || u.Query().Has("sslpassword")
}
