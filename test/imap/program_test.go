package imap_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"parcelwatch/parcel/number"
	"parcelwatch/test/rig"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(rig.Main(m, &binary)) }

// newProgram is the real daemon at alice's mailbox, reached at the port.
func newProgram(tb testing.TB, s *server, port int, language string) *rig.Program {
	tb.Helper()
	return rig.NewProgram(tb, binary, rig.Config{Language: language, Mailboxes: []rig.Mailbox{s.Alice(port)}})
}

// shipment is a package-level mail of the shop that no server has vouched for.
func shipment(n number.Number, order int) string {
	l := rig.Letter{Number: string(n), Order: rig.Order(order), Step: "collected by the carrier", Sent: time.Now()}
	_, text, _ := strings.Cut(l.Text(), "\r\n")
	return text
}

// numbered is the nth number of a post.
func numbered(n int) number.Number { return number.Number(rig.Number(n, "RU")) }
