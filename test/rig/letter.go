package rig

import (
	"fmt"
	"strings"
	"time"
)

// Letter is a mail of the shop about one parcel, as it is handed to Dovecot.
type Letter struct {
	Number, Order, Step string
	Sent                time.Time
	Copy                int // tells mails of one parcel and step apart
}

// ID is its Message-ID, without angle brackets.
func (l Letter) ID() string {
	return fmt.Sprintf("%s.%d.%d@notice.aliexpress.com", l.Number, l.Sent.UnixNano(), l.Copy)
}

// Text is the mail.
func (l Letter) Text() string {
	return strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.rig.test; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com
From: AliExpress <transaction@notice.aliexpress.com>
To: alice@rig.test
Subject: Package %[1]s: %[3]s
Message-ID: <%[4]s>
Date: %[5]s
MIME-Version: 1.0
Content-Type: text/html; charset=UTF-8

<html><body><p>Your package %[1]s has an update.</p>
<a href="https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=%[2]s">Track</a></body></html>
`, l.Number, l.Order, l.Step, l.ID(), l.Sent.Format(time.RFC1123Z)), "\n", "\r\n")
}

// Order is the nth order of the shop.
func Order(n int) string { return fmt.Sprintf("81900000%08d", n) }
