// SPDX-License-Identifier: MIT

// Command types checks the types of the library's Go packages for platforms whose C compilers and headers need not be at
// hand: types GOOS/GOARCH... Each is looked at as the compiler does, with the files that are built for that platform; only
// what cgo makes of the library's own C is this machine's, where C's types have the same sizes.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// listed is what `go list` says of a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	// What the compiler gets, with what cgo made of CgoFiles.
	CompiledGoFiles []string
	ImportMap       map[string]string
	Module          *struct{ Main bool }
	Error           *struct{ Err string }
}

func (l listed) isOwn() bool { return l.Module != nil && l.Module.Main }

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: types GOOS/GOARCH...")
		os.Exit(2)
	}
	compiled, err := compiledHere()
	if err != nil {
		fmt.Fprintf(os.Stderr, "types: on this machine: %v\n", err)
		os.Exit(1)
	}
	for _, platform := range os.Args[1:] {
		count, err := check(platform, compiled)
		if err != nil {
			fmt.Fprintf(os.Stderr, "types: %s: %v\n", platform, err)
			os.Exit(1)
		}
		fmt.Printf("types: OK: %d packages of the library for %s\n", count, platform)
	}
}

// compiledHere gives the packages of the library that have C, as cgo makes them for this machine.
func compiledHere() (map[string]listed, error) {
	packages, err := list(nil, "-compiled")
	if err != nil {
		return nil, err
	}
	compiled := map[string]listed{}
	for _, pkg := range packages {
		if pkg.isOwn() && len(pkg.CgoFiles) > 0 {
			compiled[pkg.ImportPath] = pkg
		}
	}
	return compiled, nil
}

func check(platform string, compiled map[string]listed) (int, error) {
	system, arch, found := strings.Cut(platform, "/")
	if !found {
		return 0, errors.New("not of the form GOOS/GOARCH")
	}
	packages, err := list([]string{"GOOS=" + system, "GOARCH=" + arch})
	if err != nil {
		return 0, err
	}
	checker := checker{files: token.NewFileSet(), sizes: types.SizesFor("gc", arch), done: map[string]*types.Package{}}
	own := 0
	for _, pkg := range packages {
		files := slices.Concat(pkg.GoFiles, pkg.CgoFiles)
		if pkg.isOwn() {
			own++
			if here, found := compiled[pkg.ImportPath]; found {
				if !slices.Equal(here.CgoFiles, pkg.CgoFiles) || !slices.Equal(here.GoFiles, pkg.GoFiles) {
					return 0, fmt.Errorf("%s has other files than here, and C among them", pkg.ImportPath)
				}
				files = here.CompiledGoFiles
			}
		}
		if err := checker.check(pkg, files); err != nil {
			return 0, err
		}
	}
	if own == 0 {
		return 0, errors.New("no package of the library was found")
	}
	return own, nil
}

// list gives the library's package and all that it imports, each after its own imports.
func list(environment []string, options ...string) ([]listed, error) {
	fields := "-json=ImportPath,Dir,GoFiles,CgoFiles,CompiledGoFiles,ImportMap,Module,Error"
	arguments := slices.Concat([]string{"list", "-e", "-deps", fields}, options, []string{"./capi"})
	command := exec.CommandContext(context.Background(), "go", arguments...)
	command.Env = append(append(os.Environ(), "CGO_ENABLED=1"), environment...)
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var pkg listed
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("the output of go list: %w", err)
		}
		if pkg.Error != nil {
			return nil, errors.New(pkg.Error.Err)
		}
		packages = append(packages, pkg)
	}
}

type checker struct {
	files *token.FileSet
	sizes types.Sizes
	done  map[string]*types.Package
}

// check looks at a package of the library as a whole, and at one of others for what it declares.
func (c *checker) check(pkg listed, files []string) error {
	if pkg.ImportPath == "unsafe" || pkg.ImportPath == "C" {
		return nil
	}
	var parsed []*ast.File
	for _, name := range files {
		if !filepath.IsAbs(name) {
			name = filepath.Join(pkg.Dir, name)
		}
		file, err := parser.ParseFile(c.files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, file)
	}
	var wrong []error
	config := types.Config{
		FakeImportC:      true, // in packages of others, of which only declarations matter
		IgnoreFuncBodies: !pkg.isOwn(),
		Sizes:            c.sizes,
		Importer:         importer{c, pkg.ImportMap},
		Error: func(err error) {
			if pkg.isOwn() {
				wrong = append(wrong, err)
			}
		},
	}
	checked, _ := config.Check(pkg.ImportPath, c.files, parsed, nil)
	c.done[pkg.ImportPath] = checked
	return errors.Join(wrong...)
}

type importer struct {
	checker *checker
	names   map[string]string // what a package calls others, where that is not their path
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if mapped, found := i.names[path]; found {
		path = mapped
	}
	pkg, found := i.checker.done[path]
	if !found {
		return nil, fmt.Errorf("%s comes later than what imports it", path)
	}
	return pkg, nil
}
