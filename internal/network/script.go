package network

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
)

const (
	// scriptTimeout bounds one run of a PAC file, its look-ups of names included.
	scriptTimeout = 3 * time.Second
	// interruptPatience is how long an interrupted one may take to notice.
	interruptPatience = 500 * time.Millisecond
	// maxScriptGrowth is how much the heap may grow meanwhile.
	maxScriptGrowth = 64 << 20
	// watchPeriod is how often that is looked at. Text can double in one step, and no faster than memory is copied.
	watchPeriod = time.Millisecond
	// maxCallDepth bounds recursion in the script, maxNesting the one over its text.
	maxCallDepth = 256
	maxNesting   = 200
	// maxTemplateParts bounds by how much one step can multiply text.
	maxTemplateParts = 8
)

var (
	errScriptTime   = fmt.Errorf("it runs longer than %v", scriptTimeout)
	errScriptMemory = fmt.Errorf("it takes more than %d MiB", maxScriptGrowth>>20)
)

// boundPatterns limits the one kind of work that an interrupt does not reach: matching with backtracking.
var boundPatterns = sync.OnceFunc(func() { regexp2.DefaultMatchTimeout = scriptTimeout })

// scriptSlot is held by the one PAC file that runs in the process. What an interrupt does not reach (a match of a nasty
// pattern) may go on for a while when its caller has given up; not more than one at a time.
var scriptSlot = make(chan struct{}, 1)

// runScript runs the FindProxyForURL of a PAC file. The file may be anybody's: time and memory are bounded, and it
// gets nothing but the language's plain parts (sandbox.go) and the functions that PAC files have.
func runScript(ctx context.Context, script, address, host string) (string, error) {
	turn := time.NewTimer(scriptTimeout)
	defer turn.Stop()
	select {
	case scriptSlot <- struct{}{}:
	case <-turn.C:
		return "", errors.New("another PAC file still runs")
	case <-ctx.Done():
		return "", ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, scriptTimeout)
	defer cancel()
	type outcome struct {
		answer string
		err    error
	}
	ended := make(chan outcome, 1)
	go func() {
		defer func() { <-scriptSlot }()
		answer, err := interpret(ctx, script, address, host)
		ended <- outcome{answer, err}
	}()
	select {
	case is := <-ended:
		return is.answer, is.err
	case <-ctx.Done():
	}
	patience := time.NewTimer(interruptPatience)
	defer patience.Stop()
	select {
	case is := <-ended:
		return is.answer, is.err
	case <-patience.C:
		return "", errScriptTime
	}
}

func interpret(ctx context.Context, script, address, host string) (answer string, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			answer, err = "", fmt.Errorf("the JavaScript engine fails: %s", printable(fmt.Sprint(reason)))
		}
	}()
	program, err := compileScript(script)
	if err != nil {
		return "", err
	}
	boundPatterns()
	vm := goja.New()
	vm.SetMaxCallStackSize(maxCallDepth)
	if err := restrict(vm); err != nil {
		return "", err
	}
	helpers := &scriptHelpers{ctx: ctx, now: time.Now}
	if err := helpers.install(vm); err != nil {
		return "", err
	}
	done := make(chan struct{})
	var watchdog sync.WaitGroup
	watchdog.Go(func() { watchScript(ctx, vm, done) })
	defer watchdog.Wait()
	defer close(done)

	if _, err := vm.RunProgram(program); err != nil {
		return "", scriptError(err)
	}
	find, ok := goja.AssertFunction(vm.Get("FindProxyForURL"))
	if !ok {
		return "", errors.New("it has no function FindProxyForURL")
	}
	result, err := find(goja.Undefined(), vm.ToValue(address), vm.ToValue(host))
	if err != nil {
		return "", scriptError(err)
	}
	if goja.IsUndefined(result) || goja.IsNull(result) {
		return "", nil
	}
	text, ok := result.Export().(string)
	if !ok {
		return "", errors.New("FindProxyForURL gives no text")
	}
	return text, nil
}

// watchScript interrupts the script when its time is up, or its memory.
func watchScript(ctx context.Context, vm *goja.Runtime, done <-chan struct{}) {
	begin := heapBytes()
	ticker := time.NewTicker(watchPeriod)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			vm.Interrupt(errScriptTime)
			return
		case <-ticker.C:
			if heapBytes() > begin+maxScriptGrowth {
				vm.Interrupt(errScriptMemory)
				return
			}
		}
	}
}

func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// scriptError says in a line what went wrong.
func scriptError(err error) error {
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) {
		if reason, ok := interrupted.Value().(error); ok {
			return reason
		}
	}
	var overflow *goja.StackOverflowError
	if errors.As(err, &overflow) {
		return fmt.Errorf("its calls nest deeper than %d", maxCallDepth)
	}
	var thrown *goja.Exception
	if errors.As(err, &thrown) {
		return fmt.Errorf("it throws: %s", printable(thrown.Error()))
	}
	return errors.New(printable(err.Error()))
}

func compileScript(script string) (*goja.Program, error) {
	if len(script) > maxScriptBytes {
		return nil, fmt.Errorf("it is longer than %d bytes", maxScriptBytes)
	}
	if nesting(script) > maxNesting {
		return nil, fmt.Errorf("it nests deeper than %d", maxNesting)
	}
	// The parser goes back to where such a function might have begun, again and again.
	if strings.Count(script, "=>") > maxNesting {
		return nil, fmt.Errorf("it has more than %d arrow functions", maxNesting)
	}
	// Source maps would be files of the machine.
	tree, err := goja.Parse("proxy.pac", script, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, fmt.Errorf("it is no JavaScript: %s", printable(err.Error()))
	}
	if err := checkTree(reflect.ValueOf(tree.Body), 0); err != nil {
		return nil, err
	}
	program, err := goja.CompileAST(tree, false)
	if err != nil {
		return nil, fmt.Errorf("it is no JavaScript: %s", printable(err.Error()))
	}
	return program, nil
}

// nesting estimates from above how deep the parser recurses: brackets, wherever they stand, and rows of operators and
// keywords that nest without any.
func nesting(script string) int {
	deepest, depth, row := 0, 0, 0
	for i := range len(script) {
		switch c := script[i]; {
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth = max(0, depth-1)
		}
		switch c := script[i]; {
		case strings.IndexByte("!~+-", c) >= 0:
			row++
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			row = 0
		}
		deepest = max(deepest, depth, row)
	}
	return deepest
}

// maxTreeDepth bounds the recursion of the compiler: a statement or an operator that follows another one can be
// a level of its own.
const maxTreeDepth = 20000

// checkNode refuses what one step of a script could fill all memory with, or run on for ever with: numbers of any size,
// large templates and patterns, and what spreads arrays, whose length is any number as well.
func checkNode(node any) error {
	switch node := node.(type) {
	case ast.NumberLiteral:
		switch node.Value.(type) {
		case int64, float64:
		default:
			return errors.New("it has a BigInt, which PAC files have no use for")
		}
	case ast.TemplateLiteral:
		if len(node.Expressions) > maxTemplateParts {
			return fmt.Errorf("it has a template of more than %d parts", maxTemplateParts)
		}
	case ast.RegExpLiteral:
		if len(node.Pattern) > maxPatternLength {
			return fmt.Errorf("it has a regular expression of more than %d bytes", maxPatternLength)
		}
	case ast.SpreadElement, ast.ArrayPattern:
		return errors.New("it spreads arrays, which PAC files have no use for")
	case ast.FunctionLiteral:
		if node.Async {
			return errAsync
		}
	case ast.ArrowFunctionLiteral:
		if node.Async {
			return errAsync
		}
	}
	return nil
}

var errAsync = errors.New("it has an async function, which PAC files have no use for")

// checkTree looks at all nodes of the syntax.
func checkTree(node reflect.Value, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("it nests deeper than %d", maxTreeDepth)
	}
	switch node.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !node.IsNil() && inTree(node.Elem().Type()) {
			return checkTree(node.Elem(), depth+1)
		}
	case reflect.Slice:
		for i := range node.Len() {
			if err := checkTree(node.Index(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if err := checkNode(node.Interface()); err != nil {
			return err
		}
		for i := range node.NumField() {
			if node.Type().Field(i).IsExported() {
				if err := checkTree(node.Field(i), depth+1); err != nil {
					return err
				}
			}
		}
	default:
	}
	return nil
}

// inTree leaves out what is no part of the syntax, such as the whole file that a position belongs to.
func inTree(kind reflect.Type) bool {
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	return kind.PkgPath() == reflect.TypeFor[ast.Program]().PkgPath()
}
