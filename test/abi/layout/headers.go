// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	errNoHeaders = errors.New("no headers found")

	headerComment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	headerStruct   = regexp.MustCompile(`\btypedef struct (\w+) \{([^}]*)\} (\w+);`)
	headerField    = regexp.MustCompile(`(\w+)(?:\[\d+\])?;`)
	headerEnum     = regexp.MustCompile(`\btypedef enum (\w+) \{([^}]*)\} (\w+);`)
	headerConstant = regexp.MustCompile(`\b(\w+) = `)
	headerResult   = regexp.MustCompile(`\bX\((\w+), -?\d+, "`)
	headerCallback = regexp.MustCompile(`\btypedef void \(\*(\w+)\)`)
	headerFunction = regexp.MustCompile(`(?m)^ML_WEBRTC_API [^(]*?(\w+)\(`)
)

// checkHeaders compares the names in the headers with those of abi.json, both ways: the assertions alone would let an
// additional field in the padding of a struct, an additional constant or an additional function pass.
func checkHeaders(interf *abi, dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "ml_webrtc", "*.h"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("%w in %s", errNoHeaders, dir)
	}
	text := ""
	for _, path := range append(paths, filepath.Join(dir, "ml_webrtc.h")) {
		data, err := os.ReadFile(path) //nolint:gosec // below the directory that is the argument
		if err != nil {
			return err
		}
		text += headerComment.ReplaceAllString(string(data), "") + "\n"
	}
	want, err := namesOfABI(interf)
	if err != nil {
		return err
	}

	return compare(want, namesOfHeaders(text))
}

func namesOfABI(interf *abi) ([]string, error) {
	names := []string{}
	used := map[string]bool{}
	for _, name := range sortedKeys(interf.Structs) {
		names = append(names, "struct "+name)
		for i, field := range interf.Structs[name].Fields {
			names = append(names, fmt.Sprintf("field %s %d %s", name, i, snakeCase(field.Name)))
			used[name+" "+field.Name] = true
		}
	}
	for _, name := range sortedKeys(interf.Enums) {
		if enumNames[name] == "" {
			return nil, fmt.Errorf("the enum %s has no name in C", name)
		}
		names = append(names, "enum "+enumNames[name])
		for value := range interf.Enums[name].Values {
			names = append(names, "constant "+constantName(name, value))
		}
	}
	for _, callback := range interf.Callbacks {
		names = append(names, "callback MLWebRTC"+callback.Name)
	}
	for _, function := range interf.Functions {
		names = append(names, "function "+function.Name)
	}
	for _, proto := range slices.Concat(interf.Functions, interf.Callbacks) {
		for _, word := range regexp.MustCompile(`\w+`).FindAllString(proto.Text, -1) {
			used[proto.Name+" "+word] = true
		}
	}
	for key := range betterTypes {
		if !used[key] {
			return nil, fmt.Errorf("abi.json has no %q, whose type is to be replaced", key)
		}
	}

	return names, nil
}

func namesOfHeaders(text string) []string {
	names := []string{"enum MLResult"}
	for _, match := range headerResult.FindAllStringSubmatch(text, -1) {
		names = append(names, "constant MLResult_"+match[1])
	}
	for _, match := range headerStruct.FindAllStringSubmatch(text, -1) {
		names = append(names, "struct "+match[3])
		for i, field := range headerField.FindAllStringSubmatch(match[2], -1) {
			names = append(names, fmt.Sprintf("field %s %d %s", match[3], i, field[1]))
		}
	}
	for _, match := range headerEnum.FindAllStringSubmatch(text, -1) {
		names = append(names, "enum "+match[3])
		for _, constant := range headerConstant.FindAllStringSubmatch(match[2], -1) {
			names = append(names, "constant "+constant[1])
		}
	}
	for _, match := range headerCallback.FindAllStringSubmatch(text, -1) {
		names = append(names, "callback "+match[1])
	}
	for _, match := range headerFunction.FindAllStringSubmatch(text, -1) {
		names = append(names, "function "+match[1])
	}

	return names
}

func compare(want, got []string) error {
	differences := []string{}
	for _, name := range want {
		if !slices.Contains(got, name) {
			differences = append(differences, "not in the headers: "+name)
		}
	}
	for i, name := range got {
		if !slices.Contains(want, name) {
			differences = append(differences, "not in abi.json: "+name)
		}
		if slices.Contains(got[:i], name) {
			differences = append(differences, "twice in the headers: "+name)
		}
	}
	if len(differences) > 0 {
		return errors.New(strings.Join(differences, "\n        "))
	}

	return nil
}
