// SPDX-License-Identifier: MIT
// The layouts of the package's structs against include/abi.json: sizes, offsets and sizes of members, in their order.
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LibMLWebRTC.Native;

static class Layouts
{
    static readonly Dictionary<Type, string> Structs = new Dictionary<Type, string>
    {
        { typeof(ConnectionConfig), "MLWebRTCConnectionConfig" },
        { typeof(IceServerNative), "MLWebRTCConnectionIceServer" },
        { typeof(ProxyConfigNative), "MLWebRTCConnectionProxyConfig" },
        { typeof(IceCandidateNative), "MLWebRTCConnectionIceCandidate" },
        { typeof(ConnectionCallbacks), "MLWebRTCConnectionEventCallbacks" },
        { typeof(TrackInfo), "MLWebRTCTrackInfo" },
        { typeof(TrackNative), "MLWebRTCSource" },
        { typeof(DataChannelCallbacks), "MLWebRTCDataChannelEventCallbacks" },
        { typeof(MessageNative), "MLWebRTCDataChannelMessage" },
        { typeof(SourceParams), "MLWebRTCAppDefinedSourceParams" },
        { typeof(ImagePlane), "ImagePlaneInfoNative" },
        { typeof(FramePlanes), "MLWebRTCFramePlanes" },
        { typeof(FrameNative), "MLWebRTCFrame" },
        { typeof(AudioBufferNative), "MLAudioBuffer" },
        { typeof(AudioFormatNative), "MLAudioBufferFormat" },
        { typeof(AudioSinkParams), "MLWebRTCAudioSinkParams" },
        { typeof(DebugUtils), "MLWebRTCDebugUtils" }
    };

    static int Main(string[] arguments)
    {
        string abi = File.ReadAllText(arguments[0]);
        int failures = 0;
        foreach (KeyValuePair<Type, string> one in Structs)
        {
            string should = Described(abi, one.Value);
            string @is = Measured(one.Key);
            if (should != @is)
            {
                failures++;
                Console.WriteLine(one.Key.Name + " is " + @is + ", " + one.Value + " is " + should);
            }
        }
        foreach (Type type in typeof(ConnectionConfig).Assembly.GetTypes())
        {
            bool native = type.Namespace == "LibMLWebRTC.Native" && type.IsValueType && !type.IsEnum;
            if (native && type.IsLayoutSequential && !Structs.ContainsKey(type))
            {
                failures++;
                Console.WriteLine(type.Name + " is not checked");
            }
        }
        Console.WriteLine(failures == 0 ? "Layouts: OK" : "Layouts: FAILED");
        return failures == 0 ? 0 : 1;
    }

    static string Measured(Type type)
    {
        var members = new List<string>();
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            if (type == typeof(FramePlanes) && (field.Name == "Second" || field.Name == "Third"))
            {
                continue; // an array there
            }
            members.Add(Marshal.OffsetOf(type, field.Name).ToString());
        }
        return Marshal.SizeOf(type) + ": " + string.Join(" ", members.ToArray());
    }

    static string Described(string abi, string name)
    {
        Match found = Regex.Match(abi, "\"" + name + "\"\\s*:\\s*\\{\\s*\"size\"\\s*:\\s*(\\d+).*?\"fields\"\\s*:\\s*\\[(.*?)\\]\\s*\\}",
                                  RegexOptions.Singleline);
        if (!found.Success)
        {
            return "not described";
        }
        var members = new List<string>();
        foreach (Match offset in Regex.Matches(found.Groups[2].Value, "\"offset\"\\s*:\\s*(\\d+)"))
        {
            members.Add(offset.Groups[1].Value);
        }
        return found.Groups[1].Value + ": " + string.Join(" ", members.ToArray());
    }
}
