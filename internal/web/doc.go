// Package web serves the page in the browser. Pages are rendered on the server and need
// no script. It must not know how the store is kept, and it changes parcels only through
// the tracker.
//
// Everything it serves passes the same guard: known Host names only, no cross-site
// requests that change something, bounded bodies and times, and headers that forbid
// scripts, frames and caching. [Server.HandleOpen] serves something else on the same
// address, such as the API, which reads a token.
//
// Patterns are those of [http.ServeMux] and never contain the path prefix of a proxy: the
// guard removes it from requests, and pages add it to their addresses.
package web
