package mailwatch_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

func TestARefusedPasswordIsNotTriedAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		for _, f := range []string{"Shop", "Other"} {
			if err := s.user.Create(f, nil); err != nil {
				t.Fatal(err)
			}
		}
		a := account(s.pipeNet)
		a.Auth, a.Folders = password("wrong one"), []string{"INBOX", "Shop", "Other"}
		r := watch(a, newPositions(), &inbox{})
		pass(59 * time.Minute)
		if got := s.count(); got != 1 {
			t.Errorf("logins of three folders within the hour: got %d, want 1", got)
		}
		for _, f := range a.Folders {
			got := r.state(f)
			if got.State != parcel.MailboxRefused || !strings.Contains(got.Error, "refuses the login") || !strings.Contains(got.Error, "check username and password") {
				t.Errorf("%s: got %+v", f, got)
			}
		}
		if strings.Contains(r.log.String(), "wrong one") {
			t.Errorf("the password is in the log:\n%s", r.log)
		}
		pass(2 * time.Minute)
		if got := s.count(); got != 2 {
			t.Errorf("logins after an hour: got %d, want 2", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestAWrongFolderIsNamedAndTheOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		if err := s.user.Create("Einkäufe", nil); err != nil {
			t.Fatal(err)
		}
		a := account(s.pipeNet)
		a.Folders = []string{"Einkaufe", "INBOX", "Einkäufe"}
		r := watch(a, newPositions(), &inbox{})
		s.add(t, "INBOX", shop, "in the inbox")
		s.add(t, "Einkäufe", shop, "in the other")
		settle()
		want := `there is no folder "Einkaufe" on localhost; correct folders, there are: "Einkäufe", "INBOX"`
		if got := r.state("Einkaufe"); got.State != parcel.MailboxBroken || got.Error != want {
			t.Errorf("got %+v", got)
		}
		if got := r.inbox.subjects(); len(got) != 2 {
			t.Errorf("mail of the other folders: %q", got)
		}
		if err := s.user.Create("Einkaufe", nil); err != nil {
			t.Fatal(err)
		}
		pass(20 * time.Second)
		if got := r.state("Einkaufe"); got.State != parcel.MailboxIdle {
			t.Errorf("after it was made: %+v", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestNoFlagIsTouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		for i := range 5 {
			s.add(t, "INBOX", shop, fmt.Sprint("unread ", i))
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		status, err := s.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true})
		if err != nil || *status.NumUnseen != 5 || len(r.inbox.subjects()) != 5 {
			t.Errorf("unseen: %v, %v; read %v", *status.NumUnseen, err, r.inbox.subjects())
		}
		said := s.last().commands()
		if !strings.Contains(said, "EXAMINE") || strings.Contains(said, "SELECT") || strings.Contains(said, "STORE") || strings.Contains(said, "BODY[") {
			t.Errorf("said: %q", said)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestLargeMailIsReadPartly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		large := message(shop, "large") + strings.Repeat("0123456789", 100_000)
		s.addRaw(t, "INBOX", large, time.Now())
		s.add(t, "INBOX", shop, "small")
		a := account(s.pipeNet)
		a.MaxSize = 64 << 10
		r := watch(a, newPositions(), &inbox{})
		settle()
		mails := r.inbox.mails
		if len(mails) != 2 {
			t.Fatalf("got %d mails", len(mails))
		}
		if m := mails[0]; !m.Partial || m.Size != int64(len(large)) || string(m.Raw) != large[:64<<10] {
			t.Errorf("large: partial %v, size %d, raw %d", m.Partial, m.Size, len(m.Raw))
		}
		if m := mails[1]; m.Partial || m.Size != int64(len(m.Raw)) {
			t.Errorf("small: partial %v, size %d, raw %d", m.Partial, m.Size, len(m.Raw))
		}
		if got := s.last().read; got > 128<<10 {
			t.Errorf("%d bytes were read", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestSettingsThatCannotWorkAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	good := func() mailwatch.Account {
		return mailwatch.Account{Name: "home", Host: "imap.example.org", Auth: password("x")}
	}
	cases := []struct {
		name   string
		change func(*mailwatch.Account)
		want   error
	}{
		{"no host", func(a *mailwatch.Account) { a.Host = "" }, mailwatch.ErrAccount},
		{"no credential", func(a *mailwatch.Account) { a.Auth = nil }, mailwatch.ErrAccount},
		{"a port that is none", func(a *mailwatch.Account) { a.Port = 70000 }, mailwatch.ErrAccount},
		{"a mode that is none", func(a *mailwatch.Account) { a.TLS = "ssl" }, mailwatch.ErrAccount},
		{"plain to another machine", func(a *mailwatch.Account) { a.TLS = netx.TLSNone }, mailwatch.ErrPlain},
		{"too many folders", func(a *mailwatch.Account) {
			for i := range mailwatch.MaxFolders + 1 {
				a.Folders = append(a.Folders, strconv.Itoa(i))
			}
		}, mailwatch.ErrAccount},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := good()
			c.change(&a)
			err := mailwatch.New(a, newPositions(), mailwatch.Options{}).Run(t.Context(), each((&inbox{}).handle))
			if !errors.Is(err, c.want) {
				t.Errorf("Run: got %v, want %v", err, c.want)
			}
			if _, err := mailwatch.Check(t.Context(), a); !errors.Is(err, c.want) {
				t.Errorf("Check: got %v, want %v", err, c.want)
			}
		})
	}
}

func TestCheckAndRecentLookWithoutRemembering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		if err := s.user.Create("Archive", nil); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			s.add(t, "INBOX", shop, strconv.Itoa(i))
			s.add(t, "INBOX", friend, fmt.Sprint("f", i))
		}
		ancient := time.Now().Add(-300 * 24 * time.Hour)
		s.addRaw(t, "INBOX", "From: "+shop+"\r\nSubject: ancient\r\nDate: "+ancient.Format(time.RFC1123Z)+"\r\n\r\nx\r\n", ancient)
		a := account(s.pipeNet)
		a.Folders = []string{"INBOX", "Nowhere"}
		got, err := mailwatch.Check(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := errors.AsType[*mailwatch.FolderError](got.Watched[1].Err); !ok {
			t.Errorf("second folder: %v", got.Watched[1].Err)
		}
		got.Watched[1].Err = nil
		want := mailwatch.Report{
			Idle: true, Folders: []string{"Archive", "INBOX"},
			Watched: []mailwatch.FolderReport{{Folder: "INBOX", Messages: 21, Candidates: 10}, {Folder: "Nowhere"}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}

		in := &inbox{}
		a.Folders = nil
		if err := mailwatch.Recent(t.Context(), a, 60*24*time.Hour, 3, in.handle); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"7", "8", "9"}, in.subjects()); diff != "" {
			t.Error(diff)
		}
		refuse := func(context.Context, mailwatch.Mail) error { return errTest }
		if err := mailwatch.Recent(t.Context(), a, 60*24*time.Hour, 3, refuse); !errors.Is(err, errTest) {
			t.Errorf("a handler's error: got %v", err)
		}
		ref := parcel.MailRef{Mailbox: "home", Folder: "INBOX", UID: 3}
		if m, err := mailwatch.One(t.Context(), a, ref); err != nil || m.Header.Subject != "1" || m.Ref.UID != 3 || !strings.Contains(string(m.Raw), shop) {
			t.Errorf("one mail: got %+v, %v", m, err)
		}
		for _, uid := range []uint32{2, 99} { // of somebody else, and of nobody
			ref.UID = uid
			if m, err := mailwatch.One(t.Context(), a, ref); !errors.Is(err, mailwatch.ErrNoMail) || len(m.Raw) > 0 {
				t.Errorf("mail %d: got %+v, %v", uid, m, err)
			}
		}
		s.stop(t)
	})
}
