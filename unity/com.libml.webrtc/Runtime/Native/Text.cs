// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace LibMLWebRTC.Native
{
    // Strings as the C interface has them: UTF-8, ended by a zero.
    internal static unsafe class Text
    {
        public static byte[] ToNative(string text)
        {
            if (text == null)
            {
                return null;
            }
            var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
            Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }

        public static string FromNative(byte* text)
        {
            if (text == null)
            {
                return null;
            }
            int size = 0;
            while (text[size] != 0)
            {
                size++;
            }
            return FromNative(text, size);
        }

        public static string FromNative(byte* text, int size)
        {
            return size == 0 ? string.Empty : Encoding.UTF8.GetString(Copy(text, size));
        }

        public static byte[] Copy(void* data, int size)
        {
            var bytes = new byte[size];
            if (size > 0)
            {
                System.Runtime.InteropServices.Marshal.Copy((IntPtr)data, bytes, 0, size);
            }
            return bytes;
        }
    }
}
