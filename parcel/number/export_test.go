package number

// Posts is the table of posts.
func Posts() []Post { return known().posts }
