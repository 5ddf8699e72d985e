package extract_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/extract"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestRulesReadWhatWeDoNot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		rule    extract.Rule
		subject string
		body    string
		number  number.Number
		order   string
		step    parcel.Step
	}{
		{
			"all from the subject",
			extract.Rule{Name: "new mail", Subject: `Ding (?P<order>\d+)/(?P<number>[\w-]+) (?P<step>.+)$`},
			"Ding 42/zz-17 delivered", "", "ZZ-17", "42", parcel.StepDelivered,
		},
		{
			"the number from the body",
			extract.Rule{Name: "new mail", From: `@notice\.`, Subject: `Ding`, Body: `(?m)^Ref\. (?P<number>\S+)$`},
			"Ding", "Hello\nRef. ABCDE\n", "ABCDE", "", parcel.StepOther,
		},
		{
			"one of our own words for the step",
			extract.Rule{Name: "new mail", Subject: `Ding (?P<step>\w+)`, Body: `(?P<number>Q\d+)`},
			"Ding in_country", "Q12345\n", "Q12345", "", parcel.StepInCountry,
		},
		{
			"words nobody knows",
			extract.Rule{Name: "new mail", Subject: `Ding (?P<number>\w+) (?P<step>.+)`},
			"Ding Q12345 zwitschert", "", "Q12345", "", parcel.StepOther,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := newParser(t, options{Rules: []extract.Rule{tt.rule}}).Parse(letter(tt.subject, tt.body), unverified)
			if err != nil {
				t.Fatal(err)
			}
			if n.Shop != "new mail" || n.Step != tt.step || len(n.Parcels) != 1 || n.Parcels[0].Number != tt.number {
				t.Errorf("%+v", n)
			}
			if tt.order != "" && (len(n.Orders) != 1 || n.Orders[0] != tt.order || len(n.Parcels[0].Orders) != 1) {
				t.Errorf("orders %v, of the parcel %v", n.Orders, n.Parcels[0].Orders)
			}
		})
	}
}

func TestARuleThatDoesNotFitChangesNothing(t *testing.T) {
	t.Parallel()
	for _, r := range []extract.Rule{
		{Name: "from", From: `@deals\.`, Subject: `(?P<number>\w+)`},
		{Name: "subject", Subject: `^Nothing (?P<number>\w+)`},
		{Name: "body", Subject: `.`, Body: `nowhere (?P<number>\w+)`},
	} {
		n, err := newParser(t, options{Rules: []extract.Rule{r}}).Parse(letter(delivered, "Hi"), unverified)
		if err != nil || n.Shop != theShop.Name() || len(n.Parcels) != 1 || n.Parcels[0].Number != "LP00999900000034" {
			t.Errorf("%s: %+v, %v", r.Name, n, err)
		}
	}
}

func TestTheFirstRuleThatFitsWins(t *testing.T) {
	t.Parallel()
	rules := []extract.Rule{
		{Name: "a", Subject: `^Nothing (?P<number>\w+)`}, {Name: "b", Subject: `Ding (?P<number>\w+)`}, {Name: "c", Subject: `(?P<number>\w+)`},
	}
	n, err := newParser(t, options{Rules: rules}).Parse(letter("Ding Q12345", ""), unverified)
	if err != nil || n.Shop != "b" {
		t.Errorf("%q, %v", n.Shop, err)
	}
}

func TestARuleMakesNoForeignMailTrusted(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Rules: []extract.Rule{{Name: "mine", From: `evil\.example$`, Subject: `(?P<number>LP\d+)`}}})
	n, err := p.Parse(from("a@evil.example"), unverified)
	if err != nil || n.Shop != "" || len(n.Parcels) != 0 {
		t.Errorf("%+v, %v", n, err)
	}
	if len(n.Problems) != 1 || !n.Problems[0].Equal(message.New("unread_rule", "Rule", "mine")) {
		t.Errorf("the person is not told why: %q", n.Problems)
	}
}

func TestARuleMayReadASilentSender(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Rules: []extract.Rule{{Name: "mine", From: `@mail\.`, Subject: `(?P<number>LP\d+)`}}})
	n, err := p.Parse(from("a@mail.aliexpress.com"), unverified)
	if err != nil || n.Shop != "mine" || len(n.Parcels) != 1 {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestBadRulesAreNamed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rule extract.Rule
		want string
	}{
		{"no name", extract.Rule{Subject: "(?P<number>.)"}, "needs a name"},
		{"no pattern", extract.Rule{Name: "r", From: "a"}, "subject or the body is needed"},
		{"a broken pattern", extract.Rule{Name: "r", Body: "("}, "pattern for the body"},
		{"an unknown group", extract.Rule{Name: "r", Subject: "(?P<nummer>.)"}, `group "nummer"`},
		{"no group", extract.Rule{Name: "r", Subject: "(.)"}, "could tell nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := extract.New(extract.Options{Rules: []extract.Rule{tt.rule}}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestRulesCostBoundedTime: rules of the largest size, shared by many people, cost a mail
// a few seconds at most, and those that were not tried are named.
func TestRulesCostBoundedTime(t *testing.T) {
	t.Parallel()
	var rules []extract.Rule
	for range 50 {
		rules = append(rules, extract.Rule{Name: "costly", Body: `(?P<number>(?:[a-z]{1,60}[ -]?){1,3}Q)`})
	}
	p := newParser(t, options{Rules: rules})
	began := time.Now()
	n, err := p.Parse(letter("Ding", strings.Repeat("letters without an end ", 4000)), unverified)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if !slices.ContainsFunc(n.Problems, func(m message.Text) bool { return m[0].ID == "unread_rule_long" }) {
		t.Errorf("problems: %v", n.Problems)
	}
}
