// SPDX-License-Identifier: MIT
// Linked objects that only the stack of the thread that uses them knows. If a collector misses
// that stack, or scans the wrong one, the objects are freed under it, their memory is given to
// others, and the sums are wrong.
using System;
using System.Runtime.CompilerServices;
using System.Threading;

sealed class Chain
{
    readonly Chain next;
    readonly byte[] data;
    readonly string text;
    readonly uint sum;

    static int lastSeed;

    [ThreadStatic] static uint random;

    Chain(Chain next, uint seed)
    {
        this.next = next;
        data = new byte[16 + seed % 200];
        for (int at = 0; at < data.Length; at++)
            data[at] = (byte)(seed >> (at % 24));
        text = seed.ToString();
        sum = Sum();
    }

    public static uint Random()
    {
        if (random == 0)
            random = (uint)Interlocked.Increment(ref lastSeed) * 2654435761;
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Chain Make(uint seed)
    {
        Chain chain = null;
        for (uint at = 0; at < Length(seed); at++)
            chain = new Chain(chain, seed + at);
        return chain;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Check(Chain chain, uint seed)
    {
        for (uint at = Length(seed); at-- > 0; chain = chain.next)
        {
            if (chain == null)
                throw new Failed("a chain of objects is short");
            if (chain.sum != chain.Sum() || chain.text != (seed + at).ToString())
                throw new Failed("an object is damaged");
        }
        if (chain != null)
            throw new Failed("a chain of objects is long");
    }

    // Runs call while three chains are alive on this stack and nowhere else.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Across(Action call)
    {
        uint seed = Random();
        Chain first = Make(seed);
        Chain second = Make(seed + 1);
        Chain third = Make(seed + 2);
        call();
        Check(first, seed);
        Check(second, seed + 1);
        Check(third, seed + 2);
    }

    static uint Length(uint seed)
    {
        return 2 + seed % 7;
    }

    uint Sum()
    {
        uint total = (uint)data.Length;
        foreach (byte value in data)
            total = total * 31 + value;
        foreach (char value in text)
            total = total * 31 + value;
        return total;
    }
}
