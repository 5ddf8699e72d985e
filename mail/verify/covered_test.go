package verify_test

import (
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

func TestASignatureCountsOnlyIfItCoversWhatIsRead(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	raw := compose("AliExpress <transaction@notice.aliexpress.com>")
	bare := strings.Replace(raw, "Content-Type: text/plain; charset=utf-8\r\n", "", 1)
	for name, c := range map[string]struct {
		mail   string
		fields []string
		lacks  string // empty if the signature counts
	}{
		"everything":                      {raw, []string{"From", "Subject", "Date", "Content-Type"}, ""},
		"in another case and order":       {raw, []string{"content-type", "DATE", "subject", "From", "To", "Message-ID"}, ""},
		"listed twice":                    {raw, []string{"From", "From", "Subject", "Subject", "Date", "Date", "Content-Type", "Content-Type"}, ""},
		"without a type, which is absent": {bare, []string{"From", "Subject", "Date"}, ""},
		"an absent type, signed":          {bare, []string{"From", "Subject", "Date", "Content-Type"}, ""},
		"without the subject":             {raw, []string{"From", "Date", "Content-Type"}, "Subject"},
		"without the date":                {raw, []string{"From", "Subject", "Content-Type"}, "Date"},
		"without the type":                {raw, []string{"From", "Subject", "Date"}, "Content-Type"},
		"a field with a similar name":     {raw, []string{"From", "X-Subject", "Date", "Content-Type"}, "Subject"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signed := shop.signFields(t, c.mail, time.Time{}, c.fields...)
			v, err := verify.New(zone{}.with(shop)).Check(t.Context(), read(signed), verify.Policy{Senders: senders()})
			if err != nil {
				t.Fatal(err)
			}
			want := parcel.TrustVerified
			if c.lacks != "" {
				want = parcel.TrustUnverified
			}
			if reason := locale.English(v.Reason); v.Trust != want || c.lacks != "" && !strings.Contains(reason, "does not cover "+c.lacks) {
				t.Errorf("%s because %q, want %s", v.Trust, reason, want)
			}
		})
	}
}

func TestAnUncoveredSignatureDoesNotHideAGoodOne(t *testing.T) {
	t.Parallel()
	shop, sub := newSigner(t, "aliexpress.com"), newSigner(t, "notice.aliexpress.com")
	raw := sub.sign(t, compose("AliExpress <transaction@notice.aliexpress.com>"))
	twice := shop.signFields(t, raw, time.Time{}, "From")
	v, err := verify.New(zone{}.with(shop, sub)).Check(t.Context(), read(twice), verify.Policy{Senders: senders()})
	if err != nil || v.Trust != parcel.TrustVerified {
		t.Errorf("%s, %v: %s; want verified by the second signature", v.Trust, err, locale.English(v.Reason))
	}
}
