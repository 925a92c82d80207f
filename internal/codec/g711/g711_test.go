package g711

import (
	"testing"

	"libml_webrtc/internal/codec/codectest"
)

var means = codectest.AudioMeans{Tone: 33, Voice: 30}

func TestPCMU(t *testing.T) { codectest.RunAudio(t, PCMU(), means) }

func TestPCMA(t *testing.T) { codectest.RunAudio(t, PCMA(), means) }

func FuzzDecodePCMU(f *testing.F) { codectest.FuzzAudio(f, PCMU()) }

func FuzzDecodePCMA(f *testing.F) { codectest.FuzzAudio(f, PCMA()) }
