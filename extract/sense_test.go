package extract_test

import (
	"slices"
	"strings"
	"testing"

	"parcelwatch/extract"
	"parcelwatch/parcel"
)

// stepOf returns the step that a subject tells.
func stepOf(p parser, subject string) parcel.Step {
	if step, ok := extract.SubjectStep(p.Parser, subject); ok {
		return step
	}
	return parcel.StepOther
}

func TestWordsAroundAStepChangeIt(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for line := range strings.Lines(strings.TrimSpace(senses)) {
		want, subject, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			t.Fatalf("%q is not a step and a subject", line)
		}
		if got := stepOf(p, "RB123456785CN: "+subject); got != parcel.Step(want) {
			t.Errorf("%s: %s, want %s", subject, got, want)
		}
	}
}

// A denied or refused clearance leaves a parcel at customs, so that step is not
// among those that a denial rules out.
func TestADenialBeforeAPhraseNeverYieldsItsStep(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	words := map[string][]string{}
	for _, r := range extract.Rows() {
		if r.Kind == "@not" {
			words[r.Language] = append(words[r.Language], plain(r.Phrase))
		}
	}
	for _, r := range extract.Rows() {
		if strings.HasPrefix(r.Kind, "@") || r.Kind == string(parcel.StepOther) || r.Kind == string(parcel.StepAtCustoms) {
			continue
		}
		for _, not := range words[r.Language] {
			subject := not + " " + plain(r.Phrase)
			if got := stepOf(p, subject); got == parcel.Step(r.Kind) {
				t.Errorf("%s: %q is read as %s", r.Language, subject, got)
			}
		}
	}
	for lang, list := range words {
		if len(list) < 4 {
			t.Errorf("%s: only %d denials", lang, len(list))
		}
	}
}

func TestAFutureBeforeAPhraseNeverYieldsWhatIsDone(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	done := []parcel.Step{parcel.StepShipped, parcel.StepHandedOver, parcel.StepPickedUp, parcel.StepClearedCustoms, parcel.StepDelivered, parcel.StepClosed}
	for _, r := range extract.Rows() {
		if !slices.Contains(done, parcel.Step(r.Kind)) {
			continue
		}
		for _, f := range extract.Rows() {
			if f.Language != r.Language || f.Kind != "@will" && f.Kind != "@later" {
				continue
			}
			subject := plain(f.Phrase) + " " + plain(r.Phrase)
			if got := stepOf(p, subject); got == parcel.Step(r.Kind) {
				t.Errorf("%s: %q is read as %s", r.Language, subject, got)
			}
		}
	}
}

// plain returns a phrase as it stands in a text.
func plain(phrase string) string {
	return strings.ReplaceAll(strings.ReplaceAll(phrase, "*", ""), "N ", "RB123456785CN ")
}

// senses are steps and the subjects that tell them.
const senses = `delivered: your package was delivered
other: was not delivered
other: could not be delivered today
other: delivery was unsuccessful, not delivered
other: will be delivered tomorrow
other: it will soon be delivered
other: delivered back to sender
out_for_delivery: will be delivered today
out_for_delivery: out for delivery
other: out for delivery tomorrow
other: not out for delivery
ready_for_pickup: delivered to the pickup point
ready_for_pickup: delivered to a parcel locker
ready_for_pickup: delivered to your post office
handed_over: delivered to the carrier
handed_over: delivered to the shipping company
at_customs: delivered to customs
at_delivery_center: delivered to the sorting centre
at_customs: held by customs
at_customs: refused by customs
at_customs: detained at customs
at_customs: not released by customs
at_customs: not yet cleared customs
other: will be sent tomorrow
other: has not been shipped
other: in the country of origin
other: held in the country of origin
other: has not left the departure region
other: will be handed to the carrier
in_transit: in transit, will be delivered tomorrow
in_transit: in transit but not delivered
delivered: wurde zugestellt
other: wurde nicht zugestellt
other: wird morgen zugestellt
other: Zustellung heute nicht erfolgt
other: noch nicht geliefert
ready_for_pickup: an die Packstation zugestellt
ready_for_pickup: in der Filiale zugestellt
handed_over: an den Paketdienst ausgeliefert
at_customs: vom Zoll einbehalten
other: wird bald versandt
other: im Herkunftsland geliefert
other: zugestellt? nein, an Absender zurück
delivered: доставлена
other: не доставлена
other: ещё не вручена
other: не была доставлена
other: будет доставлена завтра
other: скоро будет отправлен
ready_for_pickup: доставлена в почтомат
ready_for_pickup: доставлено в пункт выдачи
ready_for_pickup: доставлена в почтовое отделение
handed_over: вручена перевозчику
at_customs: удержана таможней
at_customs: не выпущена таможней
at_customs: доставлена на таможню
at_delivery_center: доставлена на сортировочный пункт
other: возвращена отправителю, не вручена
other: вручена отправителю
other: посылка не покинула страну отправления
delivered: доставлено
other: не доставлено
other: буде доставлено завтра
ready_for_pickup: доставлено у поштомат
at_customs: затримана на митниці
at_customs: не випущена митницею
handed_over: вручено перевізнику
delivered: paquete entregado
other: no ha sido entregado
other: aún no ha sido entregado
other: será entregado mañana
ready_for_pickup: entregado en la oficina de correos
handed_over: entregado al transportista
at_customs: retenido en la aduana
at_customs: no liberado por la aduana
at_customs: entregado a la aduana
other: en el país de origen
other: no se ha enviado
delivered: colis livré
other: n'a pas été livré
other: pas encore livré
other: sera livré demain
ready_for_pickup: livré en point de retrait
ready_for_pickup: livré au bureau de poste
at_customs: retenu à la douane
at_customs: pas encore dédouané
handed_over: livré au transporteur
out_for_delivery: sera livré aujourd'hui
other: pas expédiée
delivered: pacco consegnato
other: non è stato consegnato
other: sarà consegnato domani
ready_for_pickup: consegnato al punto di ritiro
at_customs: bloccato in dogana
at_customs: non sdoganato
handed_over: consegnato al corriere
other: verrà spedito presto
delivered: encomenda entregue
other: ainda não foi entregue
other: será entregue em breve
ready_for_pickup: entregue no ponto de recolha
at_customs: retido na alfândega
at_customs: não liberado pela alfândega
handed_over: entregue ao transportador
delivered: pakket bezorgd
other: is niet bezorgd
other: wordt morgen bezorgd
ready_for_pickup: bezorgd bij een pakketpunt
at_customs: tegengehouden door de douane
at_customs: niet ingeklaard
handed_over: geleverd aan de vervoerder
out_for_delivery: wordt vandaag bezorgd
delivered: dostarczona
other: nie została dostarczona
other: zostanie dostarczona jutro
ready_for_pickup: dostarczona do punktu odbioru
ready_for_pickup: dostarczona do paczkomatu
at_customs: zatrzymana przez urząd celny
handed_over: dostarczona przewoźnikowi
other: w kraju nadania
delivered: doručena
other: nebyla doručena
other: zítra bude doručena
ready_for_pickup: doručena na výdejní místo
at_customs: zadržena na celnici
handed_over: doručena dopravci
delivered: teslim edildi
other: teslim edilmedi
other: henüz teslim edilmedi
other: dağıtıma çıkmadı
ready_for_pickup: teslimat noktasına teslim edildi
at_customs: gümrükte alıkonuldu
handed_over: kargo şirketine teslim edildi
at_customs: gümrüğe teslim edildi
delivered: تم التسليم
other: لم يتم التسليم
other: سيتم التسليم غدا
at_customs: احتجز في الجمارك
handed_over: تم التسليم إلى الناقل
ready_for_pickup: تم التسليم إلى نقطة الاستلام
delivered: נמסרה
other: לא נמסרה
other: טרם נמסרה
at_customs: מעוכבת במכס
ready_for_pickup: נמסרה לנקודת האיסוף
handed_over: נמסרה למוביל
delivered: 配達されました
other: 配達されませんでした
other: 明日配達されました
at_customs: 税関で保留
handed_over: 運送会社に配達されました
delivered: 배송 완료
other: 배송 완료되지 않았습니다
other: 내일 배송 완료 예정
at_customs: 세관에서 보류
handed_over: 택배사에 배송 완료
`
