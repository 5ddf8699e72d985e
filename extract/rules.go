package extract

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Rule is a user's pattern for mail that the program does not understand. From,
// Subject and Body are regular expressions; each one that is set must match.
// The text of their groups named number, order and step is used as it is.
type Rule struct {
	Name    string
	From    string
	Subject string
	Body    string
}

// rule is a compiled Rule.
type rule struct {
	name                string
	from, subject, body *regexp.Regexp
	bodySize            int // of the compiled expression
}

const (
	maxCaught = 20 // matches of one pattern per mail
	// maxSearch bounds the work of all rules with one mail, in steps of expressions times
	// bytes of text. It takes about two seconds.
	maxSearch = 40_000_000
)

// Why a rule cannot be used.
var (
	errNoName    = errors.New("a rule needs a name")
	errNoPattern = errors.New("a pattern for the subject or the body is needed")
	errGroup     = errors.New("is not one of number, order, step")
	errNoGroup   = errors.New("no group named number, order or step: it could tell nothing")
)

func compileRule(r Rule) (rule, error) {
	out := rule{name: strings.TrimSpace(r.Name)}
	if out.name == "" {
		return rule{}, errNoName
	}
	if r.Subject == "" && r.Body == "" {
		return rule{}, fmt.Errorf("rule %q: %w", out.name, errNoPattern)
	}
	var err error
	groups := 0
	for _, part := range []struct {
		name, pattern string
		re            **regexp.Regexp
	}{{"from", r.From, &out.from}, {"subject", r.Subject, &out.subject}, {"body", r.Body, &out.body}} {
		if part.pattern == "" {
			continue
		}
		if *part.re, err = regexp.Compile(part.pattern); err != nil {
			return rule{}, fmt.Errorf("rule %q: pattern for the %s: %w", out.name, part.name, err)
		}
		for _, g := range (*part.re).SubexpNames()[1:] {
			switch g {
			case "":
			case "number", "order", "step":
				groups++
			default:
				return rule{}, fmt.Errorf("rule %q: group %q %w", out.name, g, errGroup)
			}
		}
	}
	out.bodySize = textx.PatternSize(r.Body)
	if groups == 0 {
		return rule{}, fmt.Errorf("rule %q: %w", out.name, errNoGroup)
	}
	return out, nil
}

// caught is what a rule matched in a mail.
type caught struct {
	numbers []number.Number
	orders  []string
	words   string
}

// errLong means that the rules have taken all the work that a mail may cost.
var errLong = errors.New("the mail is too long for the rule")

// match applies the rule; ok is true only if every pattern that is set matches. left is
// the work that the mail may still cost.
func (r rule) match(from, subject string, pages []page, left *int) (c caught, ok bool, err error) {
	if r.from != nil && !r.from.MatchString(from) {
		return c, false, nil
	}
	if r.subject != nil && !c.catch(r.subject, subject) {
		return c, false, nil
	}
	if r.body == nil {
		return c, true, nil
	}
	for i := range pages {
		if *left -= r.bodySize * len(pages[i].text); *left < 0 {
			return c, false, errLong
		}
		if c.catch(r.body, pages[i].text) {
			return c, true, nil
		}
	}
	return c, false, nil
}

func (c *caught) catch(re *regexp.Regexp, text string) bool {
	matches := re.FindAllStringSubmatch(text, maxCaught)
	for _, m := range matches {
		for i, g := range re.SubexpNames() {
			c.take(g, m[i])
		}
	}
	return len(matches) > 0
}

func (c *caught) take(group, text string) {
	switch group {
	case "number":
		if n, err := number.Parse(text); err == nil {
			c.numbers = appendNew(c.numbers, n)
		}
	case "order":
		if id := textx.Cut(textx.Clean(text), 40); id != "" {
			c.orders = appendNew(c.orders, id)
		}
	case "step":
		if c.words == "" {
			c.words = textx.Cut(textx.Clean(text), maxWords)
		}
	}
}

// ruleStep returns the step for the words a rule matched: the name of a step or
// a known phrase.
func (p *Parser) ruleStep(words string) parcel.Step {
	if s := parcel.Step(words); has(parcel.Steps(), s) && s != parcel.StepNone {
		return s
	}
	pg := p.onePage(words)
	if m, ok := pg.bestStep(0, len(pg.fold.toks), false); ok {
		return m.step
	}
	return parcel.StepOther
}
