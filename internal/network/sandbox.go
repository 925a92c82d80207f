package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

const (
	// maxTextLength bounds the texts, maxArrayLength the arrays, that a function of the language works on: no step
	// of a script may take long, since it is interrupted between steps.
	maxTextLength  = 64 << 10
	maxArrayLength = 64 << 10
	// maxPatternLength bounds regular expressions, maxMatchedLength what they are applied to.
	maxPatternLength = 1 << 10
	maxMatchedLength = 2 << 10
	// maxResultLength bounds what functions make that multiply.
	maxResultLength = 1 << 20
)

// The language's names that are needed here again and again.
const (
	kindObject     = "Object"
	kindArray      = "Array"
	kindString     = "String"
	kindRegExp     = "RegExp"
	methodToString = "toString"
	propertyLength = "length"
	propertyName   = "name"

	propertyPrototype = "prototype"
)

// plainGlobals is what is left of the global object: no eval, no Function, nothing that multiplies or that PAC files,
// which are older than the rest, know nothing of.
var plainGlobals = []string{kindArray, "Boolean", "Date", "Error", "Infinity", "Math", "NaN", "Number", kindObject, "RangeError",
	kindString, "SyntaxError", "TypeError", "isFinite", "isNaN", "parseFloat", "parseInt", "undefined"}

// plainMethods is what is left of the prototypes that literals lead to.
var plainMethods = map[string][]string{
	kindObject: {"hasOwnProperty", methodToString, "valueOf"},
	"Function": {methodToString, propertyPrototype, propertyLength, propertyName},
	kindString: {propertyLength, "charAt", "charCodeAt", "endsWith", "includes", "indexOf", "lastIndexOf", "match", "replace", "search",
		"slice", "split", "startsWith", "substr", "substring", "toLowerCase", methodToString, "toUpperCase", "trim", "valueOf"},
	kindArray: {propertyLength, "concat", "every", "filter", "forEach", "indexOf", "join", "lastIndexOf", "map", "pop", "push", "reverse",
		"shift", "slice", "some", "sort", methodToString, "unshift"},
	kindRegExp: {"exec", "test", methodToString, "source", "global", "ignoreCase", "multiline", "lastIndex", "flags"},
}

// restrict takes away from a fresh engine what would let one step of a script run for ever or fill all memory.
func restrict(vm *goja.Runtime) error {
	global := vm.GlobalObject()
	prototypes := map[string]*goja.Object{}
	for name := range plainMethods {
		constructor, ok := global.Get(name).(*goja.Object)
		if !ok {
			return fmt.Errorf("the engine has no %s", name)
		}
		if prototypes[name], ok = constructor.Get(propertyPrototype).(*goja.Object); !ok {
			return fmt.Errorf("the engine has no prototype of %s", name)
		}
	}
	// Generators have a constructor of their own, which compiles text.
	generator, err := vm.RunString("Object.getPrototypeOf(function*(){})")
	if err != nil {
		return err
	}
	if err := generator.ToObject(vm).Delete("constructor"); err != nil {
		return err
	}
	for name, prototype := range prototypes {
		if err := keepOnly(prototype, plainMethods[name]); err != nil {
			return err
		}
	}
	for name, constructor := range map[string][]string{kindObject: {propertyPrototype, propertyLength, propertyName}, kindArray: {propertyPrototype, propertyLength, propertyName, "isArray"},
		kindString: {propertyPrototype, propertyLength, propertyName, "fromCharCode"}} {
		if err := keepOnly(global.Get(name).ToObject(vm), constructor); err != nil {
			return err
		}
	}
	if err := guardMethods(vm, prototypes); err != nil {
		return err
	}
	return keepOnly(global, plainGlobals)
}

// keepOnly deletes the own properties of an object but for some. What can't be deleted is data and does no harm.
func keepOnly(object *goja.Object, kept []string) error {
	for _, name := range object.GetOwnPropertyNames() {
		if slices.Contains(kept, name) {
			continue
		}
		if err := object.Delete(name); err != nil {
			return fmt.Errorf("the engine keeps %s: %w", name, err)
		}
	}
	if object.ClassName() == kindRegExp || object.Get("exec") != nil {
		return nil // nothing but the methods of text gets at its symbols, and they have to
	}
	for _, symbol := range object.Symbols() {
		if err := object.DeleteSymbol(symbol); err != nil {
			return fmt.Errorf("the engine keeps %s: %w", symbol, err)
		}
	}
	return nil
}

// guardMethods puts a check of the sizes before each method that works on text or arrays.
func guardMethods(vm *goja.Runtime, prototypes map[string]*goja.Object) error {
	for kind, guard := range map[string]func(*goja.Runtime, string, goja.FunctionCall) goja.FunctionCall{
		kindString: guardText, kindArray: guardArray, kindRegExp: guardPattern,
	} {
		for _, name := range plainMethods[kind] {
			original, ok := goja.AssertFunction(prototypes[kind].Get(name))
			if !ok {
				continue
			}
			guarded := func(call goja.FunctionCall) goja.Value {
				call = guard(vm, name, call)
				result, err := original(call.This, call.Arguments...)
				if err != nil {
					panic(err)
				}
				return result
			}
			if err := prototypes[kind].Set(name, guarded); err != nil {
				return err
			}
		}
	}
	return nil
}

func tooLarge(vm *goja.Runtime, name string) {
	panic(vm.NewTypeError("%s works on too much for a PAC file", name))
}

// textOf converts a value to bounded text, once: a method that the script has defined might give another one later.
func textOf(vm *goja.Runtime, name string, value goja.Value, most int) goja.Value {
	if goja.IsUndefined(value) || goja.IsNull(value) {
		panic(vm.NewTypeError("%s of undefined or null", name))
	}
	text := value.ToString()
	if textLength(text) > most {
		tooLarge(vm, name)
	}
	return text
}

// textLength is cheap, however long the text is.
func textLength(value goja.Value) int {
	if text, ok := value.(goja.String); ok {
		return text.Length()
	}
	return len(value.String())
}

func guardText(vm *goja.Runtime, name string, call goja.FunctionCall) goja.FunctionCall {
	guarded := goja.FunctionCall{This: textOf(vm, name, call.This, maxTextLength)}
	for i, argument := range call.Arguments {
		object, isObject := argument.(*goja.Object)
		switch {
		case isObject && object.ClassName() == kindRegExp && i == 0:
			textOf(vm, name, guarded.This, maxMatchedLength)
		case isObject:
			if _, isFunction := goja.AssertFunction(argument); isFunction { // which might give any amount of text
				panic(vm.NewTypeError("%s takes no function in a PAC file", name))
			}
			argument = textOf(vm, name, argument, maxPatternLength)
		case name == "match" || name == "search":
			textOf(vm, name, guarded.This, maxMatchedLength)
			if !goja.IsUndefined(argument) {
				argument = textOf(vm, name, argument, maxPatternLength)
			}
		}
		guarded.Arguments = append(guarded.Arguments, argument)
	}
	if name == "replace" && len(guarded.Arguments) > 1 {
		by := textOf(vm, name, guarded.Arguments[1], maxPatternLength)
		// A "$&" or "$1" of it can stand for the whole text, at each of its places.
		guarded.Arguments[1] = by
		whole, parts := textLength(guarded.This)+1, textLength(by)+1
		if strings.Contains(by.String(), "$") {
			parts *= whole
		}
		if whole*parts > maxResultLength {
			tooLarge(vm, name)
		}
	}
	return guarded
}

func guardArray(vm *goja.Runtime, name string, call goja.FunctionCall) goja.FunctionCall {
	total := arrayLength(vm, name, call.This)
	for _, argument := range call.Arguments {
		if object, ok := argument.(*goja.Object); ok && object.ClassName() == kindArray && name == "concat" {
			total += arrayLength(vm, name, argument)
		}
	}
	if name == "join" || name == methodToString {
		total += joinedLength(vm, name, call)
	}
	if total > maxResultLength {
		tooLarge(vm, name)
	}
	return call
}

// arrayLength refuses what only looks like an array: its length can be any number.
func arrayLength(vm *goja.Runtime, name string, value goja.Value) int {
	array, ok := value.(*goja.Object)
	if !ok || array.ClassName() != kindArray {
		panic(vm.NewTypeError("%s of what is no array", name))
	}
	length := array.Get(propertyLength).ToInteger()
	if length > maxArrayLength {
		tooLarge(vm, name)
	}
	return int(length)
}

// joinedLength says how long the elements of an array are together. They have to be plain ones.
func joinedLength(vm *goja.Runtime, name string, call goja.FunctionCall) int {
	array := call.This.ToObject(vm)
	length, separator := arrayLength(vm, name, array), 1
	if len(call.Arguments) > 0 && !goja.IsUndefined(call.Arguments[0]) {
		separator = textLength(textOf(vm, name, call.Arguments[0], maxPatternLength))
	}
	total := length * separator
	for i := range length {
		element := array.Get(fmt.Sprint(i))
		if element == nil || goja.IsUndefined(element) || goja.IsNull(element) {
			continue
		}
		if _, isObject := element.(*goja.Object); isObject {
			panic(vm.NewTypeError("%s of an array with objects", name))
		}
		total += textLength(element.ToString())
		if total > maxResultLength {
			tooLarge(vm, name)
		}
	}
	return total
}

func guardPattern(vm *goja.Runtime, name string, call goja.FunctionCall) goja.FunctionCall {
	if name == methodToString {
		return call
	}
	guarded := goja.FunctionCall{This: call.This}
	for _, argument := range call.Arguments {
		guarded.Arguments = append(guarded.Arguments, textOf(vm, name, argument, maxMatchedLength))
	}
	return guarded
}
