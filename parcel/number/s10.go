package number

// Check is the state of a number's check digit.
type Check string

// The states of a check digit.
const (
	CheckNone  Check = "none" // the form has no check digit
	CheckOK    Check = "ok"
	CheckWrong Check = "wrong"
)

// s10Shape reports whether s is two letters, nine digits and two letters.
func s10Shape(s string) bool {
	if len(s) != 13 {
		return false
	}
	for i := range len(s) {
		letter := s[i] >= 'A' && s[i] <= 'Z'
		digit := s[i] >= '0' && s[i] <= '9'
		if inner := i >= 2 && i < 11; inner && !digit || !inner && !letter {
			return false
		}
	}
	return true
}

// s10Digit verifies the ninth digit of an S10 number (UPU standard S10: weights 8
// 6 4 2 3 5 9 7, modulo 11). s must have the S10 shape.
func s10Digit(s string) bool {
	const weights = "86423597"
	sum := 0
	for i := range len(weights) {
		sum += int(weights[i]-'0') * int(s[2+i]-'0')
	}
	want := 11 - sum%11
	switch want {
	case 10:
		want = 0
	case 11:
		want = 5
	}
	return int(s[10]-'0') == want
}

// gs1Digit verifies the last digit of a GS1 number such as an SSCC: from the right,
// digits are weighted 3 and 1 in turn, modulo 10.
func gs1Digit(s string) bool {
	sum, weight := 0, 3
	for i := len(s) - 2; i >= 0; i-- {
		sum += weight * int(s[i]-'0')
		weight = 4 - weight
	}
	return (10-sum%10)%10 == int(s[len(s)-1]-'0')
}

// uspsDigit verifies the last 22 digits. A routing code with the ZIP code may
// precede them and is not part of the number.
func uspsDigit(s string) bool { return gs1Digit(s[len(s)-22:]) }

// russianDigit verifies the last of the 14 digits of a Russian domestic number:
// digits in odd places are weighted 3, in even places 1, modulo 10. For 13 digits
// this equals the GS1 rule.
func russianDigit(s string) bool { return gs1Digit(s) }
