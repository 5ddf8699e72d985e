package declared_test

import (
	"path/filepath"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/declared"
	"parcelwatch/config"
	"parcelwatch/parcel/number"
)

// TestBuiltInCarriersAsDefinitions runs the suite of the carriers on definitions of
// built-in ones: with the same recordings, goldens and faults. It counts goroutines, so
// nothing runs beside it.
func TestBuiltInCarriersAsDefinitions(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Info.Name, func(t *testing.T) { carriertest.Run(t, complete(t, s)) })
	}
}

// complete adds the carrier that a file of testdata defines.
func complete(tb testing.TB, s carriertest.Suite) carriertest.Suite {
	tb.Helper()
	f := load(tb, filepath.Join("testdata", s.Info.Name+".toml"))
	s.Info, s.New = f.Info, f.New
	s.Dir = filepath.Join("..", "..", "testdata", "carriers", s.Info.Name)
	return s
}

// load compiles the first definition of a file.
func load(tb testing.TB, path string) carriers.Factory {
	tb.Helper()
	list, err := config.LoadDefinitions(path)
	if err != nil {
		tb.Fatal(err)
	}
	var d declared.Definition
	if err := list[0].Bind(&d); err != nil {
		tb.Fatal(err)
	}
	d.Order = list[0].Keys("status")
	f, faults := declared.New(&d, nil)
	if len(faults) > 0 {
		tb.Fatal(faults)
	}
	return f
}

func suites() []carriertest.Suite {
	return []carriertest.Suite{hermes(), inpost(), inpostItalia(), laposte(), fourpx(), sunyou(), upu(), ems()}
}

func fault(n number.Number, recording string, status int, want error) carriertest.Fault {
	return carriertest.Fault{Case: carriertest.Case{Number: n, Recording: recording, Status: status}, Want: want}
}

func hermes() carriertest.Suite {
	const known = "H9990000000000000373"
	return carriertest.Suite{
		Info: carriers.Info{Name: "hermes"},
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.json", Unmapped: []string{"BRAND_NEW_CODE"}},
			{Number: "H9990000000000000381", Recording: "waiting.json"},
			{Number: "99900000000017", Recording: "attribute.json"},
		},
		NotFound: []carriertest.Case{
			{Number: known, Recording: "not_found.json", Status: 404},
			{Number: known, Recording: "bad_number.json", Status: 400},
			{Number: known, Recording: "empty_list.json"},
		},
		Faults: []carriertest.Fault{
			fault(known, "no_progress.json", 200, carriers.ErrChanged),
			fault(known, "no_times.json", 200, carriers.ErrChanged),
			fault(known, "null.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "odd answer []", Want: carriers.ErrNotFound, Source: "the definition says so"},
		},
	}
}

func inpost() carriertest.Suite {
	const known, other, third = "620999900000000000000017", "520999900000000000000028", "520999900000000000000039"
	return carriertest.Suite{
		Info: carriers.Info{Name: "inpost"},
		Known: []carriertest.Case{
			{Number: known, Recording: "pickup.json", Unmapped: []string{"teleported"}},
			{Number: other, Recording: "group.json"},
			{Number: third, Recording: "main.json"},
		},
		NotFound: []carriertest.Case{
			{Number: other, Recording: "not_found.json", Status: 404},
			{Number: other, Recording: "bad_number.json", Status: 400},
		},
		Faults: []carriertest.Fault{
			fault(known, "gateway.json", 404, carriers.ErrChanged),
			fault(known, "limit.json", 429, carriers.ErrThrottled),
			fault(known, "no_list.json", 200, carriers.ErrChanged),
			fault(known, "no_times.json", 200, carriers.ErrChanged),
			fault(known, "empty_list.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LB999900015CN", "LP00999900000034", "61039904000176", "UA999900041YP", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
	}
}

func inpostItalia() carriertest.Suite {
	s := inpost()
	s.Info.Name = "inpostitalia"
	s.Known, s.NotFound, s.Faults = s.Known[:2], s.NotFound[:1], nil
	return s
}

func laposte() carriertest.Suite {
	const known = "LB999900015CN"
	return carriertest.Suite{
		Info: carriers.Info{Name: "laposte"},
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.json", Unmapped: []string{"XX9"}},
			{Number: "LY999900214FR", Recording: "one_in_list.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900069CN", Recording: "not_found.json", Status: 404},
			{Number: "LB999900069CN", Recording: "not_found_unnamed.json", Status: 404},
			{Number: "LB999900069CN", Recording: "bad_number.json", Status: 400},
		},
		Faults: []carriertest.Fault{
			fault(known, "gateway.json", 404, carriers.ErrChanged),
			fault(known, "strange.json", 200, carriers.ErrChanged),
			fault(known, "key.json", 401, carriers.ErrDenied),
			fault(known, "limit.json", 429, carriers.ErrThrottled),
			fault(known, "limit.json", 207, carriers.ErrThrottled),
			fault(known, "later.json", 207, carriers.ErrTemporary),
			fault(known, "no_events.json", 200, carriers.ErrChanged),
			fault(known, "no_times.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "UA999900041YP", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "documentation: dates have an offset; one planted event has none"},
		},
	}
}

func fourpx() carriertest.Suite {
	const known = "4PX3000999900011CN"
	return carriertest.Suite{
		Info: carriers.Info{Name: "fourpx"},
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.json", Unmapped: []string{"FPX_X_NEW"}},
			{Number: "304299990001", Recording: "waiting.json"},
		},
		NotFound: []carriertest.Case{
			{Number: "4PX3000999900099CN", Recording: "not_found.json"},
			{Number: "4PX3000999900099CN", Recording: "no_tracks.json"},
		},
		Faults: []carriertest.Fault{
			fault(known, "failed.json", 200, carriers.ErrTemporary),
			fault(known, "limit.json", 200, carriers.ErrThrottled),
			fault(known, "no_data.json", 200, carriers.ErrChanged),
			fault(known, "no_item.json", 200, carriers.ErrChanged),
			fault(known, "no_status.json", 200, carriers.ErrChanged),
			fault(known, "no_times.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"RB123456785CN", "61039904000176", "AP00999900000059"},
		Private: []string{"PLANTED PERSON", "PLANTED-POSTCODE"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "every event seen names its zone; one planted event has none"},
		},
	}
}

func sunyou() carriertest.Suite {
	const known = "SYAE000000718"
	return carriertest.Suite{
		Info: carriers.Info{Name: "sunyou"},
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.js", Unmapped: []string{"20615"}},
			{Number: "SYRM000000929", Recording: "failed.js"},
			{Number: "SYUS000000511", Recording: "returning.json"},
		},
		NotFound: []carriertest.Case{{Number: "SYRM000000929", Recording: "not_found.js"}},
		Faults: []carriertest.Fault{
			fault(known, "no_data.js", 200, carriers.ErrChanged),
			fault(known, "no_has.js", 200, carriers.ErrChanged),
			fault(known, "no_result.js", 200, carriers.ErrChanged),
			fault(known, "no_times.js", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "JJD000390007888540178"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "clients: some events lack the offset"},
		},
	}
}

func upu() carriertest.Suite {
	return carriertest.Suite{
		Info: carriers.Info{Name: "upu"},
		Known: []carriertest.Case{
			{Number: "EB999900024CN", Recording: "delivered.json"},
			{Number: "RR999900055SG", Recording: "iso.json", Unmapped: []string{"QQQ"}},
		},
		NotFound: []carriertest.Case{
			{Number: "LB999900069CN", Recording: "not_found.json"},
			{Number: "LB999900069CN", Recording: "empty.json"},
		},
		Faults: []carriertest.Fault{
			fault("EB999900024CN", "no_events.json", 200, carriers.ErrChanged),
			fault("EB999900024CN", "no_times.json", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LP00999900000034", "61039904000176", "UA999900041YP"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "empty body", Want: carriers.ErrNotFound, Source: "the definition says so"},
			{Case: "odd answer []", Want: carriers.ErrNotFound, Source: "the definition says so"},
			{Case: "zone", Source: "the offset in /Date(ms+hhmm)/ is the server's, not the place's"},
		},
	}
}

func ems() carriertest.Suite {
	const known = "EB999900024CN"
	return carriertest.Suite{
		Info: carriers.Info{Name: "ems"},
		Known: []carriertest.Case{
			{Number: known, Recording: "delivered.html", Unmapped: []string{"Slept a while"}},
			{Number: "EE999900109CN", Recording: "bare.html"},
		},
		NotFound: []carriertest.Case{
			{Number: "EB000000005CN", Recording: "not_found.html"},
			{Number: "EB000000005CN", Recording: "not_found_bare.html"},
			{Number: "EE999900130CN", Recording: "not_ems.html"},
		},
		Faults: []carriertest.Fault{
			fault(known, "refused.html", 200, carriers.ErrChanged),
			fault(known, "both.html", 200, carriers.ErrChanged),
			fault(known, "no_rows.html", 200, carriers.ErrChanged),
			fault(known, "no_times.html", 200, carriers.ErrChanged),
			fault(known, "names_another.html", 200, carriers.ErrChanged),
		},
		Foreign: []number.Number{"LB999900015CN", "LP00999900000034", "61039904000176", "EA999900041YP"},
		Private: []string{"PLANTED PERSON"},
		Exceptions: []carriertest.Exception{
			{Case: "zone", Source: "clients: the tracker prints local clocks without a zone"},
		},
	}
}
