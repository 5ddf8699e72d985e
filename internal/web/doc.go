// Package web serves the page in the browser. Pages are rendered on the server and need
// no script. It must not know how the store is kept, and it changes parcels only through
// the tracker.
//
// Everything it serves passes the same guard: known Host names only, no cross-site
// requests that change something, bounded bodies and times, and headers that forbid
// scripts, frames and caching. To serve something else on the same address, register it
// before [Server.Run]:
//
//   - [Server.Handle] for people: the visitor is signed in, or no sign-in is configured;
//   - [Server.HandleOpen] for handlers that check their callers themselves, such as one
//     that reads a token.
//
// Patterns are those of [http.ServeMux] and never contain the path prefix of a proxy,
// which is removed before and added by [Base] to the addresses in answers.
package web
