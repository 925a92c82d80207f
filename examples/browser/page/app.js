// The page's side of the call. Signalling is plain HTTP: see the head of main.c.
import { Plot } from './plot.js';

const $ = (id) => document.getElementById(id);
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();

let call; // nothing, or the one that runs

function show(state) {
  $('state').dataset.state = state;
  $('state').textContent = state === 'new' ? 'not connected' : state;
  $('connect').textContent = call ? 'Disconnect' : 'Connect';
}

function complain(error) {
  $('problem').textContent = String(error?.message ?? error);
  $('problem').hidden = !error;
}

function say(text, own) {
  const item = document.createElement('li');
  item.textContent = text;
  item.classList.toggle('own', own);
  $('messages').append(item);
  item.scrollIntoView({ block: 'nearest' });
}

async function request(method, path, body) {
  const response = await fetch(path, { method, body });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

// The camera and the microphone, or what there is of them.
async function capture() {
  for (const constraints of [{ video: { width: 640, height: 480 }, audio: true }, { video: true }, { audio: true }]) {
    try {
      return await navigator.mediaDevices.getUserMedia(constraints);
    } catch (error) {
      console.info('capture:', error.message);
    }
  }
  return new MediaStream();
}

class Call {
  async begin() {
    this.stream = await capture();
    $('local').srcObject = this.stream;
    for (const kind of ['camera', 'microphone']) this.enable(kind);
    ({ id: this.id } = await (await request('POST', '/peers')).json());
    this.path = `/peers/${this.id}`;
    const pc = (this.pc = new RTCPeerConnection());
    pc.onconnectionstatechange = () => this.changed();
    pc.onicecandidate = ({ candidate }) => candidate && this.send(candidate).catch(complain);
    pc.ontrack = ({ track, streams }) => {
      $('remote').srcObject = streams[0] ?? new MediaStream([track]);
    };
    for (const kind of ['audio', 'video']) {
      const track = this.stream.getTracks().find((one) => one.kind === kind);
      pc.addTransceiver(track ?? kind, { streams: [this.stream], direction: track ? 'sendrecv' : 'recvonly' });
    }
    this.chat = pc.createDataChannel('chat');
    this.chat.onmessage = ({ data }) => say(data, false);
    this.chat.onopen = this.chat.onclose = () => this.changed();
    await pc.setLocalDescription();
    await request('POST', `${this.path}/offer`, JSON.stringify(pc.localDescription));
    this.fetched = 0;
    this.poll();
    this.measuring = setInterval(() => this.measure().catch(() => {}), 500);
  }

  send({ candidate, sdpMid, sdpMLineIndex }) {
    const query = new URLSearchParams({ mid: sdpMid ?? '', index: sdpMLineIndex ?? 0 });
    return request('POST', `${this.path}/candidate?${query}`, candidate);
  }

  // Fetches what the program says, often at first and then now and again.
  async poll() {
    while (!this.ended) {
      try {
        const { first, messages } = await (await request('GET', `${this.path}/messages?from=${this.fetched}`)).json();
        for (const message of messages.slice(Math.max(0, this.fetched - first))) await this.take(message);
        this.fetched = Math.max(this.fetched, first + messages.length);
      } catch (error) {
        if (!this.ended) complain(error);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, this.pc.connectionState === 'connected' ? 500 : 50));
    }
  }

  async take({ type, sdp, candidate, sdpMid, sdpMLineIndex }) {
    const { pc } = this;
    if (type === 'candidate') {
      await pc.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
      return;
    }
    await pc.setRemoteDescription({ type, sdp });
    if (type === 'offer') {
      await pc.setLocalDescription();
      await request('POST', `${this.path}/answer`, JSON.stringify(pc.localDescription));
    }
  }

  changed() {
    const { connectionState } = this.pc;
    show(connectionState);
    const open = this.chat.readyState === 'open';
    for (const one of $('chat').elements) one.disabled = !open;
    if (connectionState === 'closed' || connectionState === 'failed') end();
  }

  enable(kind) {
    const tracks = kind === 'camera' ? this.stream.getVideoTracks() : this.stream.getAudioTracks();
    for (const track of tracks) track.enabled = $(kind).checked;
  }

  async measure() {
    const stats = await this.pc.getStats();
    let received = 0, sent = 0, rate = null, rtt = null;
    const codecs = new Set();
    for (const report of stats.values()) {
      if (report.type === 'transport') [received, sent] = [report.bytesReceived, report.bytesSent];
      if (report.type === 'inbound-rtp' && report.kind === 'video') rate = report.framesPerSecond ?? null;
      if (report.type === 'candidate-pair' && report.nominated) rtt = (report.currentRoundTripTime ?? 0) * 1000;
      if (report.type === 'codec') codecs.add(report.mimeType.split('/')[1]);
    }
    const now = performance.now();
    if (this.before) {
      const passed = now - this.before.now;
      plots.in.add((8 * (received - this.before.received)) / passed);
      plots.out.add((8 * (sent - this.before.sent)) / passed);
      plots.rate.add(rate);
      plots.rtt.add(rtt);
    }
    this.before = { now, received, sent };
    $('codecs').textContent = [...codecs].join(', ');
    const { videoWidth, videoHeight } = $('remote');
    $('remote-size').textContent = videoWidth ? `${videoWidth} × ${videoHeight}` : '';
  }

  end() {
    this.ended = true;
    clearInterval(this.measuring);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.pc?.close();
    if (this.path) navigator.sendBeacon(`${this.path}/bye`);
    $('remote').srcObject = $('local').srcObject = null;
    for (const one of $('chat').elements) one.disabled = true;
  }
}

const plots = {
  in: new Plot($('plot-in'), $('in'), { colour: colour('--accent'), unit: 'kbit/s' }),
  out: new Plot($('plot-out'), $('out'), { colour: colour('--second'), unit: 'kbit/s' }),
  rate: new Plot($('plot-rate'), $('rate'), { colour: colour('--warn'), unit: '/s' }),
  rtt: new Plot($('plot-rtt'), $('rtt'), { colour: colour('--bad'), unit: 'ms', digits: 1 }),
};

function end() {
  call?.end();
  call = undefined;
  show('new');
}

$('connect').onclick = async () => {
  complain();
  if (call) {
    end();
    return;
  }
  call = new Call();
  show('connecting');
  try {
    await call.begin();
  } catch (error) {
    end();
    complain(error);
  }
};
for (const kind of ['camera', 'microphone']) $(kind).onchange = () => call?.enable(kind);
$('chat').onsubmit = (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text || !call) return;
  call.chat.send(text);
  say(text, true);
  $('text').value = '';
};
addEventListener('pagehide', () => call?.end());
show('new');
