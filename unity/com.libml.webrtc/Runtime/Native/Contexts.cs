// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace LibMLWebRTC.Native
{
    // What stands for an object in the C interface: a number, under which it is found as long as it lives. A callback that
    // names a number which is gone finds nothing, whatever the collector has done meanwhile.
    internal static class Contexts
    {
        private static readonly Dictionary<long, object> Objects = new Dictionary<long, object>();
        private static long last;

        public static IntPtr Add(object target)
        {
            lock (Objects)
            {
                Objects.Add(++last, target);
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
                object found;
                return Objects.TryGetValue(context.ToInt64(), out found) ? found as T : null;
            }
        }

        public static int Count
        {
            get
            {
                lock (Objects)
                {
                    return Objects.Count;
                }
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
