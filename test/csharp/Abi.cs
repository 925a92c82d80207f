// SPDX-License-Identifier: MIT
// Abi.exe ABI.JSON: the managed bindings have the layouts of the interface and all its functions,
// and every function, called by reflection with default arguments as test suites of applications
// do, answers a code: InstanceNotCreated without an instance, a known one with it.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

static class Abi
{
    static readonly MethodInfo[] functions = typeof(Native).GetMethods(BindingFlags.Public | BindingFlags.Static);

    static int Main(string[] arguments)
    {
        return Expect.Run("Abi", () =>
        {
            string text = File.ReadAllText(arguments[0]);
            Names(text);
            Layouts(text);
            Marshal.PrelinkAll(typeof(Native));
            CallAll(false);
            CallAll(true);
            Expect.NothingLeft();
        });
    }

    static void Names(string text)
    {
        string[] due = Regex.Matches(text, "\"name\": \"(MLWebRTC\\w+)\",\\s*\"prototype\"").Cast<Match>()
            .Select(match => match.Groups[1].Value).OrderBy(name => name).ToArray();
        string[] bound = functions.Select(function => function.Name).OrderBy(name => name).ToArray();
        Expect.Equal(58, due.Length, "functions of the interface");
        Expect.Equal(string.Join(" ", due), string.Join(" ", bound), "functions");
    }

    static void Layouts(string text)
    {
        MatchCollection structs = Regex.Matches(text,
            "\"(\\w+)\": \\{\\s*\"size\": (\\d+),\\s*\"fields\": \\[(.*?)\\]\\s*\\}", RegexOptions.Singleline);
        Expect.True(structs.Count > 30, "structs of the interface");
        foreach (Match match in structs)
        {
            string name = match.Groups[1].Value;
            Type type = typeof(Native).Assembly.GetType(name);
            Expect.True(type != null, name + " is bound");
            Expect.Equal(int.Parse(match.Groups[2].Value), Marshal.SizeOf(type), "size of " + name);
            MatchCollection fields = Regex.Matches(match.Groups[3].Value,
                "\"name\": \"(\\w+)\",\\s*\"offset\": (\\d+)");
            Expect.Equal(fields.Count, type.GetFields().Length, "fields of " + name);
            foreach (Match field in fields)
            {
                Expect.Equal(int.Parse(field.Groups[2].Value), (int)Marshal.OffsetOf(type, field.Groups[1].Value),
                    name + "." + field.Groups[1].Value);
            }
        }
    }

    static void CallAll(bool withInstance)
    {
        HashSet<int> known = new HashSet<int>(Enumerable.Range(0, 10)) { 13, 15 };
        known.UnionWith(Enumerable.Range(Result.InstanceNotCreated, 6));
        foreach (MethodInfo function in functions)
        {
            bool creates = function.Name.StartsWith("MLWebRTCInstanceCreate");
            if (withInstance)
                Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
            object[] arguments = function.GetParameters().Select(Default).ToArray();
            object result = function.Invoke(null, arguments);
            if (function.Name == "MLWebRTCGetResultString")
                Expect.Equal("MLResult_Ok", Marshal.PtrToStringAnsi((IntPtr)result), function.Name);
            else if (!withInstance && !creates)
                Expect.Code(Result.InstanceNotCreated, (int)result, function.Name);
            else
                Expect.True(known.Contains((int)result), function.Name + ": " + result);
            foreach (ParameterInfo parameter in function.GetParameters())
            {
                object value = arguments[parameter.Position];
                if (parameter.IsOut && value is ulong)
                {
                    Expect.Equal((int)result == Result.Ok, (ulong)value != ulong.MaxValue,
                        function.Name + " out handle");
                }
                if (parameter.IsOut && value is IntPtr)
                    Expect.Equal(IntPtr.Zero, (IntPtr)value, function.Name + " out pointer");
                if (parameter.IsOut && value is bool)
                    Expect.Equal(false, (bool)value, function.Name + " out bool");
            }
            int ended = Native.MLWebRTCInstanceDestroy();
            bool gone = function.Name == "MLWebRTCInstanceDestroy" || (!withInstance && !creates);
            Expect.Code(gone ? Result.InstanceNotCreated : Result.Ok, ended, "InstanceDestroy after " + function.Name);
        }
    }

    static object Default(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        if (type.IsByRef)
            type = type.GetElementType();
        if (type == typeof(bool))
            return parameter.IsOut;
        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }
}
