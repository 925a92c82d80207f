// SPDX-License-Identifier: MIT
using UnityEngine;
using AudioSource = LibMLWebRTC.AudioSource;

namespace LibMLWebRTC.Unity
{
    /// <summary>
    /// Sends what is heard at this place: beside an AudioSource its sound (a microphone's clip, too), beside an AudioListener
    /// the whole scene's.
    /// </summary>
    public sealed class AudioReader : MonoBehaviour
    {
        [SerializeField] private bool muteHere = false;

        private int rate;
        private volatile AudioSource source;

        /// <summary>What to add to connections. WebRTC.Initialize comes before.</summary>
        public AudioSource Source
        {
            get
            {
                if (source == null)
                {
                    rate = AudioSettings.outputSampleRate;
                    source = new AudioSource();
                }
                return source;
            }
        }

        // On Unity's audio thread.
        private void OnAudioFilterRead(float[] samples, int channels)
        {
            AudioSource target = source;
            if (target == null)
            {
                return;
            }
            try
            {
                // A second of sound waits already when it is not taken, so what is lost does not matter.
                target.TryPush(samples, 0, samples.Length, channels, rate);
            }
            catch (System.ObjectDisposedException)
            {
                // OnDestroy was faster.
            }
            if (muteHere)
            {
                System.Array.Clear(samples, 0, samples.Length);
            }
        }

        private void OnDestroy()
        {
            AudioSource target = source;
            source = null;
            if (target != null)
            {
                target.Dispose();
            }
        }
    }
}
