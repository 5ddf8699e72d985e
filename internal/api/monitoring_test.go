package api_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const monitoring = "../../packaging/monitoring/"

// everyMetric returns the labels of every metric of the program, from a store in which
// everything has happened once.
func everyMetric(t *testing.T) map[string]map[string]bool {
	t.Helper()
	s := newServer(t)
	s.put(t, "RB123456785CN")
	s.enrich(t)
	s.happenAll(t)
	_, body := s.ask(t, s.read, http.MethodGet, "/metrics", "")
	out := map[string]map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(parcelwatch_[a-z_]+)(?:\{(.*)\})? `).FindAllStringSubmatch(body, -1) {
		if out[m[1]] == nil {
			out[m[1]] = map[string]bool{}
		}
		for _, label := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(m[2], -1) {
			out[m[1]][label[1]] = true
		}
	}
	return out
}

// happenAll records a success of a mailbox and a carrier, a digest that was sent, one that
// waits, and that the daemon runs.
func (s *server) happenAll(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for what, err := range map[string]error{
		"mailbox": s.db.SetMailboxHealth(ctx, parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, LastMail: now, LastCheck: now}),
		"carrier": s.db.SetCarrierHealth(ctx, parcel.CarrierHealth{Name: "upu", State: parcel.CarrierOK, LastSuccess: now}),
		"digest": s.db.Enqueue(ctx, store.Message{
			ID: "1@x", Audience: "digest", Slot: "1", From: "me@example.org", Made: now, Deliveries: []store.Delivery{{To: "me@example.org", State: store.DeliveryWaiting, Tries: 1, Next: now}},
		}, nil),
		"heartbeat": s.db.SaveHeartbeat(ctx, store.Heartbeat{Started: now, At: now, NextDigest: now.Add(time.Hour)}),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// uses are the metrics of ours in an expression or a document, and the labels that it
// names: those in braces, of by, and of a legend.
func uses(text string) (metrics, labels []string) {
	metrics = regexp.MustCompile(`parcelwatch_[a-z_]+`).FindAllString(text, -1)
	for _, m := range regexp.MustCompile(`\{([a-z_]+)=~?"|by \(([a-z_]+)\)|\{\{ ?(?:\$labels\.)?([a-z_]+) ?\}\}|, ?([a-z_]+)=~?"`).FindAllStringSubmatch(text, -1) {
		labels = append(labels, m[1]+m[2]+m[3]+m[4])
	}
	return metrics, labels
}

type rules struct {
	Groups []struct {
		Rules []struct {
			Alert, Expr string
			Annotations map[string]string
		}
	}
}

// expressions returns each expression of the alert rules and of the dashboard with the
// texts that show its labels.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	var r rules
	if err := yaml.Unmarshal(content(t, monitoring+"alerts.yaml"), &r); err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Groups {
		for _, one := range g.Rules {
			out[one.Expr] = one.Annotations["summary"]
		}
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(content(t, monitoring+"grafana.json"), &board); err != nil {
		t.Fatal(err)
	}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			out[target.Expr] = target.LegendFormat
		}
	}
	if len(out) < 15 {
		t.Fatalf("only %d expressions are found", len(out))
	}
	return out
}

func content(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestRulesAndDashboardAskForWhatIsExported(t *testing.T) {
	t.Parallel()
	exported := everyMetric(t)
	for expr, shown := range expressions(t) {
		metrics, _ := uses(expr)
		_, labels := uses(expr + " " + shown)
		for _, m := range metrics {
			if exported[m] == nil {
				t.Errorf("%s: the program exports no %s", expr, m)
			}
		}
		for _, label := range labels {
			known := label == "job"
			for _, m := range metrics {
				known = known || exported[m][label]
			}
			if !known {
				t.Errorf("%s, shown as %q: no label %s", expr, shown, label)
			}
		}
	}
}

func TestTheDocumentNamesEveryMetric(t *testing.T) {
	t.Parallel()
	exported := everyMetric(t)
	document := string(content(t, "../../docs/api.md"))
	// "..._x" repeats the name before it up to the last part that both have.
	document = regexp.MustCompile("`(parcelwatch_mailbox)_last_mail_timestamp_seconds`, `\\.\\.\\.(_last_check_timestamp_seconds)`").ReplaceAllString(document, "$0 $1$2")
	named, _ := uses(document)
	all := map[string]bool{}
	for _, m := range named {
		all[m] = true
		if exported[m] == nil {
			t.Errorf("the document has %s, which the program does not export", m)
		}
	}
	for m := range exported {
		if !all[m] {
			t.Errorf("the document does not name %s", m)
		}
	}
}

func TestPrometheusReadsTheRulesAndTheMetrics(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (package prometheus)")
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", monitoring+"alerts.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "test", "rules", "testdata/alerts_test.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
