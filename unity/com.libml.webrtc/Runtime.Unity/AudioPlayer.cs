// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using UnityEngine;

namespace LibMLWebRTC.Unity
{
    /// <summary>Plays a track through the AudioSource beside it, wherever that stands in the scene.</summary>
    [RequireComponent(typeof(UnityEngine.AudioSource))]
    public sealed class AudioPlayer : MonoBehaviour
    {
        private const int Rate = 48000;
        private const int Kept = Rate / 2; // half a second of mono: what is older is dropped

        private readonly object guard = new object();
        private readonly float[] ring = new float[Kept];
        private readonly short[] samples = new short[Rate / 100 * 8];
        private int first, count;
        private double position; // between two samples, for output of another rate
        private int outputRate;
        private AudioSink sink;

        /// <summary>null detaches it.</summary>
        public void Play(MediaSource source)
        {
            if (sink == null)
            {
                sink = new AudioSink(Hear);
            }
            sink.Attach(source);
        }

        private void Awake()
        {
            outputRate = AudioSettings.outputSampleRate;
            GetComponent<UnityEngine.AudioSource>().Play();
        }

        // On a thread of the library.
        private void Hear(IntPtr data, int frames, int channels, int rate)
        {
            lock (guard)
            {
                Marshal.Copy(data, samples, 0, frames * channels);
                for (int frame = 0; frame < frames; frame++)
                {
                    int sum = 0;
                    for (int channel = 0; channel < channels; channel++)
                    {
                        sum += samples[frame * channels + channel];
                    }
                    if (count == Kept)
                    {
                        first = (first + 1) % Kept;
                        count--;
                    }
                    ring[(first + count++) % Kept] = sum / (32768f * channels);
                }
            }
        }

        // On Unity's audio thread.
        private void OnAudioFilterRead(float[] output, int channels)
        {
            lock (guard)
            {
                double step = (double)Rate / outputRate;
                for (int at = 0; at + channels <= output.Length; at += channels)
                {
                    float value = 0;
                    if (count > 1)
                    {
                        float here = ring[first];
                        float next = ring[(first + 1) % Kept];
                        value = here + (next - here) * (float)position;
                        position += step;
                        for (; position >= 1 && count > 1; position--)
                        {
                            first = (first + 1) % Kept;
                            count--;
                        }
                    }
                    for (int channel = 0; channel < channels; channel++)
                    {
                        output[at + channel] = value;
                    }
                }
            }
        }

        private void OnDestroy()
        {
            if (sink != null)
            {
                sink.Dispose();
            }
        }
    }
}
