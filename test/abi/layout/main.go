// SPDX-License-Identifier: MIT

// Command layout prints a C and C++ file of compile-time assertions that hold the public headers to abi.json: size of
// every struct, offset and type of every field, value of every enum constant, type of every callback and function.
// What a compiler cannot see, a name in the headers that abi.json does not have, it checks itself.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: layout abi.json HEADERDIR > asserts.c")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "layout:", err)
		os.Exit(1)
	}
}

func run(abiPath, headerDir string) error {
	interf, err := readABI(abiPath)
	if err != nil {
		return err
	}
	if err := checkHeaders(interf, headerDir); err != nil {
		return err
	}
	text, err := assertions(interf)
	if err != nil {
		return err
	}
	_, err = os.Stdout.WriteString(text)

	return err
}
