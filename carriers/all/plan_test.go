package all_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

// planned are forms of numbers by country: the number, the country the parcel goes
// to, a carrier that is asked (empty if none is built in), one that is not, and the
// page that is linked first.
const planned = `
LP00999900000034 RU cainiao russianpost Cainiao
LP00999900000034 - cainiao inpost Cainiao
AP00999900000180 UA cainiao - Cainiao
CNG00999900000034 BY cainiao - Cainiao
AE000000498 US cainiao - Cainiao
CNFR9000000000571HD FR cainiao - Cainiao
S000000000855 RU cainiao - Cainiao
JY26CAA0D000000012 CA cainiao - Cainiao
RB123456785CN RU cainiao inpost Russian_Post
RB123456785CN BY cainiao russianpost Belpost
RB123456785CN KZ cainiao russianpost Kazpost
RB123456785CN UA cainiao russianpost Ukrposhta
RB123456785CN DE cainiao russianpost Deutsche_Post_DHL
RB123456785CN US cainiao russianpost USPS
RB123456785CN GB cainiao laposte Royal_Mail
RB123456785CN NL cainiao laposte PostNL
RB123456785CN BE cainiao laposte bpost
RB123456785CN BR cainiao laposte Correios
RB123456785CN IL cainiao laposte Israel_Post
RB123456785CN CA cainiao laposte Canada_Post
RB123456785CN AU cainiao laposte Australia_Post
RB123456785CN EE cainiao laposte Omniva
RB123456785CN LV cainiao laposte Latvijas_Pasts
RB123456785CN LT cainiao laposte Lietuvos_paštas
RB123456785CN CZ cainiao laposte Česká_pošta
RB123456785CN HU cainiao laposte Magyar_Posta
RB123456785CN PL cainiao inpost Poczta_Polska
RB123456785CN FR cainiao inpost La_Poste
RB123456785CN IT cainiao inpost Poste_Italiane
RB123456785CN ES cainiao inpost Correos
RB123456785CN PT cainiao inpost CTT_Correios
RB123456785CN SE cainiao inpost PostNord_Sweden
RB123456785CN TR cainiao russianpost PTT
RB123456785CN AM cainiao russianpost Haypost
RB123456785CN GE cainiao russianpost Georgian_Post
RB123456785CN KG cainiao russianpost Kyrgyz_Post
RB123456785CN MD cainiao russianpost Poșta_Moldovei
RB123456785CN - cainiao russianpost China_Post
EB123456785CN RU ems - Russian_Post
RR999900055SG RU singpost - Russian_Post
RR999900038RU DE russianpost - Deutsche_Post_DHL
UA123456785YP RU cainiao - Russian_Post
4PX3000000000168CN RU fourpx - 4PX
304200000500 DE fourpx - DHL
WNBAA0000000238YQ PL cainiao - Poczta_Polska
YT2200000000000446 DE cainiao - YunExpress
SYUS000000718 US sunyou - USPS
AUS490000000512 AU cainiao - Australia_Post
SF6000000000724 RU seventeentrack - SF
GFUS00000000214464 US seventeentrack - USPS
UPAAA000000000004455 US seventeentrack - USPS
LTN70000003N1 CA seventeentrack - Canada_Post
520000000456 DE dhl cainiao DHL
520000000456 KR seventeentrack dhl Korea_Post
520000000456 CN seventeentrack dhl SF
520000000456 US seventeentrack dhl FedEx
520000000456 AU seventeentrack dhl Australia_Post
520000000456 FR seventeentrack dhl GLS
1000000001 RU seventeentrack dhl CDEK
1000000001 KZ seventeentrack dhl CDEK
1000000001 BY seventeentrack dhl CDEK
1000000001 DE dhl - GLS
1000000001 IT seventeentrack dhl GLS
7100000001 UA seventeentrack dhl Meest
10000000011 FI seventeentrack - GLS
62000022000002 RU russianpost novaposhta Russian_Post
62000022000000 RU russianpost novaposhta Russian_Post
62000022000000 DE hermes russianpost DPD
62000022000002 DE seventeentrack russianpost DPD
62000022000000 ES seventeentrack russianpost DPD
62000022000000 PL seventeentrack russianpost DPD_Polska
0000092490067Q PL seventeentrack - DPD_Polska
62000022000000 GB seventeentrack russianpost DPD_UK
62000022000000 EE seventeentrack russianpost DPD
20400000000000 UA novaposhta russianpost Nova_Poshta
59000000000001 UA novaposhta russianpost Nova_Poshta
10100022000007 UA novaposhta russianpost Nova_Poshta
0500100000003 UA ukrposhta russianpost Ukrposhta
4600000000000 RU seventeentrack ukrposhta Boxberry
696300000000000000000017 PL inpost - InPost
696300000000000000000017 IT inpostitalia inpost InPost_Italia
696300000000000000000017 DE seventeentrack inpost Deutsche_Post_DHL
323200000000000000000017 BE bpost inpost bpost
CNPRT460000000000000001 PT cainiaoeurope - Cainiao
CNESP460000000000000001 ES cainiaoeurope - Cainiao
460000000000000001 ES cainiaoeurope - Correos
PHBW6T0000000000000002J ES correos - Correos
420537049200190000000000000009 US seventeentrack - USPS
9200190000000000000009 US seventeentrack - USPS
00340999999999990015 DE dhl - DHL
JJD000390000000396 DE dhl - DHL
JJD0002200000000396 GB seventeentrack - Yodel
H9990000000000000373 DE hermes - Hermes
H0000000000000001 GB seventeentrack - Royal_Mail
3SABCD000000001 NL postnl - PostNL
1Z0000000000000001 US seventeentrack - UPS
Z1000000001 CZ seventeentrack - Packeta
JJFI00000000000000001 FI seventeentrack - Posti
1000000000000001 CA seventeentrack - Canada_Post
UUS0000000000000001 US seventeentrack - UniUni
315190000000000012 RU cainiao - Russian_Post
`

// TestPlanAsksAndLinksByCountry walks forms of numbers: somebody is asked about
// each, or a page is linked that will know it. With -v it prints the table.
func TestPlanAsksAndLinksByCountry(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	members := everyMember(t)
	rows := 0
	for row := range strings.Lines(strings.TrimSpace(planned)) {
		cells := strings.Fields(row)
		n, country, asked, not, page := number.Number(cells[0]), strings.Trim(cells[1], "-"), cells[2], cells[3], strings.ReplaceAll(cells[4], "_", " ")
		rows++
		p := parcel.Parcel{FirstSeen: now, AddedByUser: true}
		p.AddLink(parcel.Link{Number: n, Certainty: parcel.Certain})
		var names []string
		for _, a := range tracker.Plan(p, tracker.View{Members: members, Home: country}, now) {
			if a.Skip == "" && !slices.Contains(names, a.Carrier) {
				names = append(names, a.Carrier)
			}
		}
		var pages []string
		for _, at := range number.Pages(n, country) {
			pages = append(pages, at.Name)
		}
		t.Logf("%-32s %-2s %-12s asked: %-40s pages: %s", n, country, n.FamilyIn(country), strings.Join(names, ", "), strings.Join(pages, ", "))
		if !slices.Contains(names, asked) {
			t.Errorf("%s to %q: %v are asked, want %s among them", n, country, names, asked)
		}
		if slices.Contains(names, not) {
			t.Errorf("%s to %q: %s is asked", n, country, not)
		}
		if len(pages) == 0 || pages[0] != page {
			t.Errorf("%s to %q: linked are %v, want %s first", n, country, pages, page)
		}
	}
	if rows < 80 {
		t.Errorf("only %d forms", rows)
	}
}

// TestSomebodyIsAskedAndAPageIsLinkedInEveryCountry plans each form for countries of
// all parts of the world, and without one.
func TestSomebodyIsAskedAndAPageIsLinkedInEveryCountry(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	members := everyMember(t)
	countries := append([]string{""}, strings.Fields("PL IT US AD AR AX BJ BR CD CR DM FI GE GQ HR IN KE LA LU MF MR NA NZ PM RU SI SV TK TZ VI ZW")...)
	for row := range strings.Lines(strings.TrimSpace(planned)) {
		n := number.Number(strings.Fields(row)[0])
		p := parcel.Parcel{FirstSeen: now, AddedByUser: true}
		p.AddLink(parcel.Link{Number: n, Certainty: parcel.Certain})
		for _, country := range countries {
			asks := tracker.Plan(p, tracker.View{Members: members, Home: country}, now)
			if !slices.ContainsFunc(asks, func(a carriers.Ask) bool { return a.Skip == "" }) {
				t.Errorf("nobody is asked about %s to %q", n, country)
			}
			if pages := number.Pages(n, country); len(pages) == 0 || pages[0].URL == "" {
				t.Errorf("no page is linked for %s to %q", n, country)
			}
		}
	}
}

// everyMember returns all carriers as if every credential were there.
func everyMember(t *testing.T) []carriers.Member {
	t.Helper()
	set, err := carriers.NewSet(all.Factories(), nil)
	if err != nil {
		t.Fatal(err)
	}
	members := set.Members()
	for i := range members {
		members[i].Off, members[i].Missing = false, nil
	}
	return members
}
