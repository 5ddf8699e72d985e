package extract_test

import (
	"errors"
	"strings"
	"testing"

	"parcelwatch/extract"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

var forwarded = parcel.Verdict{Trust: parcel.TrustForwarded, Reason: message.Raw("test")}

const delivered = "Package LP00999900000034: delivered"

// from returns a package mail from a sender.
func from(address string) []byte {
	return []byte(strings.Replace(string(letter(delivered, "Hi")), "AliExpress <transaction@notice.aliexpress.com>", address, 1))
}

func TestOnlyTheShopsSendersTellOfParcels(t *testing.T) {
	t.Parallel()
	const ids = "_0a1b2c3d4e_0a1b2c3d@privaterelay.appleid.com"
	tests := []struct {
		address string
		shop    bool
	}{
		{"AliExpress <transaction@notice.aliexpress.com>", true},
		{"transaction@notice.aliexpress.com", true},
		{"Transaction@Notice.AliExpress.Com", true},
		{"transaction@notice.aliexpress.ru", true},
		{"noreply@aliexpress.com", true},
		{"transaction_at_notice_aliexpress_com" + ids, true},

		{"a@deals.aliexpress.com", false},
		{"a@newarrival.aliexpress.com", false},
		{"a@eu.selections.aliexpress.com", false},
		{"promotion@aliexpress.com", false},
		{"promotion_2@notice.aliexpress.com", false},
		{"aliexpress@notice.aliexpress.com", false},
		{"message@info.aliexpress.com", false},
		{"ae-best@mail.aliexpress.com", false},
		{"deals_at_deals_aliexpress_com" + ids, false},

		{"transaction@notaliexpress.com", false},
		{"transaction@notice.aliexpress.com.evil.example", false},
		{"transaction@notice-aliexpress.com", false},
		{"transaction@aliexpress.co", false},
		{"\"transaction@notice.aliexpress.com\" <a@evil.example>", false},
		{"transaction_at_notice_aliexpress_com_evil_example" + ids, false},
		{"transaction_at_notice_aliexpress_com@privaterelay.appleid.com", false},
		{"transaction_at_notice_aliexpress_com_0a1b2c3d4e@privaterelay.appleid.com", false},
		{"_at_notice_aliexpress_com" + ids, false},
		{"partner@example.org", false},
		{"nobody", false},
	}
	p := newParser(t, options{Forwarders: []string{"Partner@Example.org"}})
	for _, tt := range tests {
		t.Run(tt.address, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(from(tt.address), unverified)
			if err != nil {
				t.Fatal(err)
			}
			if (len(n.Parcels) == 1) != tt.shop || (n.Shop == theShop.Name()) != tt.shop {
				t.Errorf("shop %q, parcels %v", n.Shop, n.Parcels)
			}
		})
	}
}

func TestConfiguredDomains(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Domains: []string{" Shop.Example. ", ""}})
	for address, want := range map[string]bool{
		"a@shop.example": true, "a@mails.shop.example": true, "a@myshop.example": false, "transaction@notice.aliexpress.com": false,
	} {
		if n, err := p.Parse(from(address), unverified); err != nil || (len(n.Parcels) == 1) != want {
			t.Errorf("%s: %v, %v", address, n.Parcels, err)
		}
	}
}

func TestTrustIsObeyed(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	tests := []struct {
		given, want parcel.Trust
		creates     bool
	}{
		{parcel.TrustVerified, parcel.TrustVerified, true},
		{parcel.TrustRelayed, parcel.TrustRelayed, true},
		{parcel.TrustUnverified, parcel.TrustUnverified, true},
		{"", parcel.TrustUnverified, true},
		{parcel.TrustForged, parcel.TrustForged, false},
		{parcel.TrustForeign, parcel.TrustForeign, false},
	}
	for _, tt := range tests {
		t.Run(string(tt.given)+" mail", func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(letter(delivered, "Hi"), parcel.Verdict{Trust: tt.given, Reason: message.Raw("why")})
			if err != nil {
				t.Fatal(err)
			}
			if n.Verdict.Trust != tt.want || n.Verdict.Reason == nil || (len(n.Parcels) == 1) != tt.creates {
				t.Errorf("%+v, parcels %v", n.Verdict, n.Parcels)
			}
			if !tt.creates && (n.Shop != "" || n.Step != parcel.StepNone) {
				t.Errorf("shop %q, step %s", n.Shop, n.Step)
			}
		})
	}
}

func TestTheFromSetsABoundToTheVerdict(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	tests := []struct {
		name, from string
		want       parcel.Trust
	}{
		{"a stranger", "From: a@evil.example", parcel.TrustForeign},
		{"two fields", "From: a@evil.example\r\nFrom: transaction@notice.aliexpress.com", parcel.TrustForged},
		{"two addresses", "From: transaction@notice.aliexpress.com, a@evil.example", parcel.TrustForged},
		{"two strangers", "From: a@evil.example, b@evil.example", parcel.TrustForeign},
		{"none", "To: me@example.org", parcel.TrustForeign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := tt.from + "\r\nSubject: " + delivered + "\r\n\r\nx"
			n, err := p.Parse([]byte(raw), parcel.Verdict{Trust: parcel.TrustVerified, Reason: message.Raw("somebody was wrong")})
			if err != nil || n.Verdict.Trust != tt.want || len(n.Parcels) != 0 {
				t.Errorf("%+v, parcels %v, %v", n.Verdict, n.Parcels, err)
			}
		})
	}
}

func TestWhatIsNoMail(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for name, raw := range map[string]string{
		"nothing": "", "blanks": " \r\n\r\n ", "an mbox line alone": "From a b\n", "an image": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse([]byte(raw), unverified)
			if !errors.Is(err, extract.ErrNoMail) {
				t.Errorf("Parse: %v", err)
			}
			checkNotice(t, n, err)
		})
	}
}

func TestOwnDigestsAreNotRead(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Forwarders: []string{"me@example.org"}})
	for _, field := range []string{
		"X-Parcelwatch: digest", "List-Id: parcelwatch <parcelwatch.example.org>", "Message-ID: <20260301.abc@parcelwatch.example.org>",
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			raw := "From: me@example.org\r\nSubject: Fwd: 2 parcels\r\n" + field + "\r\n\r\nFrom: AliExpress <transaction@notice.aliexpress.com>\r\n" +
				"Subject: Package LP00999900000034: delivered\r\nDate: today\r\n\r\nLogistics Information\r\nTracking number: LP00999900000034\r\n"
			n, err := p.Parse([]byte(raw), forwarded)
			if err != nil || n.Shop != "" || len(n.Parcels) != 0 {
				t.Errorf("read as input: %+v, %v", n, err)
			}
		})
	}
}
