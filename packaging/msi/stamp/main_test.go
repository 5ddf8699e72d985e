package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const source = `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="2f0a3d57-0c0e-4f6b-9d7e-5b0f6a1c8e31" Name="NAME" Language="1033" Version="1.0.0" Manufacturer="nobody" UpgradeCode="8a3b6c1d-7e2f-4c5a-9b8d-0e1f2a3b4c5d">
    <Package InstallerVersion="500" Compressed="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir"/>
    <Feature Id="All" Level="1"/>
  </Product>
</Wix>`

// installer makes a small one by the tool that makes ours.
func installer(t *testing.T, name string) string {
	t.Helper()
	tool, err := exec.LookPath("wixl")
	if err != nil {
		t.Skip("skipped: needs wixl and msiinfo (packages wixl msitools)")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.wxs"), []byte(strings.ReplaceAll(source, "NAME", name)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, "-o", "x.msi", "x.wxs")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "x.msi")
}

func summary(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "msiinfo", "suminfo", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestTheSameInstallerIsTheSameBytes(t *testing.T) {
	t.Parallel()
	files := make([][]byte, 0, 3)
	for _, name := range []string{"one", "one", "two"} {
		path := installer(t, name)
		if err := run([]string{path, "1700000000"}); err != nil {
			t.Fatal(err)
		}
		said := summary(t, path)
		want := "Created: " + time.Unix(1700000000, 0).Local().Format("Mon Jan _2 15:04:05 2006")
		if !strings.Contains(said, want) || !strings.Contains(said, "Subject: "+name) || strings.Contains(said, "{00000000") {
			t.Errorf("the summary, want %q:\n%s", want, said)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two builds of the same differ")
	}
	if bytes.Equal(files[0], files[2]) {
		t.Error("builds of different contents are the same")
	}
}

func TestWhatIsNoInstallerIsRefusedAndLeftAsItWas(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.msi")
	if err := os.WriteFile(path, []byte("no installer"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{path, "1700000000"}, {path, "noon"}, {path}} {
		if run(args) == nil {
			t.Errorf("%v is taken", args)
		}
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "no installer" {
		t.Errorf("it was changed: %q, %v", data, err)
	}
}
