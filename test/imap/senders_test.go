package imap_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parcelwatch/test/rig"
)

// TestEveryKnownSendersMailReachesTheStore delivers mail of the shop, of each
// service that rewrites From and of strangers to a real server, before the
// daemon starts and while it waits, and compares what is followed with what each
// mail names.
func TestEveryKnownSendersMailReachesTheStore(t *testing.T) {
	const shop, ids = "transaction@notice.aliexpress.com", "_k2m4x6q8zz_4f8e1a7c"
	senders := []struct {
		name, head string
		followed   bool
	}{
		{"the shop", "From: AliExpress <" + shop + ">", true},
		{"Apple's relay", "From: AliExpress <transaction_at_notice_aliexpress_com" + ids + "@privaterelay.appleid.com>", true},
		{"Firefox Relay", `From: "` + shop + ` [via Relay]" <k3x9q2m7z@mozmail.com>`, true},
		{"SimpleLogin", "From: <x7k2@simplelogin.co>\r\nX-SimpleLogin-Original-From: AliExpress <" + shop + ">", true},
		{"Proton Pass", "From: <x7k2.shop@passmail.net>\r\nX-SimpleLogin-Original-From: " + shop, true},
		{"addy.io", "From: <shop+transaction=notice.aliexpress.com@anonaddy.me>", true},
		{"DuckDuckGo", "From: AliExpress <transaction_at_notice.aliexpress.com_pat@duck.com>", true},
		{"a configured group", "From: 'AliExpress' via family <family@groups.example.org>\r\nX-Original-From: AliExpress <" + shop + ">", true},
		{"an unknown group", "From: 'AliExpress' via list <list@other.example>\r\nX-Original-From: AliExpress <" + shop + ">", false},
		{"a stranger through a relay", `From: "x@evil.example [via Relay]" <k3x9q2m7z@mozmail.com>`, false},
		{"a look-alike", "From: AliExpress <transaction@notice.aliexpress.com.evil.example>", false},
		{"a stranger", "From: AliExpress <shop@evil.example>", false},
		{"the shop, as the last of a round", "From: AliExpress <" + shop + ">", true},
	}
	d := startDovecot(t, "", nil)
	box := d.Alice(d.Port + 1)
	box.More += "\nforwarders = [\"family@groups.example.org\"]\n"
	p := rig.NewProgram(t, binary, rig.Config{Mailboxes: []rig.Mailbox{box}})
	deliver := func(i, round int) {
		_, rest, _ := strings.Cut(shipment(numbered(100*round+i), 100*round+i), "\r\n") // its own From goes
		d.Deliver(t, "alice", senders[i].head+"\r\n"+rest)
	}
	for i := range senders {
		deliver(i, 1)
	}
	p.Run()
	for round := 1; round <= 2; round++ {
		if round == 2 {
			for i := range senders {
				deliver(i, round)
			}
		}
		end := string(numbered(100*round + len(senders) - 1))
		rig.Await(t, fmt.Sprintf("round %d is read", round), 30*time.Second, func() bool { return strings.Contains(p.Say("list", "--json"), end) })
		list := p.Say("list", "--json")
		for i, s := range senders {
			if got := strings.Contains(list, string(numbered(100*round+i))); got != s.followed {
				t.Errorf("round %d, %s: followed %v", round, s.name, got)
			}
		}
	}
}
