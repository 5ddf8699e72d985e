// Package carriertest checks the contract of package carriers, as one suite that
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
// It must not know any carrier. Recordings are answers of the service with invented
// numbers and without personal data; goldens are in the same folder and are
// rewritten by -update. If a service legitimately breaks a general rule, its suite
// lists an exception with its source.
package carriertest
