package postnord

import (
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// status is what an event's state says, and whether the table holds it. Numbers
// of events (31, z08) are finer and not documented.
func (c *carrier) status(state string) (parcel.Status, bool) {
	row, ok := c.codes.Find(strings.ToUpper(state), "*")
	if !ok {
		return parcel.InTransit, false
	}
	return row.Status, true
}

// clock is a country and the zone its wall clocks show.
type clock struct {
	country string
	zone    *time.Location
}

// own is the clock of events without a country: they are made by the post's own
// systems, in Sweden and Denmark.
const own = "SWE"

// newClocks knows the countries with one time of day that its parcels come from
// and go to.
func newClocks() (map[string]clock, error) {
	clocks := make(map[string]clock)
	for line := range strings.Lines(places) {
		f := strings.Fields(line)
		zone, err := adapter.Place(f[2])
		if err != nil {
			return nil, err
		}
		clocks[f[0]], clocks[f[1]] = clock{f[1], zone}, clock{f[1], zone}
	}
	return clocks, nil
}

// clock finds the clock of an event's place; without a zone where it is not
// known.
func (c *carrier) clock(l location) clock {
	code := strings.ToUpper(string(l.CountryCode))
	if code == "" && l.Country == "" {
		k := c.clocks[own]
		k.country = ""
		return k
	}
	if k, ok := c.clocks[code]; ok {
		return k
	}
	country := adapter.CountryNamed(string(l.Country))
	if country == "" {
		country = adapter.Country(code)
	}
	if k, ok := c.clocks[country]; ok {
		return k
	}
	return clock{country: country}
}

// places are the codes of a country in both forms, and its zone.
const places = `SWE SE Europe/Stockholm
DNK DK Europe/Copenhagen
NOR NO Europe/Oslo
FIN FI Europe/Helsinki
ISL IS Atlantic/Reykjavik
DEU DE Europe/Berlin
NLD NL Europe/Amsterdam
BEL BE Europe/Brussels
LUX LU Europe/Luxembourg
FRA FR Europe/Paris
ITA IT Europe/Rome
AUT AT Europe/Vienna
CHE CH Europe/Zurich
POL PL Europe/Warsaw
CZE CZ Europe/Prague
SVK SK Europe/Bratislava
HUN HU Europe/Budapest
EST EE Europe/Tallinn
LVA LV Europe/Riga
LTU LT Europe/Vilnius
GBR GB Europe/London
IRL IE Europe/Dublin
TUR TR Europe/Istanbul
ARE AE Asia/Dubai
CHN CN Asia/Shanghai
HKG HK Asia/Hong_Kong
TWN TW Asia/Taipei
SGP SG Asia/Singapore
MYS MY Asia/Kuala_Lumpur
THA TH Asia/Bangkok
KOR KR Asia/Seoul
JPN JP Asia/Tokyo
IND IN Asia/Kolkata`
