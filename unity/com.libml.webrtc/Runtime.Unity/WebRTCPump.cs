// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using UnityEngine;

namespace LibMLWebRTC.Unity
{
    /// <summary>Runs the events of connections once a frame, on the main thread.</summary>
    public sealed class WebRTCPump : MonoBehaviour
    {
        private readonly List<PeerConnection> connections = new List<PeerConnection>();

        public void Add(PeerConnection connection)
        {
            connections.Add(connection);
        }

        /// <summary>To be called before the connection is disposed of.</summary>
        public void Remove(PeerConnection connection)
        {
            connections.Remove(connection);
        }

        private void Update()
        {
            // A handler may add and remove connections.
            for (int at = connections.Count - 1; at >= 0; at--)
            {
                if (at < connections.Count)
                {
                    connections[at].Pump();
                }
            }
        }
    }
}
