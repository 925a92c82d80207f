// SPDX-License-Identifier: MIT
// As much of the engine's types as the package uses, without anything behind them: enough for a compiler.
using System;

namespace UnityEngine
{
    public class Object
    {
        public static void Destroy(Object target) { }
    }

    public class Component : Object
    {
        public GameObject gameObject { get { return null; } }
        public T GetComponent<T>() { return default(T); }
    }

    public class Behaviour : Component { }
    public class MonoBehaviour : Behaviour { }

    public class GameObject : Object
    {
        public T AddComponent<T>() where T : Component { return null; }
    }

    public class Renderer : Component
    {
        public Material material { get; set; }
    }

    public class AudioSource : Behaviour
    {
        public void Play() { }
    }

    public class Shader : Object
    {
        public static Shader Find(string name) { return null; }
    }

    public class Material : Object
    {
        public Material(Shader shader) { }
        public void SetTexture(string name, Texture value) { }
    }

    public class Texture : Object
    {
        public int width { get { return 0; } }
        public int height { get { return 0; } }
    }

    public enum TextureFormat
    {
        RGBA32,
        R8
    }

    public class Texture2D : Texture
    {
        public Texture2D(int width, int height, TextureFormat format, bool mipChain) { }
        public void LoadRawTextureData(IntPtr data, int size) { }
        public void Apply(bool updateMipmaps) { }
    }

    public static class AudioSettings
    {
        public static int outputSampleRate { get { return 48000; } }
    }

    public static class Time
    {
        public static int frameCount { get { return 0; } }
        public static float realtimeSinceStartup { get { return 0; } }
    }

    public static class Debug
    {
        public static void Log(object message) { }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class SerializeField : Attribute { }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class RequireComponent : Attribute
    {
        public RequireComponent(Type type) { }
    }
}
