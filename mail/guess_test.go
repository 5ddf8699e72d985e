package mail_test

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"parcelwatch/mail"
)

func TestCharsetsAreGuessed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		encoding encoding.Encoding
		texts    []string
	}{
		"windows-1251": {charmap.Windows1251, []string{"Посылка LP00999900000034: на таможне", "Ваш заказ доставлен", "<p>Здравствуйте, посылка в пути</p>", "Ваше замовлення вже їде", "ПОСЫЛКА ДОСТАВЛЕНА"}},
		"koi8-r":       {charmap.KOI8R, []string{"Посылка LP00999900000034: на таможне", "Ваш заказ доставлен", "<p>Здравствуйте, посылка в пути</p>"}},
		"iso-8859-5":   {charmap.ISO8859_5, []string{"Посылка LP00999900000034: на таможне", "Ваш заказ доставлен"}},
		"windows-1252": {charmap.Windows1252, []string{"Packstück LP00999900000034: beim Zoll", "Votre colis a été livré", "Su paquete llegará mañana", "Größe: 5 €", "Encomenda à caminho, não é"}},
		"windows-1250": {charmap.Windows1250, []string{"Przesyłka LP00999900000034 została doręczona", "Vaše zásilka byla doručena, děkujeme"}},
		"iso-8859-2":   {charmap.ISO8859_2, []string{"Twoja przesyłka: już się zbliża, śledź ją"}},
		"windows-1253": {charmap.Windows1253, []string{"Το δέμα σας παραδόθηκε"}},
		"windows-1255": {charmap.Windows1255, []string{"החבילה שלך נמסרה", "ההזמנה שלך בדרך אליך"}},
		"windows-1256": {charmap.Windows1256, []string{"تم تسليم الطرد الخاص بك"}},
		"gb18030":      {simplifiedchinese.GB18030, []string{"您的包裹 LP00999900000034 已送达", "您的订单已发货"}},
		"big5":         {traditionalchinese.Big5, []string{"您的包裹 LP00999900000034 已送達"}},
		"shift_jis":    {japanese.ShiftJIS, []string{"お荷物 LP00999900000034 が配達されました"}},
		"euc-jp":       {japanese.EUCJP, []string{"お荷物 LP00999900000034 が配達されました"}},
		"euc-kr":       {korean.EUCKR, []string{"운송장 번호 LP00999900000034: 배송 완료", "주문하신 상품이 도착했습니다"}},
	} {
		for _, text := range tt.texts {
			raw, err := tt.encoding.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := mail.Guess([]byte(raw)); got != text {
				t.Errorf("%s: %q became %q", name, text, got)
			}
			if h := mail.ParseHeader([]byte("Subject: " + raw + "\r\n\r\n")); h.Subject != text {
				t.Errorf("%s: subject %q became %q", name, text, h.Subject)
			}
		}
	}
	if got := mail.Guess([]byte("Packstück 包裹")); got != "Packstück 包裹" {
		t.Errorf("UTF-8 became %q", got)
	}
	if got := mail.Guess([]byte("Посылка до\xd1")); got != "Посылка до\uFFFD" {
		t.Errorf("cut UTF-8 became %q", got)
	}
}

func FuzzGuess(f *testing.F) {
	f.Add([]byte("\xcf\xee\xf1\xfb\xeb\xea\xe0"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got := mail.Guess(text); !utf8.ValidString(got) {
			t.Errorf("%q", got)
		}
	})
}
