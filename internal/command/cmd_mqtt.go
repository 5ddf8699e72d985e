package command

import (
	"context"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/mqtt"
)

type mqttCmd struct {
	Remove mqttRemoveCmd `cmd:"" help:"${help_mqtt_remove}"`
}

type mqttRemoveCmd struct{}

// Run deletes what the broker keeps, so that Home Assistant removes the device.
func (mqttRemoveCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config(config.NeedMQTT)
	if err != nil {
		return err
	}
	if !cfg.MQTT.Enabled() {
		return failed(e.say.T("mqtt_none"))
	}
	m, err := app.MQTT(cfg)
	if err != nil {
		return err
	}
	if err := mqtt.Remove(ctx, m); err != nil {
		return failed(e.say.Text(mqtt.Fault(err, m.Broker)))
	}
	e.print(e.say.T("mqtt_removed", "Host", m.Broker.Server.String()))
	return nil
}
