package network

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func ask(t *testing.T, script, host string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // less than it has usually
	defer cancel()
	return runScript(ctx, script, "https://"+host+":5349/", host)
}

func findProxy(body string) string { return "function FindProxyForURL(url, host) {\n" + body + "\n}" }

func TestScript(t *testing.T) {
	const usual = `
// A file as companies have them.
var direct = ["intranet", "mail"], exceptions = { "special.example.org": "PROXY special:1" };
function FindProxyForURL(url, host) {
	host = host.toLowerCase();
	if (isPlainHostName(host) || dnsDomainIs(host, ".corp.example")) return "DIRECT";
	if (exceptions.hasOwnProperty(host)) return exceptions[host];
	for (var i = 0; i < direct.length; i++) if (host.indexOf(direct[i] + ".") == 0) return "DIRECT";
	if (isInNet(host, "10.0.0.0", "255.0.0.0") || shExpMatch(host, "192.168.*")) return "DIRECT";
	if (/^turn\d+\.example\.net$/.test(host)) return "SOCKS5 socks.example:1080; DIRECT";
	if (url.substring(0, 6) == "https:" && host.split(".").length > 3) return "HTTPS " + ["a", "b", "c"].join(".") + ":443";
	if (host.match(/^(\w+)\.cut\.example$/)) return "PROXY " + host.replace(/\.cut\.example$/, ".example") + ":8080";
	return "PROXY proxy.example:3128; PROXY other.example:3128";
}`
	for host, want := range map[string]string{
		"turn": "DIRECT", "x.corp.example": "DIRECT", "special.example.org": "PROXY special:1", "mail.example.org": "DIRECT",
		"10.1.2.3": "DIRECT", "192.168.1.1": "DIRECT", "TURN12.example.net": "SOCKS5 socks.example:1080; DIRECT",
		"one.two.three.example": "HTTPS a.b.c:443", "x.cut.example": "PROXY x.example:8080",
		"turn.example.org": "PROXY proxy.example:3128; PROXY other.example:3128",
	} {
		answer, err := ask(t, usual, host)
		require.NoError(t, err, host)
		require.Equal(t, want, answer, host)
	}
}

func TestScriptLanguage(t *testing.T) {
	for body, want := range map[string]string{
		`return null`: "", ``: "", `return [3,1,2].sort().concat([4]).slice(1).map(function (x) { return x + 1 }).join()`: "3,4,5",
		`return "" + [1, "a"]`: "1,a", `return "a-b".split("-")[1] + "x".charCodeAt(0)`: "b120",
		`return "a.b.c".replace(".", "").search(/c/) + ""`: "3", `var d = new Date(0); return "" + d.getTime()`: "0",
		`try { nothing() } catch (e) { return e.name }`: "ReferenceError", `let f = x => x * 2; return "" + f(2)`: "4",
		`return typeof eval + typeof Function + typeof JSON + typeof Proxy + typeof globalThis`:                                                 strings.Repeat("undefined", 5),
		`return typeof ("".constructor) + typeof ([].constructor) + typeof (function () {}).constructor + typeof (function* () {}).constructor`: strings.Repeat("undefined", 4),
		`return typeof "".repeat + typeof [].fill + typeof [].copyWithin + typeof Array.from + typeof String.raw`:                               strings.Repeat("undefined", 5),
		`return typeof isInNet.call + typeof isInNet.apply + typeof isInNet.bind`:                                                               strings.Repeat("undefined", 3),
		"return `${host}!`": "host!",
	} {
		answer, err := ask(t, findProxy(body), "host")
		require.NoError(t, err, body)
		require.Equal(t, want, answer, body)
	}
}

func nested(open, inner, end string) string {
	depth := maxNesting/strings.Count(open+"(", "(") - 1
	return strings.Repeat(open, depth) + inner + strings.Repeat(end, depth)
}

// What is wrong is said; and nothing of it takes long, or much memory.
func TestHostileScripts(t *testing.T) {
	for script, want := range map[string]string{
		"":                                                  "no function",
		"<html>not found</html>":                            "no JavaScript",
		"function FindProxyForURL(":                         "no JavaScript",
		findProxy("return nothing.at.all"):                  "throws",
		findProxy("return {}"):                              "no text",
		findProxy("return 7"):                               "no text",
		findProxy("for (;;) ;"):                             "runs longer",
		"try { for (;;) ; } finally { for (;;) ; }":         "runs longer",
		findProxy("return FindProxyForURL()"):               "calls nest",
		findProxy("var s = 'x'; for (;;) s += s"):           "takes more",
		findProxy("var a = []; for (;;) a.push([1, 2, 3])"): "too much",
		findProxy("var a = [1]; for (;;) a = a.concat(a)"):  "too much",
		findProxy("var a = []; a.length = 4294967295; return a.indexOf(1) + ''"):                            "too much",
		findProxy("var a = []; a.length = 4294967295; return a.join()"):                                     "too much",
		findProxy("return Array(4294967295).reverse().join()"):                                              "too much",
		findProxy("var o = { length: 9e15, f: [].indexOf }; return o.f(1) + ''"):                            "no array",
		findProxy("var s = 'xxxxxxxx'; for (var i = 0; i < 10; i++) s += s; return s.replace(/x/g, s)"):     "too much",
		findProxy("var s = 'xxxxxxxx'; for (var i = 0; i < 7; i++) s += s; return s.replace(/x/g, '$`$`')"): "too much",
		findProxy("return 'x'.replace('x', function () { return 'y' }) "):                                   "no function",
		findProxy("return 10n ** 100000000n"):                                                               "BigInt",
		findProxy("return [...'abc']"):                                                                      "spreads",
		findProxy("return isInNet(...[1, 2])"):                                                              "spreads",
		findProxy("var [a, b] = [1, 2]"):                                                                    "spreads",
		"async " + findProxy("return ''"):                                                                   "async",
		findProxy("var a = `" + strings.Repeat("${host}", 9) + "`"):                                         "template",
		findProxy("return /" + strings.Repeat("a", 2000) + "/.test(host)"):                                  "regular expression",
		findProxy("return 'x'.match('" + strings.Repeat("a", 2000) + "')"):                                  "too much",
		strings.Repeat("(", 100000):                                                                         "nests deeper",
		strings.Repeat("[", 100000):                                                                         "nests deeper",
		"x = " + strings.Repeat("!", 100000) + "1":                                                          "nests deeper",
		"x = " + strings.Repeat("- ", 100000) + "1":                                                         "nests deeper",
		"x = " + strings.Repeat("typeof ", 30000) + "1":                                                     "nests deeper",
		"x = 1" + strings.Repeat("+1", 100000):                                                              "nests deeper",
		"x = " + strings.Repeat("x=", 100000) + "1":                                                         "nests deeper",
		strings.Repeat("if(1)", 50000) + ";":                                                                "nests deeper",
		strings.Repeat("if(1);else ", 20000) + ";":                                                          "nests deeper",
		strings.Repeat("for(;;)", 30000) + ";":                                                              "nests deeper",
		strings.Repeat("a:", 2) + strings.Repeat("x=>", 80000) + "1":                                        "arrow functions",
		strings.Repeat("1?", 80000) + "1":                                                                   "no JavaScript",
		"x=" + strings.Repeat("1?1:", 60000) + "1":                                                          "nests deeper",
		"x=" + strings.Repeat("new ", 60000) + "x":                                                          "nests deeper",
		"x=" + strings.Repeat("2**", 80000) + "1":                                                           "nests deeper",
		"x=a" + strings.Repeat(".a", 100000):                                                                "nests deeper",
		"x=" + strings.Repeat("x=>", maxNesting) + "1":                                                      "no function",
		"x=" + nested("(", "1", ")"):                                                                        "no function",
		"x=" + nested("(a=", "1", ")"):                                                                      "no function",
		"x=" + nested("[a=", "1", "]"):                                                                      "no function",
		"x=" + nested("({a:", "1", "})"):                                                                    "no function",
		"x=" + nested("async(", "1", ")"):                                                                   "",
		"x=" + nested("function(){", "", "}"):                                                               "no JavaScript",
		nested("{", "", "}"):                                                                                "no function",
		strings.Repeat(" ", maxScriptBytes+1):                                                               "longer than",
		findProxy("var o = {}; for (var i = 0;; i++) o[i] = [i, i, i, i]"):                                  "takes more",
	} {
		start := time.Now()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ask(t, script, "host")
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, want, "%.80q", script)
		require.Less(t, time.Since(start), 30*time.Second, "%.80q", script)
		require.Less(t, int64(after.HeapSys+after.StackSys)-int64(before.HeapSys+before.StackSys), int64(700<<20), "%.80q", script)
	}
}

// A match that goes on for ever is given up by who waits for it, and ends by itself soon after.
func TestScriptWithBacktracking(t *testing.T) {
	_, err := ask(t, findProxy("return /^(?=a)(a+)+$/.test('"+strings.Repeat("a", 40)+"b') + ''"), "host")
	require.ErrorIs(t, err, errScriptTime)
	answer, err := ask(t, findProxy("return 'DIRECT'"), "host")
	require.NoError(t, err)
	require.Equal(t, "DIRECT", answer)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = runScript(ctx, findProxy("for (;;) ;"), "", "")
	require.Error(t, err)
}

func TestScriptFunctions(t *testing.T) {
	for call, want := range map[string]bool{
		`isPlainHostName("www")`: true, `isPlainHostName("www.example.org")`: false,
		`dnsDomainIs("www.Example.org", ".example.ORG")`: true, `dnsDomainIs("www", ".example.org")`: false,
		`localHostOrDomainIs("www", "www.example.org")`: true, `localHostOrDomainIs("www.example.org", "www.example.org")`: true,
		`localHostOrDomainIs("www.other.org", "www.example.org")`: false, `dnsDomainLevels("www.example.org") == 2`: true,
		`shExpMatch("http://home/people/ari/index.html", "*/ari/*")`: true, `shExpMatch("abc", "a?c")`: true, `shExpMatch("a/c", "a?c")`: true,
		`shExpMatch("abc", "b")`: false, `shExpMatch("[a]", "[a]")`: true, `shExpMatch("a", "[a]")`: false,
		`isInNet("198.51.100.7", "198.51.100.0", "255.255.255.0")`: true, `isInNet("198.51.101.7", "198.51.100.0", "255.255.255.0")`: false,
		`isInNet("localhost", "127.0.0.0", "255.0.0.0")`: true, `isInNet("::1", "127.0.0.0", "255.0.0.0")`: false, `isInNet()`: false,
		`isResolvable("localhost")`: true, `isResolvable("no.such.name.invalid")`: false, `dnsResolve("localhost") == "127.0.0.1"`: true,
		`dnsResolve("no.such.name.invalid") === null`: true, `myIpAddress().length > 2`: true, `convert_addr("104.16.41.2") == 1745889538`: true,
		`alert("x") === undefined`: true,
	} {
		answer, err := ask(t, findProxy("return ("+call+") ? 'yes' : 'no'"), "host")
		require.NoError(t, err, call)
		require.Equal(t, want, answer == "yes", call)
	}
}

func TestScriptTimes(t *testing.T) {
	// A Saturday, 23:30:15 here and 22:30:15 GMT.
	now := time.Date(2026, time.November, 28, 23, 30, 15, 0, time.FixedZone("here", 3600))
	for words, want := range map[string]bool{
		"SAT": true, "SUN": false, "MON FRI": false, "FRI MON": true, "SAT SAT GMT": true, "": false, "XXX": false, "MON XXX": false, "TUE sat": true,
	} {
		require.Equal(t, want, weekdayRange(now, strings.Fields(words)), words)
	}
	for words, want := range map[string]bool{
		"28": true, "27": false, "1 28": true, "20 5": true, "NOV": true, "NOV JAN": true, "JAN OCT": false, "2026": true, "2025": false,
		"2020 2030": true, "1 NOV 30 NOV": true, "1 DEC 1 FEB": false, "24 DEC 5 DEC": true, "1 JAN 2026 31 DEC 2026": true,
		"29 NOV 2026 31 DEC 2026": false, "NOV 2026 DEC 2027": true, "28 GMT": true, "": false, "x": false, "1 2 3": false, "1 NOV": false,
	} {
		require.Equal(t, want, dateRange(now, strings.Fields(words)), words)
	}
	for words, want := range map[string]bool{
		"23": true, "22": false, "22 GMT": true, "8 18": false, "18 8": true, "23 30 23 31": true, "23 31 23 45": false,
		"23 30 15 23 30 16": true, "0 0 0 23 30 14": false, "": false, "x": false, "1 2 3": false, "99": false,
	} {
		require.Equal(t, want, timeRange(now, strings.Fields(words)), words)
	}
}

func TestWays(t *testing.T) {
	for answer, want := range map[string][]way{
		"":       {{kind: wayDirect}},
		"DIRECT": {{kind: wayDirect}},
		"PROXY a:1; SOCKS5 [::1]:2;HTTPS c ; direct": {{kind: wayConnect, host: "a", port: 1}, {kind: waySOCKS5, host: "::1", port: 2},
			{kind: wayConnectTLS, host: "c", port: 443}, {kind: wayDirect}},
		"SOCKS4 a:1; PROXY; PROXY a b; PROXY a:x; PROXY a:70000; PROXY a/b:1; WHAT a:1": nil,
		strings.Repeat("DIRECT;", 100): {{}, {}, {}, {}, {}, {}, {}, {}},
	} {
		require.Equal(t, want, parseWays(answer), answer)
	}
}
