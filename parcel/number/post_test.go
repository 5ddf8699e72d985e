package number_test

import (
	"bufio"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parcelwatch/parcel/number"
)

func TestPosts(t *testing.T) {
	posts := number.Posts()
	if len(posts) < 220 {
		t.Errorf("only %d posts", len(posts))
	}
	if !slices.IsSortedFunc(posts, func(a, b number.Post) int { return strings.Compare(a.Country, b.Country) }) {
		t.Error("not in the order of countries")
	}
	seen := map[string]bool{}
	for _, p := range posts {
		if seen[p.Country] || len(p.Country) != 2 || strings.ToUpper(p.Country) != p.Country || p.Name == "" {
			t.Errorf("odd post %+v", p)
		}
		seen[p.Country] = true
		if got, ok := number.PostOf(p.Country); !ok || got != p {
			t.Errorf("PostOf(%q) = %+v, %v", p.Country, got, ok)
		}
		if p.Site != "" {
			if u, err := url.Parse(p.Site); err != nil || u.Host == "" {
				t.Errorf("%s: site %q", p.Country, p.Site)
			}
		}
		if p.Page != "" && (!strings.HasPrefix(p.Page, "https://") || strings.Count(p.Page, "%") != 1 || !strings.Contains(p.Page, "%s")) {
			t.Errorf("%s: page %q", p.Country, p.Page)
		}
	}
	// The countries that AliExpress parcels come from and go to most.
	for country := range strings.FieldsSeq("CN RU UA BY KZ FR DE ES IT PL SE NL GB US BR IL LT CZ") {
		if p, ok := number.PostOf(country); !ok || p.Page == "" || p.Site == "" {
			t.Errorf("%s has no page: %+v", country, p)
		}
	}
	for _, code := range []string{"", "ZZ", "XX", "YP", "cn", "CNX"} {
		if p, ok := number.PostOf(code); ok {
			t.Errorf("%q has the post %+v", code, p)
		}
	}
}

func TestPostsCoverTheSamples(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "samples", "s10-operators.tsv"))
	if err != nil {
		t.Skip("the samples are not here")
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Scan()
	for lines.Scan() {
		country, _, _ := strings.Cut(lines.Text(), "\t")
		if _, ok := number.PostOf(country); !ok {
			t.Errorf("%s has no post", country)
		}
	}
}

func TestLink(t *testing.T) {
	russia, _ := number.PostOf("RU")
	nobody := number.Post{Country: "XX", Name: "Nobody"}
	for name, c := range map[string]struct{ got, want string }{
		"the post's own page":        {russia.Link("RB123456785CN", ""), "https://www.pochta.ru/tracking?barcode=RB123456785CN"},
		"an aggregator where none":   {nobody.Link("RB123456785CN", ""), "https://t.17track.net/en#nums=RB123456785CN"},
		"whatever stands in it":      {russia.Link(`A&b="<x> %s`, ""), "https://www.pochta.ru/tracking?barcode=A%26b%3D%22%3Cx%3E%20%25s"},
		"a number to a country":      {number.TrackingLink("RB123456785CN", "BY", ""), "https://belpost.by/Otsleditotpravleniye?number=RB123456785CN"},
		"to a country without page":  {number.TrackingLink("RB123456785CN", "SG", ""), "https://www.ems.com.cn/queryList?mailNum=RB123456785CN"},
		"to an unknown country":      {number.TrackingLink("RB123456785CN", "", ""), "https://www.ems.com.cn/queryList?mailNum=RB123456785CN"},
		"from a post without page":   {number.TrackingLink("RB123456785SG", "", ""), "https://t.17track.net/en#nums=RB123456785SG"},
		"in the reader's language":   {number.TrackingLink("RB123456785CN", "DE", "de-AT"), "https://nolp.dhl.de/nextt-online-public/set_identcodes.do?lang=de&idc=RB123456785CN"},
		"in another language":        {number.TrackingLink("RB123456785CN", "DE", "kk"), "https://nolp.dhl.de/nextt-online-public/set_identcodes.do?lang=en&idc=RB123456785CN"},
		"an aggregator in Russian":   {number.TrackingLink("RB123456785SG", "", "ru"), "https://t.17track.net/ru#nums=RB123456785SG"},
		"to Turkey":                  {number.TrackingLink("RB123456785CN", "TR", "tr"), "https://gonderitakip.ptt.gov.tr/Track/Verify?q=RB123456785CN"},
		"Cainiao's own":              {number.TrackingLink("LP00999900000034", "RU", ""), "https://global.cainiao.com/newDetail.htm?mailNoList=LP00999900000034"},
		"Russia's domestic":          {number.TrackingLink("10100022000006", "RU", ""), "https://www.pochta.ru/tracking?barcode=10100022000006"},
		"Ukraine's domestic":         {number.TrackingLink("0500100000003", "UA", ""), "https://track.ukrposhta.ua/tracking_UA.html?barcode=0500100000003"},
		"Nova Poshta's":              {number.TrackingLink("20400000000000", "UA", ""), "https://novaposhta.ua/tracking/20400000000000"},
		"Meest's":                    {number.TrackingLink("714-0000001", "UA", ""), "https://t.meest-group.com/n/714-0000001"},
		"4PX's":                      {number.TrackingLink("4PX3000000000168CN", "RU", ""), "https://track.4px.com/#/result/0/4PX3000000000168CN"},
		"YunExpress'":                {number.TrackingLink("YT2200000000000446", "FR", ""), "https://www.yuntrack.com/parcelTracking?id=YT2200000000000446"},
		"DHL's":                      {number.TrackingLink("00340999999999990015", "DE", ""), "https://www.dhl.com/en/home/tracking.html?tracking-id=00340999999999990015"},
		"InPost's":                   {number.TrackingLink("696300000000000000000017", "PL", ""), "https://inpost.pl/sledzenie-przesylek?number=696300000000000000000017"},
		"the Spanish post's":         {number.TrackingLink("PHBW6T0000000000000002J", "ES", ""), "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number=PHBW6T0000000000000002J"},
		"the American post's":        {number.TrackingLink("9200190000000000000009", "US", ""), "https://tools.usps.com/go/TrackConfirmAction?tLabels=9200190000000000000009"},
		"a number of no known kind":  {number.TrackingLink("HELLO-99", "RU", ""), "https://t.17track.net/en#nums=HELLO-99"},
		"Yanwen's goes to all":       {number.TrackingLink("UA123456785YP", "RU", ""), "https://t.17track.net/en#nums=UA123456785YP"},
		"a check digit changes none": {number.TrackingLink("RB123456789CN", "RU", ""), "https://www.pochta.ru/tracking?barcode=RB123456789CN"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
}
