// Package oauth logs in to mail providers by OAuth2, with a code typed on another
// device or with a browser that is redirected to this machine. It must not know what
// the tokens are used for. Tokens, rotated ones included, are kept in the vault given
// to it and never printed.
package oauth
