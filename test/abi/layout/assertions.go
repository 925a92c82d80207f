// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strings"
)

const prologue = `/* Generated from abi.json. */
#include "ml_webrtc.h"

#include <stddef.h>

#ifdef __cplusplus
#include <type_traits>
#define CHECK static_assert
#define HAS_TYPE(expression, ...) std::is_same<decltype(expression), __VA_ARGS__>::value
#else
#define CHECK _Static_assert
#define HAS_TYPE(expression, ...) _Generic((expression), __VA_ARGS__: 1, default: 0)
#endif
`

// assertions is the text of the generated file.
func assertions(interf *abi) (string, error) {
	out := &strings.Builder{}
	out.WriteString(prologue)
	fmt.Fprintf(out, "\nCHECK(sizeof(void *) == %d, \"size of a pointer\");\n", interf.PointerSize)
	for _, name := range sortedKeys(interf.Structs) {
		if err := structAssertions(out, interf, name); err != nil {
			return "", err
		}
	}
	for _, name := range sortedKeys(interf.Enums) {
		out.WriteString("\n")
		for _, value := range sortedKeys(interf.Enums[name].Values) {
			constant := constantName(name, value)
			fmt.Fprintf(out, "CHECK(%s == %d, \"value of %s\");\n", constant, interf.Enums[name].Values[value], constant)
		}
	}
	fmt.Fprintf(out, "CHECK(HAS_TYPE((MLResult *)0, %s *), \"type of MLResult\");\n\n", interf.Enums["MLResult"].Underlying)
	for _, callback := range interf.Callbacks {
		signature, err := interf.signature(callback)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(out, "CHECK(HAS_TYPE((MLWebRTC%s)0, %s), \"type of MLWebRTC%s\");\n",
			callback.Name, fmt.Sprintf(signature, "(*)"), callback.Name)
	}
	out.WriteString("\n")
	for _, function := range interf.Functions {
		signature, err := interf.signature(function)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(out, "CHECK(HAS_TYPE(&%s, %s), \"type of %s\");\n",
			function.Name, fmt.Sprintf(signature, "(*)"), function.Name)
	}

	return out.String(), nil
}

func structAssertions(out *strings.Builder, interf *abi, name string) error {
	info := interf.Structs[name]
	fmt.Fprintf(out, "\nCHECK(sizeof(%s) == %d, \"size of %s\");\n", name, info.Size, name)
	for _, field := range info.Fields {
		typ, err := interf.typeOf(name, field.Name, field.Type)
		if err != nil {
			return err
		}
		element, array, isArray := strings.Cut(typ, "[")
		pointer := typ + " *"
		if isArray {
			pointer = element + " (*)[" + array
		}
		member := snakeCase(field.Name)
		fmt.Fprintf(out, "CHECK(offsetof(%s, %s) == %d, \"offset of %s.%s\");\n", name, member, field.Offset, name, member)
		fmt.Fprintf(out, "CHECK(HAS_TYPE(&((%s *)0)->%s, %s), \"type of %s.%s\");\n", name, member, pointer, name, member)
	}

	return nil
}
