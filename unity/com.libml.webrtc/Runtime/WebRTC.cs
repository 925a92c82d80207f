// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using LibMLWebRTC.Native;

namespace LibMLWebRTC
{
    /// <summary>What the library answers; negative ones are WebRTC's own.</summary>
    public enum ResultCode
    {
        Ok = 0,
        Pending = 1,
        Timeout = 2,
        Locked = 3,
        UnspecifiedFailure = 4,
        InvalidParam = 5,
        AllocFailed = 6,
        PermissionDenied = 7,
        NotImplemented = 8,
        IllegalState = 13,
        InstanceNotCreated = unchecked((int)0xefc70000),
        MismatchingHandle = unchecked((int)0xefc70001),
        InvalidFrameFormat = unchecked((int)0xefc70002),
        InvalidFramePlaneCount = unchecked((int)0xefc70003),
        SendNativeFrameError = unchecked((int)0xefc70004),
        DataChannelIsClosed = unchecked((int)0xefc70005)
    }

    public enum LogLevel
    {
        Verbose = 2,
        Debug = 3,
        Info = 4,
        Warning = 5,
        Error = 6,
        Silent = 8
    }

    /// <summary>A call that the library refused.</summary>
    public sealed class WebRTCException : Exception
    {
        public WebRTCException(ResultCode code, string call) : base(call + ": " + WebRTC.NameOf(code))
        {
            Code = code;
        }

        public ResultCode Code { get; private set; }
    }

    /// <summary>The library as a whole. Call <see cref="Initialize"/> before anything else.</summary>
    public static unsafe class WebRTC
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void OnMessageDelegate(uint level, byte* message, IntPtr context);

        // Rooted for as long as the native side may call them.
        private static readonly OnMessageDelegate OnMessageRoot = OnMessage;
        private static Action<LogLevel, string> log;
        private static bool watching;

        /// <summary>Begins, or begins anew: what is left of an earlier beginning is dropped without a callback.</summary>
        /// <param name="level">What is less than that is not even formatted.</param>
        /// <param name="onMessage">Called on a thread of the library. null: nothing is logged.</param>
        public static void Initialize(LogLevel level = LogLevel.Silent, Action<LogLevel, string> onMessage = null)
        {
            if (!watching)
            {
                // The Editor reloads the domain of scripts: sound and messages must not come to one that is gone.
                watching = true;
                AppDomain.CurrentDomain.DomainUnload += (sender, arguments) => Methods.MLWebRTCInstanceDestroy();
            }
            log = onMessage;
            var utils = new DebugUtils
            {
                Version = 1,
                LogLevel = (uint)(onMessage == null ? LogLevel.Silent : level),
                OnMessage = Marshal.GetFunctionPointerForDelegate(OnMessageRoot)
            };
            Check(Methods.MLWebRTCInstanceCreateWithDebugUtils(&utils), "Initialize");
        }

        /// <summary>Ends everything; no callback comes afterwards. Harmless when there is nothing to end.</summary>
        public static void Shutdown()
        {
            int result = Methods.MLWebRTCInstanceDestroy();
            log = null;
            if ((ResultCode)result != ResultCode.InstanceNotCreated)
            {
                Check(result, "Shutdown");
            }
        }

        /// <summary>Told of exceptions that handlers of events have thrown: they don't get through native code.</summary>
        public static event Action<Exception> HandlerFailed;

        public static string NameOf(ResultCode code)
        {
            return Text.FromNative(Methods.MLWebRTCGetResultString((int)code));
        }

        internal static void Check(int result, string call)
        {
            if (result != 0)
            {
                throw new WebRTCException((ResultCode)result, call);
            }
        }

        /// <summary>Runs what a callback leads to.</summary>
        internal static void Guard(Action handler)
        {
            try
            {
                handler();
            }
            catch (Exception thrown)
            {
                Action<Exception> told = HandlerFailed;
                if (told == null)
                {
                    Console.Error.WriteLine("LibMLWebRTC: a handler has thrown: " + thrown);
                }
                else
                {
                    told(thrown);
                }
            }
        }

        [MonoPInvokeCallback(typeof(OnMessageDelegate))]
        private static void OnMessage(uint level, byte* message, IntPtr context)
        {
            Action<LogLevel, string> told = log;
            string text = Text.FromNative(message);
            if (told != null)
            {
                Guard(() => told((LogLevel)level, text));
            }
        }
    }
}
