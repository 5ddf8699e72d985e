// Command worldmap makes the map of the parcel page from Natural Earth, which is in the
// public domain, as packed by world-atlas (npm pack world-atlas@2.0.2):
//
//	go run ./internal/web/worldmap DIR internal/web/asset
//
// DIR holds land-110m.json and countries-50m.json. It writes land.txt, the coast lines as
// one SVG path in degrees (x from 180° west, y from the north pole), and countries.tsv,
// the middle of the largest part of each country.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// topology is a file in TopoJSON.
type topology struct {
	Transform struct{ Scale, Translate [2]float64 }
	Arcs      [][][2]float64
	Objects   map[string]struct{ Geometries []geometry }
}

type geometry struct {
	Type string
	ID   string
	Arcs json.RawMessage
}

type point struct{ x, y float64 }

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: worldmap DIR OUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir, out string) error {
	land, err := read(filepath.Join(dir, "land-110m.json"))
	if err != nil {
		return err
	}
	var path strings.Builder
	for _, g := range land.Objects["land"].Geometries {
		for _, ring := range land.outlines(g) {
			if !slices.ContainsFunc(ring, func(p point) bool { return p.y < 150 }) {
				continue // Antarctica
			}
			draw(&path, ring)
		}
	}
	countries, err := read(filepath.Join(dir, "countries-50m.json"))
	if err != nil {
		return err
	}
	var rows []string
	for _, g := range countries.Objects["countries"].Geometries {
		if code, at, ok := countries.middle(g); ok {
			rows = append(rows, fmt.Sprintf("%s\t%.1f\t%.1f", code, at.x, at.y))
		}
	}
	slices.Sort(rows)
	return errors.Join(
		os.WriteFile(filepath.Join(out, "land.txt"), []byte(path.String()+"\n"), 0o600),                 //nolint:gosec // the caller names the folder
		os.WriteFile(filepath.Join(out, "countries.tsv"), []byte(strings.Join(rows, "\n")+"\n"), 0o600)) //nolint:gosec // the caller names the folder
}

func read(file string) (topology, error) {
	var t topology
	raw, err := os.ReadFile(file) //nolint:gosec // named by the caller
	if err != nil {
		return t, fmt.Errorf("read the map: %w", err)
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, fmt.Errorf("read %s: %w", file, err)
	}
	return t, nil
}

// outlines returns the outer and inner rings of a geometry.
func (t topology) outlines(g geometry) [][]point {
	var polygons [][][]int
	if g.Type == "Polygon" {
		polygons = make([][][]int, 1)
		_ = json.Unmarshal(g.Arcs, &polygons[0])
	} else {
		_ = json.Unmarshal(g.Arcs, &polygons)
	}
	var out [][]point
	for _, rings := range polygons {
		for _, ring := range rings {
			var points []point
			for _, arc := range ring {
				points = append(points, t.arc(arc)...)
			}
			out = append(out, unwrapped(points))
		}
	}
	return out
}

// unwrapped continues a ring beyond the date line, so that no line crosses the map.
func unwrapped(ring []point) []point {
	for i := range len(ring) - 1 {
		before, p := ring[i], &ring[i+1]
		for p.x-before.x > 180 {
			p.x -= 360
		}
		for p.x-before.x < -180 {
			p.x += 360
		}
	}
	sum := 0.0
	for _, p := range ring {
		sum += p.x
	}
	away := 360 * math.Floor(sum/float64(len(ring))/360) // most of it stays on the map
	for i := range ring {
		ring[i].x -= away
	}
	return ring
}

// arc returns the points of an arc, in reverse for a negative index.
func (t topology) arc(i int) []point {
	back := i < 0
	if back {
		i = ^i
	}
	var x, y float64
	var out []point
	for _, d := range t.Arcs[i] {
		x, y = x+d[0], y+d[1]
		out = append(out, point{
			x*t.Transform.Scale[0] + t.Transform.Translate[0] + 180, 90 - (y*t.Transform.Scale[1] + t.Transform.Translate[1]),
		})
	}
	if back {
		slices.Reverse(out)
	}
	return out
}

// draw writes a ring as relative lines with one decimal.
func draw(b *strings.Builder, ring []point) {
	tenth := func(f float64) int {
		if f < 0 {
			return int(f*10 - 0.5)
		}
		return int(f*10 + 0.5)
	}
	number := func(n int) string { return strconv.FormatFloat(float64(n)/10, 'f', -1, 64) }
	var x, y int
	for i, p := range ring {
		nx, ny := tenth(p.x), tenth(p.y)
		switch {
		case i == 0:
			fmt.Fprintf(b, "M%s %s", number(nx), number(ny))
			x, y = nx, ny
			continue
		case nx == x && ny == y:
			continue
		case i == 1 || b.Len() == 0:
			b.WriteString("l")
		default:
			b.WriteString(" ")
		}
		fmt.Fprintf(b, "%s %s", number(nx-x), number(ny-y))
		x, y = nx, ny
	}
	b.WriteString("z")
}

// middle returns the country's code and the centre of its largest outline.
func (t topology) middle(g geometry) (code string, at point, ok bool) {
	id, err := strconv.Atoi(g.ID)
	if err != nil {
		return "", at, false
	}
	region, err := language.EncodeM49(id)
	if err != nil || len(region.String()) != 2 {
		return "", at, false
	}
	rings := t.outlines(g)
	if len(rings) == 0 {
		return "", at, false
	}
	if region.String() == "RU" {
		return "RU", point{217.6, 34.2}, true // Moscow: the outline spans eleven hours
	}
	largest := slices.MaxFunc(rings, func(a, b []point) int { return cmp.Compare(area(a), area(b)) })
	low, high := largest[0], largest[0]
	for _, p := range largest {
		low, high = point{min(low.x, p.x), min(low.y, p.y)}, point{max(high.x, p.x), max(high.y, p.y)}
	}
	return region.String(), point{(low.x + high.x) / 2, (low.y + high.y) / 2}, true
}

// area returns the area of a ring, whichever way it turns.
func area(ring []point) float64 {
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p.x*q.y - q.x*p.y
	}
	return max(sum, -sum) / 2
}
