package demo

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"
)

// Posts answers as Cainiao, UPU Global Track & Trace and Russian Post do, each
// in its own wire form, with what has happened up to the clock's now.
type Posts struct {
	URL string

	server *httptest.Server
	clock  *Clock
	start  time.Time
}

// OpenPosts starts the posts on a free port of loopback. Close them.
func OpenPosts(clock *Clock, start time.Time) *Posts {
	p := &Posts{clock: clock, start: start}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /global/detail.json", p.cainiao)
	mux.HandleFunc("GET /gtt.api/service.svc/rest/ItemTTWithTrans/{number}/{language}", p.upu)
	mux.HandleFunc("POST /rtm34", p.russian)
	p.server = httptest.NewServer(mux)
	p.URL = p.server.URL
	return p
}

// Close stops the posts.
func (p *Posts) Close() { p.server.Close() }

// happened lists what has happened to a number, oldest first, for the scans that
// want accepts.
func (p *Posts) happened(number string, want func(scan) bool) (journey, []scan) {
	now := p.clock.Now()
	for _, j := range journeys() {
		if j.number != number && j.local != number {
			continue
		}
		var out []scan
		for _, s := range j.scans {
			if !s.at(p.start).After(now) && want(s) {
				out = append(out, s)
			}
		}
		return j, out
	}
	return journey{}, nil
}

type cainiaoEntry struct {
	MailNo   string         `json:"mailNo"`
	Source   string         `json:"mailNoSource"`
	Origin   string         `json:"originCountry,omitempty"`
	Dest     string         `json:"destCountry,omitempty"`
	RealMail string         `json:"copyRealMailNo,omitempty"`
	Details  []cainiaoTrace `json:"detailList"`
}

type cainiaoTrace struct {
	ActionCode string `json:"actionCode"`
	Time       int64  `json:"time"`
	TimeStr    string `json:"timeStr"`
	TimeZone   string `json:"timeZone"`
	Desc       string `json:"desc"`
	Standard   string `json:"standerdDesc"`
}

func (p *Posts) cainiao(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		Module  []cainiaoEntry `json:"module"`
		Success bool           `json:"success"`
	}{Success: true}
	for number := range strings.SplitSeq(r.URL.Query().Get("mailNos"), ",") {
		j, scans := p.happened(number, func(s scan) bool { return s.cainiao != "" })
		e := cainiaoEntry{MailNo: number, Source: "EXTERNAL", Details: []cainiaoTrace{}}
		if len(scans) > 0 && number == j.number {
			e.Source, e.Origin, e.Dest = "AE", j.origin(), "Russian Federation"
			if j.local != "" && p.clock.Now().After(p.start.Add(time.Duration(j.day)*24*time.Hour)) {
				e.RealMail = j.local
			}
			for _, s := range slices.Backward(scans) {
				local := s.at(p.start).In(time.FixedZone("", s.zone*3600))
				e.Details = append(e.Details, cainiaoTrace{
					ActionCode: s.cainiao, Time: local.UnixMilli(), TimeStr: local.Format(time.DateTime),
					TimeZone: fmt.Sprintf("GMT%+d", s.zone), Desc: s.text, Standard: "[" + s.place + "]" + s.text,
				})
			}
		}
		answer.Module = append(answer.Module, e)
	}
	writeJSON(w, answer)
}

func (p *Posts) upu(w http.ResponseWriter, r *http.Request) {
	type event struct {
		EventCd, EventNm, EventDT, EventLocation string
	}
	type item struct {
		ID                                    string
		OriginCountryCd, DestinationCountryCd string
		Events                                []event
	}
	number := r.PathValue("number")
	_, scans := p.happened(number, func(s scan) bool { return s.upu != "" })
	if len(scans) == 0 {
		return // zero bytes: this service's "not found"
	}
	one := item{ID: number, OriginCountryCd: number[len(number)-2:], DestinationCountryCd: "RU"}
	for _, s := range scans {
		wall := s.at(p.start).Add(time.Duration(s.zone) * time.Hour)
		one.Events = append(one.Events, event{
			EventCd: s.upu, EventNm: s.text, EventLocation: s.place,
			EventDT: fmt.Sprintf("/Date(%d+0000)/", wall.UnixMilli()),
		})
	}
	writeJSON(w, []item{one})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v) // the client is the program under show; it will say so
}

func (p *Posts) russian(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	var ask struct {
		Barcode string `xml:"Body>getOperationHistory>OperationHistoryRequest>Barcode"`
	}
	if err == nil {
		err = xml.Unmarshal(body, &ask)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	j, scans := p.happened(ask.Barcode, func(s scan) bool { return s.russian.kind != 0 })
	if j.local != "" && ask.Barcode != j.local {
		scans = nil // Russian Post knows the parcel under its own number only
	}
	var records strings.Builder
	for _, s := range scans {
		fmt.Fprintf(&records, `<ns3:historyRecord><ns3:AddressParameters><ns3:OperationAddress><ns3:Description>%s</ns3:Description></ns3:OperationAddress>`+
			`<ns3:MailDirect><ns3:Code2A>RU</ns3:Code2A></ns3:MailDirect><ns3:CountryOper><ns3:Code2A>%s</ns3:Code2A></ns3:CountryOper></ns3:AddressParameters>`+
			`<ns3:ItemParameters><ns3:Barcode>%s</ns3:Barcode></ns3:ItemParameters><ns3:OperationParameters><ns3:OperType><ns3:Id>%d</ns3:Id><ns3:Name>%s</ns3:Name></ns3:OperType>`+
			`<ns3:OperAttr><ns3:Id>%d</ns3:Id><ns3:Name>%s</ns3:Name></ns3:OperAttr><ns3:OperDate>%s</ns3:OperDate></ns3:OperationParameters></ns3:historyRecord>`,
			s.place, s.country, ask.Barcode, s.russian.kind, s.russian.kindName, s.russian.attr, s.russian.attrName,
			s.at(p.start).In(time.FixedZone("", s.zone*3600)).Format("2006-01-02T15:04:05.000-07:00"))
	}
	w.Header().Set("Content-Type", "application/soap+xml;charset=utf-8")
	fmt.Fprintf(w, `<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body>`+
		`<ns7:getOperationHistoryResponse xmlns:ns3="http://russianpost.org/operationhistory/data" xmlns:ns7="http://russianpost.org/operationhistory">`+
		`<ns3:OperationHistoryData>%s</ns3:OperationHistoryData></ns7:getOperationHistoryResponse></S:Body></S:Envelope>`, records.String())
}
