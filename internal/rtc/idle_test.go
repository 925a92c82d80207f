package rtc

import (
	"bytes"
	"runtime/pprof"
	"testing"

	"github.com/stretchr/testify/require"
)

// A connection with nothing but data runs nothing for media.
func TestDataAloneRunsNothingForMedia(t *testing.T) {
	a, b, _, _ := connected(t)
	require.NotContains(t, stacks(t), "interceptor")
	require.NotContains(t, stacks(t), "internal/bandwidth")
	require.NotContains(t, stacks(t), "pion/srtp")
	// The test would see them.
	film(t, a.addVideo("camera"))
	a.negotiate()
	b.untilTrack("camera").untilPictures(1)
	require.Contains(t, stacks(t), "interceptor")
	a.close()
	b.close()
}

func stacks(t *testing.T) string {
	t.Helper()
	var all bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&all, 1))
	return all.String()
}
