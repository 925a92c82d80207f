// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace LibMLWebRTC.Native
{
    // Structures that point to others: they live as long as the call that they are made for.
    internal static unsafe class Arguments
    {
        public static void WithConfig(IList<IceServer> servers, ProxyConfig proxy, Action<IntPtr> call)
        {
            var memory = new List<GCHandle>();
            try
            {
                int count = servers == null ? 0 : servers.Count;
                var natives = new IceServerNative[count];
                for (int at = 0; at < count; at++)
                {
                    natives[at].Version = 1;
                    natives[at].Uri = Pin(memory, servers[at].Uri);
                    natives[at].UserName = Pin(memory, servers[at].UserName);
                    natives[at].Password = Pin(memory, servers[at].Password);
                }
                var native = new ProxyConfigNative();
                if (proxy != null)
                {
                    native = Proxy(memory, proxy);
                }
                fixed (IceServerNative* first = natives)
                {
                    var config = new ConnectionConfig
                    {
                        Version = 1,
                        IceServers = first,
                        IceServerCount = (uint)count,
                        Proxy = proxy == null ? null : &native
                    };
                    call((IntPtr)(&config));
                }
            }
            finally
            {
                Free(memory);
            }
        }

        public static void WithTexts(string[] texts, Action<IntPtr> call)
        {
            var memory = new List<GCHandle>();
            try
            {
                var pointers = new IntPtr[texts.Length + 1];
                for (int at = 0; at < texts.Length; at++)
                {
                    pointers[at] = (IntPtr)Pin(memory, texts[at]);
                }
                fixed (IntPtr* first = pointers)
                {
                    call((IntPtr)first);
                }
            }
            finally
            {
                Free(memory);
            }
        }

        private static ProxyConfigNative Proxy(List<GCHandle> memory, ProxyConfig proxy)
        {
            return new ProxyConfigNative
            {
                Type = (int)proxy.Type,
                HostAddress = Pin(memory, proxy.HostAddress),
                HostPort = proxy.HostPort,
                UserName = Pin(memory, proxy.UserName),
                Password = Pin(memory, proxy.Password),
                AutoDetect = proxy.AutoDetect ? (byte)1 : (byte)0,
                AutoConfigUrl = Pin(memory, proxy.AutoConfigUrl),
                BypassList = Pin(memory, proxy.BypassList)
            };
        }

        private static byte* Pin(List<GCHandle> memory, string text)
        {
            if (text == null)
            {
                return null;
            }
            GCHandle handle = GCHandle.Alloc(Text.ToNative(text), GCHandleType.Pinned);
            memory.Add(handle);
            return (byte*)handle.AddrOfPinnedObject();
        }

        private static void Free(List<GCHandle> memory)
        {
            foreach (GCHandle handle in memory)
            {
                handle.Free();
            }
        }
    }
}
