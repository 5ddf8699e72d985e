package locale_test

import (
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

func TestWhatWasWrongWithAMailIsToldReasonByReason(t *testing.T) {
	t.Parallel()
	ru, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ reasons, want string }{
		{"no signature of aliexpress.ru, and no word of a server that counts", "подписи aliexpress.ru нет, и ни один сервер, которому можно верить, письмо не подтвердил"},
		{"forwarded by me@example.org: nothing proves it and nothing speaks against it", "переслал me@example.org: подтверждений нет, возражений тоже"},
		{"dkim=pass d=aliexpress.com (checked here)", "dkim=pass d=aliexpress.com (проверено здесь)"},
		{
			"structure refused: 300 KB of header; the raw text was read instead; " + parcel.NothingFound,
			"строение письма отвергнуто: заголовок в 300 КБ; прочитан текст как есть; " + ru.T("why_nothing_found"),
		},
		{"dmarc=fail from=aliexpress.com", "dmarc=fail from=aliexpress.com"},
		{"", ""},
	} {
		if got := ru.Why(c.reasons); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}
