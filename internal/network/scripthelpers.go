package network

import (
	"context"
	"net"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// maxScriptLookUps is how many names one run of a PAC file may look up.
const maxScriptLookUps = 16

// scriptHelpers are the functions that a PAC file finds.
type scriptHelpers struct {
	ctx     context.Context //nolint:containedctx // of one run
	now     func() time.Time
	lookUps int
}

func (h *scriptHelpers) install(vm *goja.Runtime) error {
	text := func(call goja.FunctionCall, i int) string {
		value := call.Argument(i)
		if goja.IsUndefined(value) || goja.IsNull(value) {
			return ""
		}
		return textOf(vm, "a function of PAC files", value, maxMatchedLength).String()
	}
	words := func(call goja.FunctionCall) []string {
		var given []string
		for i := range min(len(call.Arguments), maxDateWords) {
			given = append(given, text(call, i))
		}
		return given
	}
	for name, function := range map[string]func(call goja.FunctionCall) any{
		"isPlainHostName": func(c goja.FunctionCall) any { return !strings.Contains(text(c, 0), ".") },
		"dnsDomainIs": func(c goja.FunctionCall) any {
			return strings.HasSuffix(strings.ToLower(text(c, 0)), strings.ToLower(text(c, 1)))
		},
		"localHostOrDomainIs": func(c goja.FunctionCall) any { return localHostOrDomainIs(text(c, 0), text(c, 1)) },
		"dnsDomainLevels":     func(c goja.FunctionCall) any { return strings.Count(text(c, 0), ".") },
		"shExpMatch":          func(c goja.FunctionCall) any { return shellMatch(text(c, 0), text(c, 1)) },
		"isInNet":             func(c goja.FunctionCall) any { return h.isInNet(text(c, 0), text(c, 1), text(c, 2)) },
		"isResolvable":        func(c goja.FunctionCall) any { return h.resolve(text(c, 0)) != "" },
		"dnsResolve": func(c goja.FunctionCall) any {
			if address := h.resolve(text(c, 0)); address != "" {
				return address
			}
			return goja.Null()
		},
		"myIpAddress":  func(goja.FunctionCall) any { return myAddress() },
		"convert_addr": func(c goja.FunctionCall) any { return convertAddress(text(c, 0)) },
		"weekdayRange": func(c goja.FunctionCall) any { return weekdayRange(h.now(), words(c)) },
		"dateRange":    func(c goja.FunctionCall) any { return dateRange(h.now(), words(c)) },
		"timeRange":    func(c goja.FunctionCall) any { return timeRange(h.now(), words(c)) },
		"alert":        func(goja.FunctionCall) any { return goja.Undefined() },
	} {
		if err := vm.Set(name, func(call goja.FunctionCall) goja.Value { return vm.ToValue(function(call)) }); err != nil {
			return err
		}
	}
	return nil
}

func localHostOrDomainIs(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(domain)
	first, _, _ := strings.Cut(domain, ".")
	return host == domain || (!strings.Contains(host, ".") && host == first)
}

// shellMatch knows * and ?, as browsers do.
func shellMatch(text, pattern string) bool {
	plain := strings.NewReplacer(`\`, `\\`, "[", `\[`, "/", "\x00").Replace(pattern)
	matched, err := path.Match(plain, strings.ReplaceAll(text, "/", "\x00"))
	return err == nil && matched
}

// resolve gives the first IPv4 address of a name, or nothing.
func (h *scriptHelpers) resolve(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().String()
	}
	if h.lookUps++; h.lookUps > maxScriptLookUps || !plausibleHost(host) {
		return ""
	}
	found, err := net.DefaultResolver.LookupNetIP(h.ctx, "ip4", host)
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[0].Unmap().String()
}

func (h *scriptHelpers) isInNet(host, network, mask string) bool {
	address, err := netip.ParseAddr(h.resolve(host))
	if err != nil {
		return false
	}
	within, err := netip.ParseAddr(network)
	if err != nil {
		return false
	}
	masked, err := netip.ParseAddr(mask)
	if err != nil || !address.Is4() || !within.Is4() || !masked.Is4() {
		return false
	}
	a, w, m := address.As4(), within.As4(), masked.As4()
	for i := range a {
		if a[i]&m[i] != w[i]&m[i] {
			return false
		}
	}
	return true
}

// myAddress is the address that this machine would speak to others from. Nothing is sent.
func myAddress() string {
	for _, other := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		conn, err := net.Dial("udp", other) //nolint:noctx // it waits for nothing
		if err != nil {
			continue
		}
		own, ok := conn.LocalAddr().(*net.UDPAddr)
		_ = conn.Close()
		if ok {
			return own.IP.String()
		}
	}
	return "127.0.0.1"
}

func convertAddress(text string) int64 {
	address, err := netip.ParseAddr(text)
	if err != nil || !address.Is4() {
		return 0
	}
	b := address.As4()
	return int64(b[0])<<24 | int64(b[1])<<16 | int64(b[2])<<8 | int64(b[3])
}

// maxDateWords is how many arguments the functions about time take.
const maxDateWords = 7

// inGMT takes a last argument "GMT" away, and gives the time that is meant.
func inGMT(now time.Time, words []string) (time.Time, []string) {
	if len(words) > 0 && strings.EqualFold(words[len(words)-1], "GMT") {
		return now.UTC(), words[:len(words)-1]
	}
	return now, words
}

// within says whether a value lies in a range that may go over the end, such as from Friday to Monday.
func within(value, first, last int) bool {
	if first <= last {
		return first <= value && value <= last
	}
	return value >= first || value <= last
}

func nameIndex(names, word string) int {
	if len(word) != 3 {
		return -1
	}
	at := strings.Index(names, strings.ToUpper(word))
	if at < 0 || at%3 != 0 {
		return -1
	}
	return at / 3
}

func weekdayRange(now time.Time, words []string) bool {
	now, words = inGMT(now, words)
	if len(words) == 0 {
		return false
	}
	const names = "SUNMONTUEWEDTHUFRISAT"
	first, last := nameIndex(names, words[0]), nameIndex(names, words[len(words)-1])
	return first >= 0 && last >= 0 && within(int(now.Weekday()), first, last)
}

// dateRange takes days, months and years, one of each for a single date, or two rows of them for a range.
func dateRange(now time.Time, words []string) bool {
	now, words = inGMT(now, words)
	if len(words) == 1 {
		words = []string{words[0], words[0]}
	}
	if len(words) == 0 || len(words)%2 != 0 {
		return false
	}
	half := len(words) / 2
	value, first, last := 0, 0, 0
	// The units from the largest to the smallest: a row has them the other way round, or in any order.
	for _, unit := range []struct {
		now  int
		size int
		read func(string) int
	}{
		{now.Year(), 10000, func(w string) int { return number(w, 32, 9999) }},
		{int(now.Month()) - 1, 100, func(w string) int { return nameIndex("JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", w) }},
		{now.Day(), 1, func(w string) int { return number(w, 1, 31) }},
	} {
		from, to := find(words[:half], unit.read), find(words[half:], unit.read)
		if (from < 0) != (to < 0) {
			return false
		}
		if from >= 0 {
			value, first, last = value+unit.now*unit.size, first+from*unit.size, last+to*unit.size
			half--
		}
		if half < 0 {
			return false
		}
		half = len(words) / 2
	}
	return first+last > 0 && within(value, first, last)
}

func find(words []string, read func(string) int) int {
	for _, word := range words {
		if value := read(word); value >= 0 {
			return value
		}
	}
	return -1
}

func number(word string, least, most int) int {
	value, err := strconv.Atoi(word)
	if err != nil || value < least || value > most {
		return -1
	}
	return value
}

// timeRange takes hours, minutes and seconds: one hour, or two rows of the same length.
func timeRange(now time.Time, words []string) bool {
	now, words = inGMT(now, words)
	values := make([]int, len(words))
	for i, word := range words {
		if values[i] = number(word, 0, 59); values[i] < 0 {
			return false
		}
	}
	second := now.Hour()*3600 + now.Minute()*60 + now.Second()
	switch len(values) {
	case 1:
		return now.Hour() == values[0]
	case 2:
		return within(second, values[0]*3600, values[1]*3600)
	case 4:
		return within(second, values[0]*3600+values[1]*60, values[2]*3600+values[3]*60)
	case 6:
		return within(second, values[0]*3600+values[1]*60+values[2], values[3]*3600+values[4]*60+values[5])
	default:
		return false
	}
}
