package shout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"
)

// telegramBot sends through Telegram's API. The library reports success if Telegram
// cannot be reached.
type telegramBot struct {
	token string
	chats []string
	fill  func(p *telegram.SendMessagePayload, text string)
}

func bot(c *telegram.Config) telegramBot {
	return telegramBot{token: c.Token, chats: c.Chats, fill: func(p *telegram.SendMessagePayload, text string) {
		p.Text, p.DisableNotification, p.DisablePreview = text, !c.Notification, !c.Preview
		mode := c.ParseMode
		if mode == telegram.ParseModes.None && c.Title != "" {
			mode, p.Text = telegram.ParseModes.HTML, html.EscapeString(text)
		}
		if mode != telegram.ParseModes.None {
			p.ParseMode = mode.String()
		}
		if mode == telegram.ParseModes.HTML && c.Title != "" {
			p.Text = "<b>" + html.EscapeString(c.Title) + "</b>\n" + p.Text
		}
	}}
}

var errTelegram = errors.New("telegram refused the message")

func (b telegramBot) send(ctx context.Context, text string) error {
	for _, chat := range b.chats {
		if err := b.sendTo(ctx, chat, text); err != nil {
			return err
		}
	}
	return nil
}

func (b telegramBot) sendTo(ctx context.Context, chat, text string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	var p telegram.SendMessagePayload
	id, thread, _ := strings.Cut(chat, ":")
	var number int
	if _, err := fmt.Sscanf(thread, "%d", &number); err == nil {
		p.MessageThreadID = &number
	}
	p.ID = id
	b.fill(&p, text)
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://api.telegram.org/bot"+b.token+"/sendMessage", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultTransport.RoundTrip(req) //nolint:forbidigo // like every other service
	if err != nil {
		return fmt.Errorf("reach telegram: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		OK          bool   `json:"ok"`
		Description string `json:"description"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("telegram answers %s: %w", res.Status, err)
	}
	if !answer.OK {
		return fmt.Errorf("%w: %s: %s", errTelegram, res.Status, answer.Description)
	}
	return nil
}
