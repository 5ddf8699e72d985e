package demo

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Record is the data that the simulated posts have about one number.
type Record struct {
	Number string
	Local  string // the number of the last mile, the only one known to Russian Post
	Linked bool   // Cainiao's answer contains Local
	Origin string // the origin country in Cainiao's spelling
	Scans  []Scan // oldest first
}

// Scan is one event in the form of each post. A post for which it has no code does not
// report it.
type Scan struct {
	At time.Time

	Cainiao string // action code
	UPU     string // event code
	Russian Oper

	Zone    int // hours east of UTC
	Country string
	Place   string
	Text    string
}

// Oper is an operation of Russian Post: codes of type and attribute, and their names.
type Oper struct {
	Kind, Attr         int
	KindName, AttrName string
}

// Answers returns a handler that simulates Cainiao, UPU Global Track & Trace and
// Russian Post in their wire forms, with the records that look returns. A number
// unknown to look has no scans.
func Answers(look func(number string) Record) http.Handler {
	a := answers(look)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /global/detail.json", a.cainiao)
	mux.HandleFunc("GET /gtt.api/service.svc/rest/ItemTTWithTrans/{number}/{language}", a.upu)
	mux.HandleFunc("POST /rtm34", a.russian)
	return mux
}

type answers func(number string) Record

// known returns the scans that one post reports.
func (r Record) known(by func(Scan) bool) []Scan {
	return slices.DeleteFunc(slices.Clone(r.Scans), func(s Scan) bool { return !by(s) })
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

func (a answers) cainiao(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		Module  []cainiaoEntry `json:"module"`
		Success bool           `json:"success"`
	}{Success: true}
	for number := range strings.SplitSeq(r.URL.Query().Get("mailNos"), ",") {
		r := a(number)
		scans := r.known(func(s Scan) bool { return s.Cainiao != "" })
		e := cainiaoEntry{MailNo: number, Source: "EXTERNAL", Details: []cainiaoTrace{}}
		if len(scans) > 0 && number == r.Number {
			e.Source, e.Origin, e.Dest = "AE", r.Origin, "Russian Federation"
			if r.Linked {
				e.RealMail = r.Local
			}
			for _, s := range slices.Backward(scans) {
				local := s.At.In(time.FixedZone("", s.Zone*3600))
				e.Details = append(e.Details, cainiaoTrace{
					ActionCode: s.Cainiao, Time: local.UnixMilli(), TimeStr: local.Format(time.DateTime),
					TimeZone: fmt.Sprintf("GMT%+d", s.Zone), Desc: s.Text, Standard: "[" + s.Place + "]" + s.Text,
				})
			}
		}
		answer.Module = append(answer.Module, e)
	}
	writeJSON(w, answer)
}

func (a answers) upu(w http.ResponseWriter, r *http.Request) {
	type event struct {
		EventCd, EventNm, EventDT, EventLocation string
	}
	type item struct {
		ID                                    string
		OriginCountryCd, DestinationCountryCd string
		Events                                []event
	}
	number := r.PathValue("number")
	scans := a(number).known(func(s Scan) bool { return s.UPU != "" })
	if len(scans) == 0 {
		return // an empty body is this service's "not found"
	}
	one := item{ID: number, OriginCountryCd: number[len(number)-2:], DestinationCountryCd: "RU"}
	for _, s := range scans {
		wall := s.At.Add(time.Duration(s.Zone) * time.Hour)
		one.Events = append(one.Events, event{
			EventCd: s.UPU, EventNm: s.Text, EventLocation: s.Place,
			EventDT: fmt.Sprintf("/Date(%d+0000)/", wall.UnixMilli()),
		})
	}
	writeJSON(w, []item{one})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v) // the client reports a broken answer
}

func (a answers) russian(w http.ResponseWriter, r *http.Request) {
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
	known := a(ask.Barcode)
	scans := known.known(func(s Scan) bool { return s.Russian.Kind != 0 })
	if known.Local != "" && ask.Barcode != known.Local {
		scans = nil // Russian Post knows the parcel only by its own number
	}
	var records strings.Builder
	for _, s := range scans {
		fmt.Fprintf(&records, `<ns3:historyRecord><ns3:AddressParameters><ns3:OperationAddress><ns3:Description>%s</ns3:Description></ns3:OperationAddress>`+
			`<ns3:MailDirect><ns3:Code2A>RU</ns3:Code2A></ns3:MailDirect><ns3:CountryOper><ns3:Code2A>%s</ns3:Code2A></ns3:CountryOper></ns3:AddressParameters>`+
			`<ns3:ItemParameters><ns3:Barcode>%s</ns3:Barcode></ns3:ItemParameters><ns3:OperationParameters><ns3:OperType><ns3:Id>%d</ns3:Id><ns3:Name>%s</ns3:Name></ns3:OperType>`+
			`<ns3:OperAttr><ns3:Id>%d</ns3:Id><ns3:Name>%s</ns3:Name></ns3:OperAttr><ns3:OperDate>%s</ns3:OperDate></ns3:OperationParameters></ns3:historyRecord>`,
			s.Place, s.Country, ask.Barcode, s.Russian.Kind, s.Russian.KindName, s.Russian.Attr, s.Russian.AttrName,
			s.At.In(time.FixedZone("", s.Zone*3600)).Format("2006-01-02T15:04:05.000-07:00"))
	}
	w.Header().Set("Content-Type", "application/soap+xml;charset=utf-8")
	fmt.Fprintf(w, `<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body>`+
		`<ns7:getOperationHistoryResponse xmlns:ns3="http://russianpost.org/operationhistory/data" xmlns:ns7="http://russianpost.org/operationhistory">`+
		`<ns3:OperationHistoryData>%s</ns3:OperationHistoryData></ns7:getOperationHistoryResponse></S:Body></S:Envelope>`, records.String())
}
