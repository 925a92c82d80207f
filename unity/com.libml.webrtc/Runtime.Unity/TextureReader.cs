// SPDX-License-Identifier: MIT
using Unity.Collections;
using Unity.Collections.LowLevel.Unsafe;
using UnityEngine;
using UnityEngine.Rendering;

namespace LibMLWebRTC.Unity
{
    /// <summary>
    /// Sends a texture: what a camera renders into it, a WebCamTexture, a video. The pixels come from the graphics processor
    /// without holding up the frame.
    /// </summary>
    public sealed class TextureReader : MonoBehaviour
    {
        [SerializeField] private Texture texture = null;
        [SerializeField] private float framesPerSecond = 30;

        private VideoSource source;
        private RenderTexture upright;
        private bool reading;
        private float due;

        /// <summary>What to add to connections. WebRTC.Initialize comes before.</summary>
        public VideoSource Source
        {
            get { return source ?? (source = new VideoSource()); }
        }

        /// <summary>null: nothing is sent.</summary>
        public Texture Texture
        {
            get { return texture; }
            set { texture = value; }
        }

        private void Update()
        {
            float now = Time.realtimeSinceStartup;
            if (source == null || texture == null || reading || now < due)
            {
                return;
            }
            due = Mathf.Max(due + 1 / framesPerSecond, now - 1 / framesPerSecond);
            if (upright == null || upright.width != texture.width || upright.height != texture.height)
            {
                Drop();
                upright = new RenderTexture(texture.width, texture.height, 0, RenderTextureFormat.ARGB32);
            }
            // The first row of a texture is the lowest one, that of a picture the uppermost.
            Graphics.Blit(texture, upright, new Vector2(1, -1), new Vector2(0, 1));
            reading = true;
            AsyncGPUReadback.Request(upright, 0, TextureFormat.RGBA32, Push);
        }

        private unsafe void Push(AsyncGPUReadbackRequest request)
        {
            reading = false;
            if (request.hasError || source == null)
            {
                return;
            }
            NativeArray<byte> pixels = request.GetData<byte>();
            source.PushRgba((System.IntPtr)NativeArrayUnsafeUtility.GetUnsafeReadOnlyPtr(pixels), request.width, request.height,
                            4 * request.width, (long)(Time.realtimeSinceStartup * 1e6));
        }

        private void Drop()
        {
            if (upright != null)
            {
                upright.Release();
                Destroy(upright);
            }
        }

        private void OnDestroy()
        {
            if (source != null)
            {
                source.Dispose();
                source = null;
            }
            Drop();
        }
    }
}
