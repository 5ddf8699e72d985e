package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

// problem is an error as RFC 9457 describes it. It is written as the answer.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// Error returns the title with the detail.
func (p *problem) Error() string { return p.Title + ": " + p.Detail }

func fail(status int, detail string) error {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// problemOf returns the answer to an error. Causes inside the program are not told.
func problemOf(err error) *problem {
	var p *problem
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &large):
		err = fail(http.StatusRequestEntityTooLarge, "the request is too large")
	case errors.Is(err, parcel.ErrNotFound):
		err = fail(http.StatusNotFound, "there is no such parcel")
	case errors.Is(err, tracker.ErrSameParcel):
		err = fail(http.StatusConflict, "both numbers are the same parcel already")
	case errors.Is(err, tracker.ErrOnlyNumber):
		err = fail(http.StatusConflict, "the parcel has no other number to split from")
	case errors.Is(err, number.ErrInvalid):
		err = fail(http.StatusBadRequest, "this is not a tracking number")
	default:
		err = fail(http.StatusInternalServerError, "the store cannot be read or written; the log has the cause")
	}
	_ = errors.As(err, &p)
	return p
}

func writeProblem(w http.ResponseWriter, p *problem) {
	body, err := json.Marshal(p)
	if err != nil {
		return
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="parcelwatch"`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}

// writeJSON answers with a document, or with 304 if the caller has it already.
func writeJSON(w http.ResponseWriter, r *http.Request, status int, doc any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return err
	}
	writeBody(w, r, status, "application/json", b.Bytes())
	return nil
}

func writeBody(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	if r.Method == http.MethodGet {
		sum := sha256.Sum256(body)
		tag := `"` + hex.EncodeToString(sum[:12]) + `"`
		h.Set("ETag", tag)
		h.Set("Cache-Control", "private, no-cache")
		for have := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
			if strings.TrimPrefix(strings.TrimSpace(have), "W/") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
