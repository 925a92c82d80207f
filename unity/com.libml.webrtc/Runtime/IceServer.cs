// SPDX-License-Identifier: MIT
namespace LibMLWebRTC
{
    /// <summary>A STUN or TURN server: stun:, stuns:, turn: or turns:, or several of them with commas between.</summary>
    public sealed class IceServer
    {
        public IceServer(string uri, string userName = null, string password = null)
        {
            Uri = uri;
            UserName = userName;
            Password = password;
        }

        public string Uri { get; private set; }
        public string UserName { get; private set; }
        public string Password { get; private set; }
    }

    public enum ProxyType
    {
        Https = 0,
        Socks5 = 1
    }

    /// <summary>The proxy that leads to TURN servers.</summary>
    public sealed class ProxyConfig
    {
        public ProxyType Type { get; set; }
        public string HostAddress { get; set; }
        public int HostPort { get; set; }
        public string UserName { get; set; }
        public string Password { get; set; }
        public bool AutoDetect { get; set; }
        public string AutoConfigUrl { get; set; }
        public string BypassList { get; set; }
    }

    /// <summary>A candidate, as it goes from one side to the other.</summary>
    public struct IceCandidate
    {
        public IceCandidate(string candidate, string sdpMid, int sdpMLineIndex)
        {
            Candidate = candidate;
            SdpMid = sdpMid;
            SdpMLineIndex = sdpMLineIndex;
        }

        public string Candidate { get; private set; }
        public string SdpMid { get; private set; }
        public int SdpMLineIndex { get; private set; }
    }
}
