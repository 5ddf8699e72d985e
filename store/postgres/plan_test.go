package postgres_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"parcelwatch/store/internal/rows"
	"parcelwatch/store/postgres"
)

// With hundreds of households and the figures of ANALYZE, the planner would look a number up
// in one household after the other.
func TestANumberIsNotLookedUpInEachHousehold(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range []string{
		`SET session_replication_role = replica`, // the parcels are not needed
		`INSERT INTO number (home, number, parcel_id) SELECT 'h' || h, 'N' || n, h * 1000 + n FROM generate_series(1, 500) h, generate_series(1, 200) n`,
		`ANALYZE number`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var among []string
	for h := range 500 {
		among = append(among, fmt.Sprintf("h%d", h+1))
	}
	names, err := json.Marshal(among)
	if err != nil {
		t.Fatal(err)
	}
	found, err := conn.Query(t.Context(), `EXPLAIN `+rows.Follow(postgres.Dialect()), string(names), "N7")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if plan := strings.Join(lines, "\n"); !strings.Contains(plan, "number_followed") || strings.Contains(plan, "number_pkey") {
		t.Errorf("the plan:\n%s", plan)
	}
}
