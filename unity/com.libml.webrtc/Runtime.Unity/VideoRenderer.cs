// SPDX-License-Identifier: MIT
using System;
using UnityEngine;

namespace LibMLWebRTC.Unity
{
    /// <summary>Shows a track, or a source of one's own, on the material of a renderer. The shader turns YUV into RGB.</summary>
    public sealed class VideoRenderer : MonoBehaviour
    {
        [SerializeField] private Renderer target;
        [SerializeField] private Shader shader;

        private VideoSink sink;
        private Material material;
        private Texture2D luma, u, v;

        /// <summary>null detaches it.</summary>
        public void Show(MediaSource source)
        {
            if (sink == null)
            {
                sink = new VideoSink();
            }
            sink.Attach(source);
        }

        private void Update()
        {
            VideoFrame frame;
            if (sink == null || !sink.TryAcquire(PixelFormat.I420, out frame))
            {
                return;
            }
            using (frame)
            {
                int halfWidth = (frame.Width + 1) / 2;
                int halfHeight = (frame.Height + 1) / 2;
                Prepare(frame.Width, frame.Height, halfWidth, halfHeight);
                Load(luma, frame.Pixels, frame.Width * frame.Height);
                Load(u, frame.U, halfWidth * halfHeight);
                Load(v, frame.V, halfWidth * halfHeight);
            }
        }

        private static void Load(Texture2D texture, IntPtr pixels, int size)
        {
            texture.LoadRawTextureData(pixels, size);
            texture.Apply(false);
        }

        private void Prepare(int width, int height, int halfWidth, int halfHeight)
        {
            if (material == null)
            {
                material = new Material(shader != null ? shader : Shader.Find("LibMLWebRTC/YuvToRgb"));
                (target != null ? target : GetComponent<Renderer>()).material = material;
            }
            if (luma != null && luma.width == width && luma.height == height)
            {
                return;
            }
            Drop();
            luma = new Texture2D(width, height, TextureFormat.R8, false);
            u = new Texture2D(halfWidth, halfHeight, TextureFormat.R8, false);
            v = new Texture2D(halfWidth, halfHeight, TextureFormat.R8, false);
            material.SetTexture("_MainTex", luma);
            material.SetTexture("_U", u);
            material.SetTexture("_V", v);
        }

        private void Drop()
        {
            foreach (Texture2D texture in new[] { luma, u, v })
            {
                if (texture != null)
                {
                    Destroy(texture);
                }
            }
        }

        private void OnDestroy()
        {
            if (sink != null)
            {
                sink.Dispose();
            }
            Drop();
            if (material != null)
            {
                Destroy(material);
            }
        }
    }
}
