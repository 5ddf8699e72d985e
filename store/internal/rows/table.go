package rows

import (
	"fmt"
	"strings"
)

// Table is a table that every driver has.
type Table struct {
	Name    string
	Columns []Column
	// Key tells its rows apart.
	Key []string
	// Serial is the column that the database numbers, or empty.
	Serial string
}

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// Kind is the kind of value that a column has.
type Kind byte

// The kinds. Numbers and times may be NULL.
const (
	Text Kind = iota
	Number
	Flag
	Bytes
)

// Tables returns the tables in an order in which rows can be added: those to which others
// refer come first.
func Tables() []Table {
	return []Table{
		table("parcel", "home id:number", "doc status active:flag first_seen:number next_check:number final_at:number origin destination "+
			"exported:number imported:number unverified:flag outline protected_from:number").numbered("id"),
		table("number", "home number parcel_id:number", ""),
		table("parcel_order", "home order_id parcel_id:number", ""),
		table("parcel_mailbox", "home mailbox parcel_id:number", ""),
		table("shop_order", "home id", "doc closed:flag first_seen:number"),
		table("tombstone", "home kind key", "at:number"),
		table("mail", "home mailbox folder uidvalidity:number uid:number", "message_id digest imported_at:number"),
		table("position", "home mailbox folder", "uidvalidity:number uid:number scanned:flag"),
		table("not_understood", "home mail", "subject why at:number"),
		table("withheld", "home mailbox folder uidvalidity:number uid:number", "since:number next:number tries:number"),
		table("tally", "home mailbox day", "parcels:number orders:number refused:number"),
		table("change", "home id:number", "key parcel_id:number quiet:flag at:number doc").numbered("id"),
		table("message", "home seq:number", "id audience slot sender raw:bytes made_at:number waits_since:number").numbered("seq"),
		table("told", "home change_id:number audience", "message_seq:number"),
		table("fate", "home message_seq:number recipient", "place:number state next_at:number tries:number error fault"),
		table("mailbox_state", "home name folder", "state since:number last_mail:number last_check:number error fault"),
		table("secret", "home name", "value at:number"),
		table("household", "name", "doc:bytes changed:number removed:flag"),
		table("registry", "name", "revision:number"),
		table("budget", "carrier day", "used:number budget:number"),
		table("host_slot", "host", "slot_at:number booked_at:number"),
		table("carrier_state", "name", "state since:number until:number fails:number last_success:number error note fault last_events:number recent unknown"),
		table("answer", "id:number", "carrier at:number raw:bytes").numbered("id"),
	}
}

func table(name, key, others string) Table {
	t := Table{Name: name}
	for i, column := range strings.Fields(key + " " + others) {
		c := columnOf(column)
		t.Columns = append(t.Columns, c)
		if i < len(strings.Fields(key)) {
			t.Key = append(t.Key, c.Name)
		}
	}
	return t
}

func (t Table) numbered(column string) Table {
	t.Serial = column
	return t
}

func columnOf(text string) Column {
	name, kind, _ := strings.Cut(text, ":")
	c := Column{Name: name}
	switch kind {
	case "number":
		c.Kind = Number
	case "flag":
		c.Kind = Flag
	case "bytes":
		c.Kind = Bytes
	}
	return c
}

func (t Table) names() string {
	names := make([]string, 0, len(t.Columns))
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

func (t Table) selects() string {
	return fmt.Sprintf(`SELECT %s FROM %s ORDER BY %s`, t.names(), t.Name, strings.Join(t.Key, ", "))
}

// inserts returns the statement that adds that many rows.
func (t Table) inserts(rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `INSERT INTO %s (%s) VALUES `, t.Name, t.names())
	n := 0
	for row := range rows {
		for i := range t.Columns {
			n++
			switch {
			case i > 0:
				b.WriteString(", ")
			case row > 0:
				b.WriteString("), (")
			default:
				b.WriteString("(")
			}
			fmt.Fprintf(&b, "$%d", n)
		}
	}
	b.WriteString(")")
	return b.String()
}
