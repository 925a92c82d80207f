// SPDX-License-Identifier: MIT
// Assertions, and waiting for a condition with a deadline.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

sealed class Failed : Exception
{
    public Failed(string message) : base(message)
    {
    }
}

static class Expect
{
    // A hang guard, not a measure of speed: a collection in a loop on a busy machine leaves
    // little time to everything else.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void True(bool condition, string what)
    {
        if (!condition)
            throw new Failed(what);
    }

    public static void Equal<T>(T due, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(due, actual))
            throw new Failed(what + ": " + actual + ", due is " + due);
    }

    public static void Ok(int result, string what)
    {
        Code(Result.Ok, result, what);
    }

    public static void Code(int due, int result, string what)
    {
        if (result != due)
            throw new Failed(what + ": " + Name(result) + ", due is " + Name(due));
    }

    public static string Name(int result)
    {
        return Marshal.PtrToStringAnsi(Native.MLWebRTCGetResultString(result)) + " (" + result + ")";
    }

    // Calls step until condition holds; step is what makes things happen, as ProcessEvents does.
    public static void Until(Func<bool> condition, Action step, Func<string> what)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Patience)
                throw new Failed("waited in vain: " + what());
            step();
            Thread.Sleep(1);
        }
    }

    public static void Until(Func<bool> condition, Action step, string what)
    {
        Until(condition, step, () => what);
    }

    // The test build counts what is alive; what the engine does after a Destroy takes a moment.
    public static void NothingLeft()
    {
        TestBuild.Alive alive = new TestBuild.Alive();
        Until(() =>
        {
            Ok(TestBuild.MLWebRTCTestGetAlive(out alive), "TestGetAlive");
            return alive.Nothing;
        }, () => { }, () => "nothing left, but alive are " + alive);
    }

    // Runs a program: 0 and a last line "OK", or 1 and what failed.
    public static int Run(string name, Action program)
    {
        try
        {
            program();
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(name + ": FAILED: " + exception);
            return 1;
        }
        Console.WriteLine(name + ": OK");
        return 0;
    }
}
