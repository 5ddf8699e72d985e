package setup_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
	"parcelwatch/internal/setup"
)

// names is a fake DNS.
type names struct {
	srv map[string][]*net.SRV
	mx  []*net.MX
}

func (n names) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if r := n.srv["_"+service+"._"+proto+"."+name]; r != nil {
		return name, r, nil
	}
	return "", nil, errors.New("no such name")
}

func (n names) LookupMX(context.Context, string) ([]*net.MX, error) {
	if n.mx == nil {
		return nil, errors.New("no such name")
	}
	return n.mx, nil
}

// web is a fake for the autoconfig pages. It records all requests.
type web struct {
	pages map[string]string
	mu    sync.Mutex
	asked []string
}

func clientOf(w *web) *http.Client { return &http.Client{Transport: w} }

func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r.URL.String())
	address := r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
	page, ok := w.pages[address]
	res := &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}
	if to, moved := strings.CutPrefix(page, "-> "); moved {
		res.StatusCode = http.StatusFound
		res.Header.Set("Location", to)
	} else if ok {
		res.StatusCode = http.StatusOK
		res.Body = body{strings.NewReader(page)}
	}
	return res, nil
}

type body struct{ *strings.Reader }

func (body) Close() error { return nil }

const autoconfig = `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="example.org">
<incomingServer type="pop3"><hostname>pop.example.org</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>plain.example.org</hostname><port>143</port><socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>start.example.org</hostname><port>143</port><socketType>STARTTLS</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.example.org</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.example.org</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`

var (
	fromAutoconfig = setup.Found{
		Origin: setup.FromAutoconfig, IMAP: netx.Server{Host: "imap.example.org", Port: 993, TLS: netx.TLSImplicit},
		SMTP: netx.Server{Host: "smtp.example.org", Port: 587, TLS: netx.TLSStart}, Username: "me", SMTPUsername: "me@example.org",
	}
	srvRecords = map[string][]*net.SRV{
		"_imaps._tcp.example.org":       {{Target: "later.example.org.", Port: 993, Priority: 9}, {Target: "box.example.org.", Port: 1993, Priority: 1}},
		"_submissions._tcp.example.org": {{Target: ".", Port: 0}},
		"_submission._tcp.example.org":  {{Target: "out.example.org.", Port: 587}},
	}
)

func TestServersAreFoundInTheOrderOfTrust(t *testing.T) {
	t.Parallel()
	page := map[string]string{"https://autoconfig.example.org/mail/config-v1.1.xml": autoconfig}
	gmail, _ := provider.ByDomain("gmail.com")
	srv := setup.Found{
		Origin: setup.FromSRV, IMAP: netx.Server{Host: "box.example.org", Port: 1993, TLS: netx.TLSImplicit},
		SMTP: netx.Server{Host: "out.example.org", Port: 587, TLS: netx.TLSStart}, Username: "me@example.org", SMTPUsername: "me@example.org",
	}
	mx := setup.Found{
		Origin: setup.FromMX, Provider: gmail, IMAP: gmail.IMAP, SMTP: gmail.SMTP, Username: "me@example.org", SMTPUsername: "me@example.org",
	}
	ispdb := fromAutoconfig
	ispdb.Origin = setup.FromISPDB
	guess := setup.Found{
		Origin: setup.FromGuess, IMAP: netx.Server{Host: "mail.example.org", Port: 993, TLS: netx.TLSImplicit},
		SMTP: netx.Server{Host: "smtp.example.org", Port: 465, TLS: netx.TLSImplicit}, Username: "me@example.org", SMTPUsername: "me@example.org",
	}
	google := []*net.MX{{Host: "ASPMX.L.GOOGLE.COM."}}
	for _, c := range []struct {
		name  string
		names names
		pages map[string]string
		probe []string
		ispdb bool
		want  setup.Found
		sure  bool
	}{
		{"the domain's own page", names{srvRecords, google}, page, nil, true, fromAutoconfig, true},
		{"the page at the well-known place", names{}, map[string]string{"https://example.org/.well-known/autoconfig/mail/config-v1.1.xml": autoconfig}, nil, false, fromAutoconfig, true},
		{"a page that moved to another secure one", names{}, map[string]string{
			"https://autoconfig.example.org/mail/config-v1.1.xml": "-> https://host.example/c.xml", "https://host.example/c.xml": autoconfig,
		}, nil, false, fromAutoconfig, true},
		{"service records", names{srvRecords, google}, nil, nil, true, srv, true},
		{"a provider that takes the domain's mail", names{nil, google}, nil, nil, true, mx, false},
		{"Mozilla's list, where allowed", names{}, map[string]string{"https://autoconfig.thunderbird.net/v1.1/example.org": autoconfig}, []string{"mail.example.org:993"}, true, ispdb, false},
		{"a guess that answers", names{}, map[string]string{"https://autoconfig.thunderbird.net/v1.1/example.org": autoconfig}, []string{"mail.example.org:993", "example.org:993", "smtp.example.org:465"}, false, guess, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := setup.Discoverer{
				Names: c.names, HTTP: clientOf(&web{pages: c.pages}), ISPDB: c.ispdb,
				Probe: func(_ context.Context, s netx.Server) bool { return slices.Contains(c.probe, s.String()) },
			}
			got, err := d.Discover(t.Context(), "me@Example.ORG")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if got.Sure("example.org") != c.sure {
				t.Errorf("sure: got %v", !c.sure)
			}
		})
	}
}

func TestAnUnknownDomainIsNamedAndNobodyElseIsAsked(t *testing.T) {
	t.Parallel()
	w := &web{}
	d := setup.Discoverer{Names: names{}, HTTP: clientOf(w), Probe: func(context.Context, netx.Server) bool { return false }}
	if _, err := d.Discover(t.Context(), "me@nowhere.example"); !errors.Is(err, setup.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	for _, address := range w.asked {
		if !strings.HasPrefix(address, "https://") || !strings.Contains(address, "nowhere.example/") {
			t.Errorf("asked %s", address)
		}
	}
	if _, err := d.Discover(t.Context(), "nobody"); !errors.Is(err, setup.ErrAddress) {
		t.Errorf("got %v", err)
	}
}

// TestWhoLearnsTheAddressAndWhoOnlyTheDomain has nothing answer, so that everybody is asked.
func TestWhoLearnsTheAddressAndWhoOnlyTheDomain(t *testing.T) {
	t.Parallel()
	w := &web{}
	var mu sync.Mutex
	var probed []string
	probe := func(_ context.Context, s netx.Server) bool {
		mu.Lock()
		defer mu.Unlock()
		probed = append(probed, s.Host)
		return s.Port == 993 && s.Host == "example.org"
	}
	if _, err := (setup.Discoverer{Names: names{}, HTTP: clientOf(w), Probe: probe, ISPDB: true}).Discover(t.Context(), "me@example.org"); err != nil {
		t.Fatal(err)
	}
	slices.Sort(w.asked)
	if diff := cmp.Diff([]string{
		"https://autoconfig.example.org/mail/config-v1.1.xml?emailaddress=me%40example.org",
		"https://autoconfig.thunderbird.net/v1.1/example.org",
		"https://example.org/.well-known/autoconfig/mail/config-v1.1.xml",
	}, w.asked); diff != "" {
		t.Error(diff)
	}
	slices.Sort(probed)
	if diff := cmp.Diff([]string{"example.org", "imap.example.org", "mail.example.org", "smtp.example.org"}, slices.Compact(probed)); diff != "" {
		t.Error(diff)
	}
}

func TestAKnownDomainAsksNobody(t *testing.T) {
	t.Parallel()
	w := &web{}
	got, err := setup.Discoverer{HTTP: clientOf(w)}.Discover(t.Context(), "me@icloud.com")
	if err != nil || !got.Sure("icloud.com") || got.Username != "me" || got.SMTPUsername != "me@icloud.com" || w.asked != nil {
		t.Errorf("%+v, %v, asked %v", got, err, w.asked)
	}
}

func TestARedirectOutOfTLSIsNotFollowed(t *testing.T) {
	t.Parallel()
	w := &web{pages: map[string]string{
		"https://autoconfig.example.org/mail/config-v1.1.xml": "-> http://host.example/c.xml", "http://host.example/c.xml": autoconfig,
	}}
	if got, err := (setup.Discoverer{Names: names{}, HTTP: clientOf(w)}).Discover(t.Context(), "me@example.org"); err == nil {
		t.Errorf("got %+v", got)
	}
	if slices.Contains(w.asked, "http://host.example/c.xml") {
		t.Error("it was asked without protection")
	}
}

func TestServersOfAnotherDomainAreNotSure(t *testing.T) {
	t.Parallel()
	f := setup.Found{Origin: setup.FromSRV, IMAP: netx.Server{Host: "imap.evil.example"}}
	if f.Sure("example.org") {
		t.Error("a name service may be lied to")
	}
	f.IMAP.Host, f.SMTP.Host = "imap.example.org", "notexample.org"
	if f.Sure("example.org") {
		t.Error("the outgoing server is another's")
	}
}

func TestAutoconfigThatIsOfNoUseIsRefused(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"not XML":       "<html><body>404",
		"empty":         "",
		"no protection": strings.NewReplacer("STARTTLS", "plain", "SSL", "plain").Replace(autoconfig),
		"a host that is none": strings.NewReplacer("imap.example.org", "imap.example.org/x", "start.example.org", "-start").
			Replace(autoconfig),
		"a port that is none": strings.NewReplacer(">993<", ">99999<", ">143<", ">0<").Replace(autoconfig),
		"very long":           strings.Repeat("<!-- -->", 1<<16) + autoconfig,
	} {
		if f, err := setup.ReadAutoconfig(strings.NewReader(page), "me@example.org"); !errors.Is(err, setup.ErrAutoconfig) {
			t.Errorf("%s: got %+v, %v", name, f, err)
		}
	}
	odd := strings.Replace(autoconfig, "%EMAILLOCALPART%", "%REALNAME%", 1)
	if f, err := setup.ReadAutoconfig(strings.NewReader(odd), "me@example.org"); err != nil || f.Username != "me@example.org" {
		t.Errorf("an unknown placeholder: %+v, %v", f, err)
	}
}

func FuzzReadAutoconfig(f *testing.F) {
	f.Add(autoconfig)
	f.Add("<clientConfig><emailProvider><incomingServer type='imap'><hostname>a</hostname><port>1</port><socketType>SSL</socketType>")
	f.Fuzz(func(t *testing.T, page string) {
		found, err := setup.ReadAutoconfig(strings.NewReader(page), "me@example.org")
		if err != nil {
			return
		}
		if found.IMAP.Host == "" || found.IMAP.TLS == netx.TLSNone || found.IMAP.Port < 1 || strings.ContainsAny(found.IMAP.Host+found.Username, "\r\n\x00") {
			t.Errorf("got %+v", found)
		}
	})
}
