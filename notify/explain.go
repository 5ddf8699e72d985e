package notify

import (
	"errors"
	"net"
	"regexp"
	"strconv"

	"github.com/emersion/go-smtp"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
)

// Explain renders an error of sending in one line of English for logs: the problem, its
// cause and the remedy.
func Explain(err error) string { return locale.English(Fault(err)) }

// Fault returns what is wrong with an error of sending and what to do. It is pure.
func Fault(err error) message.Text {
	if err == nil {
		return nil
	}
	server := "SMTP"
	if from, ok := errors.AsType[*serverError](err); ok {
		server = from.server
	}
	for _, explain := range []func(error, string) message.Text{ownFault, connectionFault, answerFault} {
		if f := explain(err, server); f != nil {
			return f
		}
	}
	return message.New("fault_send", "Text", textx.Line(err.Error(), 300))
}

// serverError is an error of one server. Its text is that of the cause.
type serverError struct {
	server string // host and port
	err    error
}

func (e *serverError) Error() string { return e.err.Error() }
func (e *serverError) Unwrap() error { return e.err }

// from adds the server to an error.
func (s *SMTP) from(err error) error {
	if err == nil {
		return nil
	}
	return &serverError{server: net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), err: err}
}

// imapGreeting matches the error with which the SMTP client rejects the greeting of an
// IMAP server.
var imapGreeting = regexp.MustCompile(`: short response: "\* (?:OK|PREAUTH|BYE) `)

func ownFault(err error, server string) message.Text {
	switch {
	case errors.Is(err, ErrPlain):
		return message.New("fault_plain", "Host", server).And(message.New("do_smtp_tls"))
	case imapGreeting.MatchString(err.Error()):
		return message.New("fault_is_imap", "Host", server).And(message.New("do_smtp_port"))
	case errors.Is(err, ErrNoStartTLS):
		return message.New("fault_no_starttls", "Host", server).And(message.New("do_smtp_starttls"))
	case errors.Is(err, ErrNoAuth):
		return message.New("fault_no_auth", "Host", server).And(message.New("do_smtp_sending"))
	case errors.Is(err, ErrLogin):
		return message.New("fault_login_refused", "Host", server, "Text", answerOf(err)).And(message.New("do_smtp_login"))
	case errors.Is(err, ErrAddress):
		return message.New("fault_address", "Text", textx.Line(err.Error(), 200)).And(message.New("do_smtp_address"))
	case errors.Is(err, errPerhaps):
		return message.New("fault_mail_perhaps", "Host", server).And(message.New("do_wait"))
	}
	if secret, ok := errors.AsType[*credentialError](err); ok {
		return fault.Credential(secret.err, "do_smtp_secret")
	}
	return nil
}

func connectionFault(err error, server string) message.Text {
	f := fault.Of(err, server)
	if f == nil {
		return nil
	}
	if id := connectionAdvice(f[0].ID); id != "" {
		return f.And(message.New(id))
	}
	return f
}

// connectionAdvice returns the id of the advice for a fault, or "".
func connectionAdvice(fault string) string {
	return map[string]string{
		"fault_no_tls": "do_smtp_plain", "fault_fingerprint": "do_fingerprint", "fault_hostname": "do_smtp_name", "fault_expired": "do_clock",
		"fault_authority": "do_smtp_ca", "fault_certificate": "do_smtp_ca", "fault_host": "do_smtp_host",
		"fault_dns": "do_network", "fault_port": "do_smtp_port", "fault_silent": "do_firewall",
		"fault_cut": "do_wait", "fault_too_much": "do_wait", "fault_unreachable": "do_wait",
	}[fault]
}

func answerFault(err error, server string) message.Text {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		return nil
	}
	text := answerOf(err)
	switch {
	case answer.Code == 530:
		return message.New("fault_login_wanted", "Host", server, "Text", text).And(message.New("do_smtp_wanted"))
	case answer.Code == 552:
		return message.New("fault_mail_size", "Host", server, "Text", text)
	case answer.Code >= 500:
		return message.New("fault_mail_refused", "Host", server, "Text", text).And(message.New("do_smtp_addresses"))
	default:
		return message.New("fault_mail_later", "Host", server, "Text", text).And(message.New("do_wait"))
	}
}

// answerOf returns the server's text with its code.
func answerOf(err error) string {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		return textx.Line(err.Error(), 200)
	}
	return strconv.Itoa(answer.Code) + " " + textx.Line(answer.Message, 200)
}
