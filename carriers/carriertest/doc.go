// Package carriertest holds the promises every carrier keeps, as one suite that
// each adapter runs:
//
//	func TestCarrier(t *testing.T) { carriertest.Run(t, suite()) }
//	func FuzzAnswer(f *testing.F)  { carriertest.Fuzz(f, suite()) }
//
//	func suite() carriertest.Suite {
//		return carriertest.Suite{
//			New: cainiao.New, Info: cainiao.Info(), Dir: "../../testdata/carriers/cainiao", Codes: "codes.tsv",
//			Known:    []carriertest.Case{{Number: "LP00999900000034", Recording: "delivered.json"}},
//			NotFound: []carriertest.Case{{Number: "LP00999900000042", Recording: "not_found.json"}},
//		}
//	}
//
// Recordings are answers of the service with invented numbers and no persons;
// goldens stand beside them and are rewritten by -update. Where a service's own
// form breaks a general rule, the suite takes a named exception with its source.
package carriertest
