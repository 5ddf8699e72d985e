package carriers_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/internal/locale"
)

func TestFault(t *testing.T) {
	t.Parallel()
	ru, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"a service that is down", &carriers.Error{Kind: carriers.ErrTemporary, Detail: "HTTP 503 Service Unavailable"}, "временный сбой: ответ HTTP 503"},
		{"a name that cannot be looked up", &carriers.Error{Kind: carriers.ErrTemporary, Host: "post.example", Cause: &net.DNSError{Name: "post.example", IsTemporary: true}}, "временный сбой: адрес post.example сейчас не удаётся узнать"},
		{"a service that is silent", &carriers.Error{Kind: carriers.ErrTemporary, Cause: context.DeadlineExceeded, Host: "post.example"}, "временный сбой: post.example не отвечает"},
		{"a request too many", fmt.Errorf("upu: %w", &carriers.Error{Kind: carriers.ErrThrottled, Detail: "HTTP 429 Too Many Requests"}), "лимит запросов исчерпан: ответ HTTP 429"},
		{"a captcha", &carriers.Error{Kind: carriers.ErrCaptcha, Detail: "captcha or bot check (qrator)"}, "требует пройти проверку «я не робот» (капча); повторный запрос будет позже, а пока смотрите новости на её сайте"},
		{"a wrong password", fmt.Errorf("post: %w", &carriers.Error{Kind: carriers.ErrCredential, Detail: "HTTP 401 Unauthorized"}), "не принимает логин или ключ: ответ HTTP 401; исправьте настройки в [carriers.post] и запустите «parcelwatch check --carriers»"},
		{"a block", &carriers.Error{Kind: carriers.ErrBlocked, Detail: "HTTP 403 Forbidden"}, "блокирует запросы отсюда: ответ HTTP 403; повторный запрос будет позже; если это не пройдёт, укажите proxy в [carriers.post]"},
		{"a refusal without a reason", &carriers.Error{Kind: carriers.ErrDenied, Detail: "HTTP 402 Payment Required"}, "отказывается отвечать: ответ HTTP 402"},
		{"an answer of another form", &carriers.Error{Kind: carriers.ErrChanged, Detail: "not the JSON that was expected: odd"}, "её ответ непонятен"},
		{"an answer that lacks a field", &carriers.Error{Kind: carriers.ErrChanged, Detail: "no detailList in the entry"}, "её ответ непонятен: поле «detailList»"},
		{"a field of another form", &carriers.Error{Kind: carriers.ErrChanged, Detail: `field "module.detailList" is a JSON string`}, "её ответ непонятен: поле «module.detailList»"},
		{"a number not known is no fault", carriers.ErrNotFound, ""},
		{"a failure without a name may be over soon", errors.New("odd"), "временный сбой"},
		{"no error", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ru.Text(carriers.Fault("post", c.err)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
