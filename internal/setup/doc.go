// Package setup is what setting the program up needs to know and can decide
// without anybody else: which servers an address has, what a provider asks of
// its users, which country and time are likely, how to ask a person, and how to
// write the answers into a configuration that may exist already. It logs in
// nowhere and never sees a password that it does not write.
package setup
