// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace LibMLWebRTC.Native
{
    // What stands for an object in the C interface: a number, under which it is found as long as it lives. A callback that
    // names a number which is gone finds nothing, whatever the collector has done meanwhile. The references are weak: being
    // able to get callbacks keeps nothing alive.
    internal static class Contexts
    {
        private static readonly Dictionary<long, WeakReference> Objects = new Dictionary<long, WeakReference>();
        private static long last;
        private static int sweepAt = 64;

        public static IntPtr Add(object target)
        {
            lock (Objects)
            {
                if (Objects.Count >= sweepAt)
                {
                    Sweep();
                    sweepAt = 2 * Objects.Count + 64;
                }
                Objects.Add(++last, new WeakReference(target));
                return new IntPtr(last);
            }
        }

        public static void Remove(IntPtr context)
        {
            lock (Objects)
            {
                Objects.Remove(context.ToInt64());
            }
        }

        public static T Find<T>(IntPtr context) where T : class
        {
            lock (Objects)
            {
                WeakReference found;
                return Objects.TryGetValue(context.ToInt64(), out found) ? found.Target as T : null;
            }
        }

        /// <summary>How many there are; those that the collector has taken do not count.</summary>
        public static int Count
        {
            get
            {
                lock (Objects)
                {
                    Sweep();
                    return Objects.Count;
                }
            }
        }

        private static void Sweep()
        {
            var gone = new List<long>();
            foreach (KeyValuePair<long, WeakReference> one in Objects)
            {
                if (!one.Value.IsAlive)
                {
                    gone.Add(one.Key);
                }
            }
            foreach (long context in gone)
            {
                Objects.Remove(context);
            }
        }
    }

    // IL2CPP makes a native function of each method that bears this.
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class MonoPInvokeCallbackAttribute : Attribute
    {
        public MonoPInvokeCallbackAttribute(Type type)
        {
            Type = type;
        }

        public Type Type { get; private set; }
    }
}
