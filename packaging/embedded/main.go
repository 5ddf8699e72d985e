// Command embedded writes the files that the program embeds and reads by internal/packed in
// their gzip form to a folder, and overlay.json, by which go build -overlay takes them in place
// of the plain ones. The same files give the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: embedded FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "embedded:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	files, err := read("parcelwatch/cmd/daemon")
	if err != nil {
		return err
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for i, file := range files {
		plain, err := os.ReadFile(file) //nolint:gosec // a file of the sources
		if err != nil {
			return fmt.Errorf("read an embedded file: %w", err)
		}
		out, err := filepath.Abs(filepath.Join(dir, strconv.Itoa(i)+".gz"))
		if err != nil {
			return fmt.Errorf("find the folder: %w", err)
		}
		packed, err := pack(plain)
		if err != nil {
			return err
		}
		if err := os.WriteFile(out, packed, 0o600); err != nil { //nolint:gosec // the folder is named by the caller
			return fmt.Errorf("write a packed file: %w", err)
		}
		overlay.Replace[file] = out
	}
	text, err := json.MarshalIndent(overlay, "", "  ")
	if err != nil {
		return fmt.Errorf("write the overlay: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), text, 0o600); err != nil { //nolint:gosec // the same
		return fmt.Errorf("write the overlay: %w", err)
	}
	return nil
}

var errNone = errors.New("no package reads packed files")

// read lists the files that packages which the program is made of embed and read by
// internal/packed.
func read(program string) (files []string, err error) {
	cmd := exec.Command("go", "list", "-deps", "-json=Dir,Imports,EmbedFiles", program) //nolint:noctx,gosec // ends soon
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	for list := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir                 string
			Imports, EmbedFiles []string
		}
		switch err := list.Decode(&p); {
		case errors.Is(err, io.EOF) && len(files) == 0:
			return nil, errNone
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, fmt.Errorf("read the list of packages: %w", err)
		}
		if slices.Contains(p.Imports, "parcelwatch/internal/packed") {
			for _, name := range p.EmbedFiles {
				files = append(files, filepath.Join(p.Dir, filepath.FromSlash(name)))
			}
		}
	}
}

func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return out.Bytes(), nil
}
