// Package oauth logs in to mail providers that take no password: by a code typed
// on another device, or by a browser that comes back to this machine. It keeps
// the tokens, rotated ones too, in a vault that it is given, and shows none of
// them. It knows nothing of mail.
package oauth
