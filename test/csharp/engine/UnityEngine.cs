// SPDX-License-Identifier: MIT
// As much of the engine's types as the package uses, without anything behind them: enough for a compiler.
using System;

namespace Unity.Collections
{
    public struct NativeArray<T> where T : struct { }
}

namespace Unity.Collections.LowLevel.Unsafe
{
    public static class NativeArrayUnsafeUtility
    {
        public static unsafe void* GetUnsafeReadOnlyPtr<T>(NativeArray<T> array) where T : struct { return null; }
    }
}

namespace UnityEngine.Rendering
{
    public struct AsyncGPUReadbackRequest
    {
        public bool hasError { get { return false; } }
        public int width { get { return 0; } }
        public int height { get { return 0; } }
        public Unity.Collections.NativeArray<T> GetData<T>(int layer = 0) where T : struct
        {
            return default(Unity.Collections.NativeArray<T>);
        }
    }

    public static class AsyncGPUReadback
    {
        public static AsyncGPUReadbackRequest Request(Texture src, int mipIndex, TextureFormat dstFormat,
                                                      Action<AsyncGPUReadbackRequest> callback = null)
        {
            return default(AsyncGPUReadbackRequest);
        }
    }
}

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

    public enum RenderTextureFormat
    {
        ARGB32
    }

    public class RenderTexture : Texture
    {
        public RenderTexture(int width, int height, int depth, RenderTextureFormat format) { }
        public void Release() { }
    }

    public static class Graphics
    {
        public static void Blit(Texture source, RenderTexture dest, Vector2 scale, Vector2 offset) { }
    }

    public struct Vector2
    {
        public Vector2(float x, float y) { }
    }

    public static class Mathf
    {
        public static float Max(float a, float b) { return 0; }
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
