package story_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// start is the first day of every story.
func start() time.Time { return time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) }

// scan is one event: what one post tells of one number, on which day of the
// story and at which time of the place's clock.
type scan struct {
	post   string // as the carriers' folders are called
	number string
	day    int
	clock  string // 15:04
	zone   int    // hours east of Greenwich

	code    string // the post's own
	text    string // the post's own words
	place   string
	country string // as the post writes it
}

func (s scan) at() time.Time {
	at, err := time.Parse("15:04", s.clock)
	if err != nil {
		return time.Time{} // no story begins in the year 1: its events would be refused
	}
	d := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	return start().AddDate(0, 0, s.day).Add(d - time.Duration(s.zone)*time.Hour)
}

// local is the wall clock of the place.
func (s scan) local() time.Time { return s.at().In(time.FixedZone("", s.zone*3600)) }

// posts answers as the posts do, with what has happened up to now. It is the
// transport of every carrier: whoever else is asked is an error of the test.
type posts struct {
	t     *testing.T
	now   func() time.Time
	scans []scan
	// renamed is the number that Cainiao names as the next post's, from a day on.
	renamed map[string]renaming
	dest    string         // the country that Cainiao names as the destination
	refusal map[string]int // the HTTP status with which a post refuses every call
	locked  atomic.Bool    // Russian Post refuses the password

	mu    sync.Mutex
	asked map[string][]time.Time // when each post was called
}

type renaming struct {
	number string
	day    int
}

// RoundTrip takes a while, as a request does.
func (p *posts) RoundTrip(r *http.Request) (*http.Response, error) {
	timer := time.NewTimer(300 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-timer.C:
	}
	name, answer := p.post(r.URL)
	if answer == nil {
		p.t.Errorf("%s is asked, which has nothing to do with the parcel", r.URL.Host)
		return nil, fmt.Errorf("%s: %w", r.URL.Host, errNobody)
	}
	p.mu.Lock()
	p.asked[name] = append(p.asked[name], p.now())
	p.mu.Unlock()
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	if status := p.refusal[name]; status != 0 {
		answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	answer(w, r)
	return w.Result(), nil
}

var errNobody = errors.New("nobody of that name")

// post finds who is at home at an address.
func (p *posts) post(u *url.URL) (string, http.HandlerFunc) {
	switch u.Host {
	case "global.cainiao.com":
		return "cainiao", p.cainiao
	case "globaltracktrace.ptc.post":
		return "upu", p.upu
	case "items.ems.post":
		return "ems", p.ems
	case "tracking.russianpost.ru":
		return "russianpost", p.russian
	case "api.belpost.by":
		return "belpost", p.belpost
	case "api.novaposhta.ua":
		return "novaposhta", p.nova
	case "www.ukrposhta.ua":
		return "ukrposhta", p.ukrposhta
	case "track.post.kz":
		return "kazpost", p.kazpost
	case "api-eu.dhl.com":
		return "dhl", p.dhl
	case "www.poste.it":
		return "posteitaliane", p.poste
	case "api.laposte.fr":
		return "laposte", p.laposte
	default:
		return "", nil
	}
}

// happened lists what a post knows of a number by now, oldest first.
func (p *posts) happened(post, number string) []scan {
	var out []scan
	for _, s := range p.scans {
		if s.post == post && s.number == number && !s.at().After(p.now()) {
			out = append(out, s)
		}
	}
	return out
}

type object map[string]any

func (p *posts) cainiao(w http.ResponseWriter, r *http.Request) {
	var module []object
	for number := range strings.SplitSeq(r.URL.Query().Get("mailNos"), ",") {
		e, details := object{"mailNo": number, "mailNoSource": "EXTERNAL"}, []object{}
		for _, s := range slices.Backward(p.happened("cainiao", number)) {
			details = append(details, object{
				"actionCode": s.code, "time": s.at().UnixMilli(), "timeStr": s.local().Format(time.DateTime), "timeZone": fmt.Sprintf("GMT%+d", s.zone),
				"desc": s.text, "standerdDesc": "[" + s.place + "]" + s.text,
			})
		}
		if len(details) > 0 {
			e["mailNoSource"], e["originCountry"], e["destCountry"] = "AE", "Mainland China", p.dest
		}
		if next, ok := p.renamed[number]; ok && p.now().After(start().AddDate(0, 0, next.day)) {
			e["copyRealMailNo"] = next.number
		}
		e["detailList"] = details
		module = append(module, e)
	}
	p.json(w, object{"module": module, "success": true})
}

func (p *posts) upu(w http.ResponseWriter, r *http.Request) {
	number := strings.Split(r.URL.Path, "/")[5]
	var events []object
	for _, s := range p.happened("upu", number) {
		wall := s.at().Add(time.Duration(s.zone) * time.Hour)
		events = append(events, object{"EventCd": s.code, "EventNm": s.text, "EventLocation": s.place, "EventDT": fmt.Sprintf("/Date(%d+0000)/", wall.UnixMilli())})
	}
	if len(events) > 0 { // an empty answer is its "not known"
		p.json(w, []object{{"ID": number, "OriginCountryCd": number[len(number)-2:], "DestinationCountryCd": "", "Events": events}})
	}
}

func (p *posts) ems(w http.ResponseWriter, r *http.Request) {
	number := r.URL.Query().Get("itemId")
	var rows strings.Builder
	for _, s := range p.happened("ems", number) {
		fmt.Fprintf(&rows, `<tr class="result-table-row"><td>%s</td><td>%s</td><td>%s</td></tr>`, s.local().Format("Jan 2, 2006, 3:04 PM"), s.text, s.place)
	}
	if rows.Len() == 0 {
		rows.WriteString(`<tr><td class="no-results-found" colspan="3">There were no results found.</td></tr>`)
	}
	p.write(w, `<form action="/api/publicTracking/track"><input name="itemId" value="%s"></form><div class="result-table" id="table-%[1]s"><table>`+
		`<thead><tr><th>Local date and time</th><th>Status</th><th>Location</th></tr></thead><tbody>%s</tbody></table></div>`, number, rows.String())
}

func (p *posts) russian(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Barcode  string `xml:"Body>getOperationHistory>OperationHistoryRequest>Barcode"`
		Password string `xml:"Body>getOperationHistory>AuthorizationHeader>password"`
	}
	p.read(r, func(b []byte) error { return xml.Unmarshal(b, &ask) })
	if ask.Password != secret {
		p.t.Errorf("Russian Post is asked with the password %q", ask.Password)
	}
	if p.locked.Load() {
		w.WriteHeader(http.StatusInternalServerError)
		p.write(w, `<?xml version="1.0"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:d="http://russianpost.org/operationhistory/data">`+
			`<env:Body><env:Fault><env:Code><env:Value>env:Receiver</env:Value></env:Code><env:Reason><env:Text>Ошибка авторизации</env:Text></env:Reason>`+
			`<env:Detail><d:AuthorizationFaultReason>%s</d:AuthorizationFaultReason></env:Detail></env:Fault></env:Body></env:Envelope>`, "PLANTED PERSON")
		return
	}
	var records strings.Builder
	for _, s := range p.happened("russianpost", ask.Barcode) {
		kind, attr, _ := strings.Cut(s.code, ":")
		name, detail, _ := strings.Cut(s.text, ": ")
		fmt.Fprintf(&records, `<ns3:historyRecord><ns3:AddressParameters><ns3:OperationAddress><ns3:Description>%s</ns3:Description></ns3:OperationAddress>`+
			`<ns3:MailDirect><ns3:Code2A>RU</ns3:Code2A></ns3:MailDirect><ns3:CountryOper><ns3:Code2A>%s</ns3:Code2A></ns3:CountryOper></ns3:AddressParameters>`+
			`<ns3:ItemParameters><ns3:Barcode>%s</ns3:Barcode></ns3:ItemParameters><ns3:OperationParameters><ns3:OperType><ns3:Id>%s</ns3:Id><ns3:Name>%s</ns3:Name></ns3:OperType>`+
			`<ns3:OperAttr><ns3:Id>%s</ns3:Id><ns3:Name>%s</ns3:Name></ns3:OperAttr><ns3:OperDate>%s</ns3:OperDate></ns3:OperationParameters>`+
			`<ns3:UserParameters><ns3:Sndr>PLANTED SENDER</ns3:Sndr><ns3:Rcpn>PLANTED PERSON</ns3:Rcpn></ns3:UserParameters></ns3:historyRecord>`,
			s.place, s.country, ask.Barcode, kind, name, attr, detail, s.local().Format("2006-01-02T15:04:05.000-07:00"))
	}
	p.write(w, `<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body>`+
		`<ns7:getOperationHistoryResponse xmlns:ns3="http://russianpost.org/operationhistory/data" xmlns:ns7="http://russianpost.org/operationhistory">`+
		`<ns3:OperationHistoryData>%s</ns3:OperationHistoryData></ns7:getOperationHistoryResponse></S:Body></S:Envelope>`, records.String())
}

func (p *posts) belpost(w http.ResponseWriter, r *http.Request) {
	var ask struct{ Number string }
	p.read(r, func(b []byte) error { return json.Unmarshal(b, &ask) })
	data, steps := []object{}, []object{}
	for _, s := range slices.Backward(p.happened("belpost", ask.Number)) {
		step := object{"system": "internal", "timestamp": s.at().Unix(), "created_at": s.at().Add(3 * time.Hour).Format(time.DateTime), "place": s.place, "event": s.text}
		if code, err := strconv.Atoi(s.code); err == nil {
			step["code"] = code
		}
		if s.country != "BY" {
			step["system"] = "external"
		}
		steps = append(steps, step)
	}
	if len(steps) > 0 {
		data = append(data, object{"number": ask.Number, "redirectable": false, "steps": steps})
	}
	p.json(w, object{"data": data})
}

func (p *posts) nova(w http.ResponseWriter, r *http.Request) {
	number := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	var scans []object
	for _, s := range p.happened("novaposhta", number) {
		scans = append(scans, object{
			"number": number, "date": s.at().Format("2006-01-02T15:04:05.000000Z"), "event": "GenericEvent", "event_status": "passed", "country_code": s.country,
			"code": s.code, "settlement_name": s.place, "division_name": "", "event_name": s.text,
		})
	}
	if len(scans) == 0 {
		w.WriteHeader(http.StatusNotFound)
		p.json(w, object{"errors": object{"errorMessage": "not_found"}})
		return
	}
	p.json(w, object{"number": number, "sender": object{"country_code": "CN"}, "recipient": object{"country_code": "UA"}, "tracking": scans, "alternative_numbers": []string{}})
}

func (p *posts) ukrposhta(w http.ResponseWriter, r *http.Request) {
	if got := r.Header.Get("Authorization"); got != "Bearer "+secret {
		p.t.Errorf("Ukrposhta is asked with %q", got)
	}
	var numbers []string
	p.read(r, func(b []byte) error { return json.Unmarshal(b, &numbers) })
	found, missing := object{}, []string{}
	for _, n := range numbers {
		var list []object
		for i, s := range p.happened("ukrposhta", n) {
			code, _ := strconv.Atoi(s.code)
			list = append(list, object{
				"barcode": n, "step": i + 1, "date": s.local().Format("2006-01-02T15:04:05"), "name": s.place, "event": code, "eventName": s.text, "country": s.country,
			})
		}
		if list == nil {
			missing = append(missing, n)
		} else {
			found[n] = list
		}
	}
	p.json(w, object{"found": found, "notFound": missing})
}

func (p *posts) kazpost(w http.ResponseWriter, r *http.Request) {
	number := strings.Split(r.URL.Path, "/")[3]
	scans := p.happened("kazpost", number)
	switch {
	case len(scans) == 0:
		p.json(w, object{"trackid": number, "error": "Отправление не найдено"})
	case strings.HasSuffix(r.URL.Path, "/events"):
		var days []object
		for _, s := range slices.Backward(scans) {
			days = append(days, object{"date": s.local().Format("02.01.2006"), "activity": []object{
				{"time": s.local().Format("15:04"), "zip": "", "city": s.place, "name": s.place + " 1", "status": []string{s.code}, "dep_code": ""},
			}})
		}
		p.json(w, object{"trackid": number, "events": days})
	default:
		last := scans[len(scans)-1]
		p.json(w, object{
			"trackid": number, "status": last.text, "status_code": last.code, "sender": object{"name": "PLANTED SENDER", "country": "CN"},
			"receiver": object{"name": "PLANTED PERSON", "country": "KZ"}, "last": object{"date": last.local().Format("2006-01-02 15:04:05.000"), "city": last.place},
		})
	}
}

func (p *posts) dhl(w http.ResponseWriter, r *http.Request) {
	if got := fmt.Sprint(r.Header); !strings.Contains(got, secret) {
		p.t.Errorf("DHL is asked without its key: %s", got)
	}
	number := r.URL.Query().Get("trackingNumber")
	var events []object
	for _, s := range slices.Backward(p.happened("dhl", number)) {
		events = append(events, object{
			"timestamp": s.local().Format("2006-01-02T15:04:05"), "location": object{"address": object{"countryCode": s.country, "addressLocality": s.place}},
			"statusCode": s.code, "status": s.text, "description": s.text,
		})
	}
	if len(events) == 0 {
		w.WriteHeader(http.StatusNotFound)
		p.json(w, object{"title": "Not found", "detail": "No shipment with given tracking number found.", "status": 404})
		return
	}
	p.json(w, object{"url": "", "shipments": []object{{
		"id": number, "service": "parcel-de", "origin": object{"address": object{"countryCode": "CN"}}, "destination": object{"address": object{"countryCode": "DE"}},
		"status": events[0], "details": object{"receiver": object{"name": "PLANTED PERSON"}}, "events": events,
	}}})
}

func (p *posts) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.t.Errorf("answer: %v", err)
	}
}

// write fills an answer with texts that need escaping.
func (p *posts) write(w http.ResponseWriter, format string, args ...string) {
	all := make([]any, 0, len(args))
	for _, a := range args {
		if !strings.HasPrefix(a, "<") {
			a = html.EscapeString(a)
		}
		all = append(all, a)
	}
	if _, err := fmt.Fprintf(w, format, all...); err != nil {
		p.t.Errorf("answer: %v", err)
	}
}

func (p *posts) read(r *http.Request, into func([]byte) error) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = into(body)
	}
	if err != nil {
		p.t.Errorf("%s is asked with something else: %v", r.URL.Host, err)
	}
}

// calls is how often a post was called between two days of the story.
func (p *posts) calls(post string, from, to int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, at := range p.asked[post] {
		if !at.Before(start().AddDate(0, 0, from)) && at.Before(start().AddDate(0, 0, to)) {
			n++
		}
	}
	return n
}
