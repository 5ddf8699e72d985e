package mqtt

import (
	"errors"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
)

// Fault explains why a broker cannot be used.
func Fault(err error, b Broker) message.Text {
	host := b.Server.String()
	switch {
	case errors.Is(err, ErrLogin):
		return message.New("mqtt_broker_login", "Host", host)
	case errors.Is(err, ErrForbidden):
		return message.New("mqtt_broker_forbidden", "Host", host)
	case errors.Is(err, ErrVersion):
		return message.New("mqtt_broker_version", "Host", host)
	}
	if known := fault.Of(err, host); known != nil {
		return known
	}
	return message.New("fault_other", "Host", host, "Text", textx.Line(err.Error(), 200))
}
