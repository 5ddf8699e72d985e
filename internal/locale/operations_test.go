package locale_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

func TestTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, language, carrier, code string
		status                        parcel.Status
		text, operation, own          string
	}{
		{
			"the post's words stand beside where they may say more", "ru", "cainiao", "SC_OUTBOUND_SUCCESS", parcel.InTransit,
			"[Dongguan] Left sorting centre", "покинула сортировочный центр", "[Dongguan] Left sorting centre",
		},
		{"the name of a code says nothing more", "ru", "upu", "EMC", parcel.Export, "Departure from outward office of exchange", "покинула место международного обмена, отправлена за границу", ""},
		{"a post that writes in the language needs no help", "ru", "russianpost", "8:4", parcel.InTransit, "Покинуло сортировочный центр", "", "Покинуло сортировочный центр"},
		{"to others it is translated", "uk", "russianpost", "8:4", parcel.InTransit, "Покинуло сортировочный центр", "залишила сортувальний центр", ""},
		{"an attribute nobody knows keeps its words", "en", "russianpost", "10:7", parcel.Export, "Экспорт", "left the international mail centre for abroad", "Экспорт"},
		{"a label is a code", "be", "ems", "", parcel.Customs, "Released from import customs.", "выпушчана мытняй", ""},
		{"a status is said in its own words", "kk", "ukrposhta", "41000", parcel.Delivered, "Вручено", "алушыға тапсырылды", "Вручено"},
		{"the same code on the way back is not delivered", "en", "ukrposhta", "41000", parcel.Returned, "Вручено", "", "Вручено"},
		{"a flight within the country is no departure", "ru", "seventeentrack", "InTransit_Departure", parcel.InTransit, "Flight departed", "", "Flight departed"},
		{"a text in English is enough in English", "en", "seventeentrack", "InTransit_Departure", parcel.Export, "Flight departed", "", "Flight departed"},
		{"one in Chinese is not", "en", "seventeentrack", "InTransit_Departure", parcel.Export, "离开始发国", "left the country of origin", "离开始发国"},
		{"a reason is kept", "en", "kazpost", "NON", parcel.AttemptFailed, "Not handed over: closed", "", "Not handed over: closed"},
		{"a reason is kept beside", "ru", "kazpost", "NON", parcel.AttemptFailed, "Not handed over: closed", "неудачная попытка вручения", "Not handed over: closed"},
		{"without words there is the operation", "de", "upu", "EMF", parcel.InTransit, "EMF", "hat das internationale Postzentrum des Ziellandes verlassen", ""},
		{"a status is enough where the words are its name", "de", "russianpost", "8:15", parcel.OutForDelivery, "Передано курьеру", "in Zustellung", ""},
		{"an unknown code keeps its words", "ru", "upu", "ZZZ", parcel.InTransit, "Something", "", "Something"},
		{"an unknown carrier keeps its words", "ru", "other", "EMC", parcel.Export, "Something", "", "Something"},
		{"what an operation and its attribute both say is said once", "ru", "russianpost", "2:1", parcel.Delivered, "Вручение: Вручение адресату", "", "Вручение адресату"},
		{"whichever says more", "be", "other", "", parcel.Delivered, "Delivered to the neighbour: Delivered", "", "Delivered to the neighbour"},
		{"an attribute that says something else is kept", "ru", "russianpost", "8:2", parcel.ReadyForPickup, "Обработка: Прибыло в место вручения", "", "Обработка: Прибыло в место вручения"},
		{"no code and no words are nothing", "ru", "upu", "", parcel.InTransit, "", "", ""},
		{"an endless code is not looked for", "ru", "upu", strings.Repeat("EMC:", 99), parcel.Export, "x", "", "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := printer(t, c.language)
			e := parcel.Event{Status: c.status, Text: c.text, Code: c.code, Sources: []string{parcel.SourceMail, c.carrier}}
			operation, own := p.Told(e)
			if operation != c.operation || own != c.own {
				t.Errorf("told %q and %q, want %q and %q", operation, own, c.operation, c.own)
			}
			if op := p.Operation(e); c.operation != "" && op != c.operation {
				t.Errorf("the operation is %q, want %q", op, c.operation)
			}
		})
	}
}

func TestAParcelThatCustomsReleasedIsNotSaidToBeThere(t *testing.T) {
	t.Parallel()
	released := parcel.Event{Status: parcel.Customs, Code: "14:1", Text: "Таможенное оформление: Выпущено таможней", Sources: []string{"russianpost"}}
	shown := parcel.Event{Status: parcel.Customs, Code: "11:1", Text: "Передано таможне", Sources: []string{"russianpost"}}
	for _, c := range []struct {
		language string
		status   parcel.Status
		by       parcel.Event
		want     string
	}{
		{"en", parcel.Customs, released, "released by customs"},
		{"ru", parcel.Customs, released, "выпущена таможней"},
		{"de", parcel.Customs, released, "vom Zoll freigegeben"},
		{"ru", parcel.Customs, shown, "на таможне"},
		{"ru", parcel.Customs, parcel.Event{}, "на таможне"},
		{"ru", parcel.CustomsHold, released, "задержана таможней"},
	} {
		if got := printer(t, c.language).Standing(c.status, c.by, true); got != c.want {
			t.Errorf("%s: %s by %s is %q, want %q", c.language, c.status, c.by.Code, got, c.want)
		}
	}
}

func TestOperationsAreSound(t *testing.T) {
	t.Parallel()
	words := messages(t, "en", "operations.toml")
	used, seen := map[string]bool{}, map[string]bool{}
	for _, row := range locale.Operations() {
		carrier, code, op := row[0], row[1], row[2]
		if key := carrier + "\t" + strings.ToLower(code); seen[key] {
			t.Errorf("%s %s stands twice", carrier, code)
		} else {
			seen[key] = true
		}
		used["op_"+op] = true
		if !parcel.Status(op).Known() && words["op_"+op] == nil {
			t.Errorf("%s %s is the operation %s, which has no words", carrier, code, op)
		}
		if !slices.Contains(codesOf(t, carrier), strings.ToLower(code)) {
			t.Errorf("%s has no code %s", carrier, code)
		}
	}
	for id := range words {
		if !used[id] {
			t.Errorf("%s is the operation of no code", id)
		}
	}
	if len(used) < 25 || len(seen) < 150 {
		t.Errorf("only %d operations of %d codes", len(used), len(seen))
	}
}

// codesOf returns the codes of a carrier's own table, in lower case; those with an
// attribute as code:attribute.
func codesOf(t *testing.T, carrier string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "carriers", carrier, "codes.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if cells := strings.Split(strings.ToLower(lines.Text()), "\t"); len(cells) > 1 {
			out = append(out, cells[0], cells[0]+":"+cells[1])
		}
	}
	return out
}
