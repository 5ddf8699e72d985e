package web

import "net/http"

// Handle registers a handler for visitors who are signed in.
func (s *Server) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, s.signedIn(h)) }
