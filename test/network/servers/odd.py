# SPDX-License-Identifier: MIT
"""Proxies that misbehave, and the web server with PAC files: see proxies.sh."""
import http.server
import socketserver
import threading

ADDRESS = "10.77.3.1"

PAC = """
function FindProxyForURL(url, host) {
    if (dnsDomainIs(host, ".nowhere.test")) return "DIRECT";
    if (shExpMatch(url, "https://*:5349/*")) return "PROXY proxy.test:1; SOCKS5 proxy.test:1080";
    if (isInNet(dnsResolve(host), "10.77.0.0", "255.255.0.0")) return "PROXY proxy.test:3128";
    return "DIRECT";
}
"""

FILES = {
    "/proxy.pac": PAC,
    "/wpad.dat": PAC,
    "/https.pac": 'function FindProxyForURL(url, host) { return "HTTPS proxy.test:3131"; }',
    "/endless.pac": "function FindProxyForURL(url, host) { for (;;) ; }",
    "/broken.pac": "function FindProxyForURL(url, host) { return nothing.at.all; }",
    "/text.pac": "<html>not found</html>",
}


class Silent(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(4096):
            pass


class Garbage(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        self.request.sendall(b"\x00\xff\x13garbage\r\n" * 20)


class Endless(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        try:
            self.request.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.request.sendall(b"X-More: " + b"x" * 4000 + b"\r\n")
        except OSError:
            pass


class HangUp(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = FILES.get(self.path)
        if text is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ns-proxy-autoconfig")
        self.end_headers()
        self.wfile.write(text.encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


servers = [
    Server((ADDRESS, port), handler)
    for port, handler in ((80, Web), (4001, Silent), (4002, Garbage), (4003, Endless), (4004, HangUp))
]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
servers[0].serve_forever()
