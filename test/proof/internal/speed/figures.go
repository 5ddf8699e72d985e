package speed

// Metric is one value that a benchmark reports.
type Metric struct {
	Bench string // its name, a sub-benchmark's after a slash
	Unit  string
}

// Figure is one ratio: what the program takes, and what the bare work takes.
type Figure struct {
	Name     string // of the row, and of its committed ratio
	Package  string
	Measured Metric
	Baseline Metric
	Against  string // the bare work, in words
	Scale    Scale
	Server   bool // needs a Dovecot, as do all figures of its package
	Crowd    bool // takes seconds to set up, as do all figures of its package
	Slow     bool // too long for the guard
}

// Scale is how a value is shown: so many of the unit are one of the words.
type Scale struct {
	By   float64
	Word string
}

// Figures are the ratios, in the order of the report.
func Figures() []Figure {
	micro, milli, second := Scale{1e3, "µs"}, Scale{1e6, "ms"}, Scale{1, "s"}
	return []Figure{
		{
			Name: "mail of 60 KB read whole", Package: "parcelwatch/extract", Against: "enmime alone",
			Measured: Metric{"Parse60KB", "ns/op"}, Baseline: Metric{"BareEnmime60KB", "ns/op"}, Scale: milli,
		},
		{
			Name: "headers alone", Package: "parcelwatch/extract", Against: "net/mail",
			Measured: Metric{"Headers", "ns/op"}, Baseline: Metric{"BareHeaders", "ns/op"}, Scale: micro,
		},
		{
			Name: "hostile structure ruled out", Package: "parcelwatch/extract", Against: "a walk over the lines",
			Measured: Metric{"Precheck", "ns/op"}, Baseline: Metric{"BareLines", "ns/op"}, Scale: micro,
		},
		{
			Name: "signature checked (DKIM)", Package: "parcelwatch/mail/verify", Against: "one SHA-256 and one RSA verification",
			Measured: Metric{"CheckRSA", "ns/op"}, Baseline: Metric{"BareRSA", "ns/op"}, Scale: micro,
		},
		{
			Name: "notice put on record beside 10,000 parcels", Package: "parcelwatch/store/sqlite", Against: "one INSERT in a transaction", Crowd: true,
			Measured: Metric{"ApplyNotice", "ns-p10"}, Baseline: Metric{"BareInsert", "ns-p10"}, Scale: milli,
		},
		{
			Name: "merge of 1,000 events of four sources", Package: "parcelwatch/parcel", Against: "reading them from JSON",
			Measured: Metric{"Merge/1000_events_of_four_sources", "ns/op"}, Baseline: Metric{"BareJSON", "ns/op"}, Scale: milli,
		},
		{
			Name: "tick over 10,000 parcels", Package: "parcelwatch/tracker", Against: "reading the documents it needs from JSON", Crowd: true,
			Measured: Metric{"Tick", "ns-p10"}, Baseline: Metric{"BareJSON", "ns-p10"}, Scale: milli,
		},
		{
			Name: "1,000 news composed and rendered", Package: "parcelwatch/notify", Against: "text/template and html/template over the same words",
			Measured: Metric{"Digest", "ns/op"}, Baseline: Metric{"BareTemplate", "ns/op"}, Scale: milli,
		},
		{
			Name: "first scan of 10,000 mails", Package: "parcelwatch/test/imap", Against: "SEARCH and FETCH of the same mails", Server: true,
			Measured: Metric{"FirstScan/10000_mails", "s-scan"}, Baseline: Metric{"FirstScan/10000_mails", "s-bare-search+fetch"}, Scale: second,
		},
		{
			Name: "first scan of 100,000 mails", Package: "parcelwatch/test/imap", Against: "SEARCH and FETCH of the same mails", Server: true, Slow: true,
			Measured: Metric{"FirstScan/100000_mails", "s-scan"}, Baseline: Metric{"FirstScan/100000_mails", "s-bare-search+fetch"}, Scale: second,
		},
	}
}
