package main

// whoMay says which accounts see what is the service's.
const whoMay = `administrators and the service may see it: open the console with "Run as administrator"`
