// Package declared makes carriers from definitions: TOML that says how a post is
// asked and where its answer holds what. Values are picked by JSONPath (RFC 9535) and
// CSS selectors, which cannot loop; requests, answers, selectors and the time to read
// are bounded, so that a definition of a stranger is harmless. It must not know the
// configuration file or where a definition comes from.
package declared
