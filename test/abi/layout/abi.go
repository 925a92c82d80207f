// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

type abi struct {
	PointerSize int                   `json:"pointer_size"`
	Functions   []prototype           `json:"functions"`
	Callbacks   []prototype           `json:"callbacks"`
	Structs     map[string]structInfo `json:"structs"`
	Enums       map[string]enumInfo   `json:"enums"`
}

type prototype struct {
	Name string `json:"name"`
	Text string `json:"prototype"`
}

type structInfo struct {
	Size   int     `json:"size"`
	Fields []field `json:"fields"`
}

type field struct {
	Name   string `json:"name"`
	Offset int    `json:"offset"`
	Type   string `json:"type"`
}

type enumInfo struct {
	Underlying string           `json:"underlying"`
	Values     map[string]int64 `json:"values"`
}

var errEmptyABI = errors.New("abi.json lacks functions, callbacks, structs or enums")

func readABI(path string) (*abi, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the path is the argument
	if err != nil {
		return nil, err
	}
	interf := &abi{}
	if err := json.Unmarshal(data, interf); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(interf.Functions) == 0 || len(interf.Callbacks) == 0 || len(interf.Structs) == 0 || len(interf.Enums) == 0 {
		return nil, errEmptyABI
	}

	return interf, nil
}

// The headers spell an enum's name in full; abi.json has the short name of a nested type.
var enumNames = map[string]string{ //nolint:gochecknoglobals
	"AndroidLogPriority": "MLWebRTCLogLevel",
	"AudioType":          "MLWebRTCAudioType",
	"BufferNotifyMode":   "MLWebRTCBufferNotifyMode",
	"CaptureFrameRate":   "MLCameraCaptureFrameRate",
	"ChannelFormatType":  "MLAudioChannelFormat",
	"ConnectFlag":        "MLCameraConnectFlag",
	"Identifier":         "MLCameraIdentifier",
	"MLResult":           "MLResult",
	"MRBlendType":        "MLCameraMRBlendType",
	"MRQuality":          "MLCameraMRQuality",
	"OutputFormat":       "MLWebRTCOutputFormat",
	"ProxyType":          "MLWebRTCProxyType",
	"SampleFormatType":   "MLAudioSampleFormat",
	"ServiceStatus":      "MLWebRTCAudioServiceStatus",
	"Type":               "MLWebRTCSourceType",
	"VideoType":          "MLWebRTCVideoType",
}

// constantName drops a leading underscore, because C++ reserves names with two in a row.
func constantName(enum, value string) string {
	if enum == "AndroidLogPriority" && value == "Unkown" {
		value = "Unknown"
	}

	return enumNames[enum] + "_" + strings.TrimPrefix(value, "_")
}

var (
	wordStart    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	acronymEnd   = regexp.MustCompile(`([A-Z]+)([A-Z][a-z])`)
	comment      = regexp.MustCompile(`/\*[^*]*\*/`)
	spaces       = regexp.MustCompile(`\s+`)
	parameterEnd = regexp.MustCompile(`^(.*[ *])([A-Za-z_][A-Za-z0-9_]*)$`)
)

func snakeCase(name string) string {
	name = wordStart.ReplaceAllString(name, "${1}_${2}")

	return strings.ToLower(acronymEnd.ReplaceAllString(name, "${1}_${2}"))
}

// betterTypes are the places where a header says more than abi.json does. Each replaces a pointer by a pointer (or adds
// const to what it points to), which changes nothing of the binary interface. The key is "owner name".
var betterTypes = map[string]string{ //nolint:gochecknoglobals
	"MLAudioBuffer Ptr":                                      "const void *",
	"MLWebRTCAudioSinkOrientation orientationPtr":            "const MLQuaternionf *",
	"MLWebRTCAudioSinkPosition positionPtr":                  "const MLVec3f *",
	"MLWebRTCAudioSinkSoundDistance distancePropertiesPtr":   "const MLAudioSpatialSoundDistanceProperties *",
	"MLWebRTCAudioSinkSoundLevels sendLevelsPtr":             "const MLAudioSpatialSoundSendLevels *",
	"MLWebRTCAudioSinkSoundRadiation radiationPropertiesPtr": "const MLAudioSpatialSoundRadiationProperties *",
	"MLWebRTCDataChannelMessage Data":                        "const void *",
	"MLWebRTCConnectionConfig IceServers":                    "const MLWebRTCConnectionIceServer *",
	"MLWebRTCConnectionConfig ProxyConfig":                   "const MLWebRTCConnectionProxyConfig *",
	"MLWebRTCAppDefinedSourceParams Callbacks":               "const MLWebRTCAppDefinedSourceEventCallbacks *",
	"ImagePlaneInfoNative ImageDataPtr":                      "const void *",
	"MLWebRTCFrame FrameData":                                "const void *",

	"OnTrackAdded streamIdsPtr": "const char *const *",

	"MLWebRTCDataChannelGetLabel label":                        "char **",
	"MLWebRTCDataChannelReleaseLabelMemory label":              "const char *",
	"MLWebRTCSourceGetTrackId trackIdPtr":                      "char **",
	"MLWebRTCSourceReleaseTrackId trackId":                     "const char *",
	"MLWebRTCSourceCreateAppDefinedAudioSourceEx sourceParams": "const MLWebRTCAppDefinedSourceParams *",
}

// typeOf is the type that the headers must give to a field or parameter.
func (a *abi) typeOf(owner, name, abiType string) (string, error) {
	abiType = strings.TrimSpace(spaces.ReplaceAllString(comment.ReplaceAllString(abiType, ""), " "))
	if callback, found := strings.CutPrefix(abiType, "function pointer "); found {
		return "MLWebRTC" + callback, nil
	}
	better, found := betterTypes[owner+" "+name]
	if !found {
		return abiType, nil
	}
	if !strings.HasSuffix(abiType, "*") || !strings.HasSuffix(better, "*") {
		return "", fmt.Errorf("%s %s: %q must not become %q: not both are pointers", owner, name, abiType, better)
	}

	return better, nil
}

// signature is the type of a function or callback as text that takes a declarator: "MLResult %s(uint64_t)".
func (a *abi) signature(proto prototype) (string, error) {
	open := strings.Index(proto.Text, proto.Name)
	if open < 0 {
		return "", fmt.Errorf("prototype of %s does not name it: %q", proto.Name, proto.Text)
	}
	result := strings.TrimSuffix(strings.TrimSpace(proto.Text[:open]), "(*")
	rest := strings.TrimPrefix(proto.Text[open+len(proto.Name):], ")")
	if !strings.HasPrefix(rest, "(") || !strings.HasSuffix(rest, ")") {
		return "", fmt.Errorf("prototype of %s does not parse: %q", proto.Name, proto.Text)
	}
	rest = rest[1 : len(rest)-1]
	types := []string{}
	for parameter := range strings.SplitSeq(comment.ReplaceAllString(rest, ""), ",") {
		parameter = strings.TrimSpace(parameter)
		if parameter == "void" {
			types = append(types, parameter)

			continue
		}
		parts := parameterEnd.FindStringSubmatch(parameter)
		if parts == nil {
			return "", fmt.Errorf("parameter %q of %s does not parse", parameter, proto.Name)
		}
		typ, err := a.typeOf(proto.Name, parts[2], parts[1])
		if err != nil {
			return "", err
		}
		types = append(types, typ)
	}

	return strings.TrimSpace(result) + " %s(" + strings.Join(types, ", ") + ")", nil
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
