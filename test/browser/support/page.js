// Runs in the page before everything else: what the tests need of a browser's peer connection. It tells what happens
// through window.tell, which the test provides.
window.peer = (() => {
  const self = { channels: [], tracks: [], errors: [] };

  self.create = (configuration) => {
    const pc = new RTCPeerConnection(configuration);
    self.pc = pc;
    self.channels = [];
    self.tracks = [];
    pc.onicecandidate = ({ candidate }) => window.tell('candidate', candidate && candidate.toJSON());
    pc.onconnectionstatechange = () => window.tell('state', pc.connectionState);
    pc.ondatachannel = ({ channel }) => self.adopt(channel, 'channel');
    pc.ontrack = ({ track, streams }) => {
      self.tracks.push({ track, stream: streams[0] });
      window.tell('track', { id: track.id, kind: track.kind, stream: streams[0]?.id });
    };
  };

  self.offer = async (options) => {
    await self.pc.setLocalDescription(await self.pc.createOffer(options));
    return JSON.stringify(self.pc.localDescription);
  };

  self.answer = async (sdp, change) => {
    await self.pc.setRemoteDescription({ type: 'offer', sdp });
    if (change) await new Function('pc', `return (async () => { ${change} })()`)(self.pc);
    await self.pc.setLocalDescription();
    return JSON.stringify(self.pc.localDescription);
  };

  self.accept = (sdp) => self.pc.setRemoteDescription({ type: 'answer', sdp });

  // Candidates may come before the description.
  const early = [];
  self.candidate = async (candidate) => {
    if (self.pc.remoteDescription) await self.pc.addIceCandidate(candidate);
    else early.push(candidate);
  };
  self.flushCandidates = async () => {
    for (const candidate of early.splice(0)) await self.pc.addIceCandidate(candidate);
  };

  // Channels.
  const pattern = (number, at) => (number * 7 + at * 31) & 0xff;
  self.make = (number, size) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at++) bytes[at] = pattern(number, at);
    if (size >= 4) new DataView(bytes.buffer).setUint32(0, number, true);
    return bytes;
  };
  const isPattern = (bytes) => {
    if (bytes.length < 4) return false;
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    for (let at = 4; at < bytes.length; at++) if (bytes[at] !== pattern(number, at)) return false;
    return true;
  };
  self.adopt = (channel, event) => {
    const of = { channel, bytes: 0, broken: 0, messages: 0, quiet: false };
    const id = self.channels.push(of) - 1;
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => window.tell('open', { id });
    channel.onclose = () => window.tell('closed', { id });
    channel.onmessage = ({ data }) => {
      const text = typeof data === 'string';
      const bytes = text ? null : new Uint8Array(data);
      of.messages++;
      of.bytes += text ? data.length : bytes.length;
      if (of.quiet) {
        of.broken += text || !isPattern(bytes) ? 1 : 0;
        return;
      }
      window.tell('message', {
        id, size: text ? new TextEncoder().encode(data).length : bytes.length, text: text ? data : null,
        pattern: !text && isPattern(bytes),
      });
    };
    if (event) window.tell(event, { id, label: channel.label });
    return id;
  };
  self.channel = (label, options) => self.adopt(self.pc.createDataChannel(label, options));
  self.flood = async (id, total, size) => {
    const { channel } = self.channels[id];
    channel.bufferedAmountLowThreshold = 1 << 20;
    for (let number = 0; total > 0; number++) {
      const part = Math.min(size, total);
      channel.send(self.make(number, part));
      total -= part;
      if (channel.bufferedAmount > 4 << 20) await new Promise((resolve) => { channel.onbufferedamountlow = resolve; });
    }
  };

  // Media. Each gives the id of its stream.
  self.media = async (constraints) => {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    for (const track of stream.getTracks()) self.pc.addTrack(track, stream);
    return stream.id;
  };
  self.tone = (hertz) => {
    const context = new AudioContext();
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    gain.gain.value = 0.3;
    oscillator.frequency.value = hertz;
    const destination = context.createMediaStreamDestination();
    oscillator.connect(gain).connect(destination);
    oscillator.start();
    const track = destination.stream.getAudioTracks()[0];
    self.pc.addTrack(track, destination.stream);
    return destination.stream.id;
  };
  self.trackOf = (id) => self.tracks.find(({ track }) => track.id === id)?.track;

  // What is seen of a track: mean colours of three bars, and where the white square is.
  const videos = new Map();
  self.look = async (id) => {
    let video = videos.get(id);
    if (!video) {
      video = document.createElement('video');
      video.muted = true;
      video.srcObject = new MediaStream([self.trackOf(id)]);
      video.frames = 0;
      const count = () => { video.frames++; video.requestVideoFrameCallback(count); };
      video.requestVideoFrameCallback(count);
      document.body.append(video);
      videos.set(id, video);
      await video.play();
    }
    const { videoWidth: width, videoHeight: height } = video;
    if (!width) return null;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    const mean = (x, y, w, h) => {
      const { data } = context.getImageData(x * width, y * height, w * width, h * height);
      const sum = [0, 0, 0];
      for (let at = 0; at < data.length; at += 4) for (let c = 0; c < 3; c++) sum[c] += data[at + c];
      return sum.map((value) => value / (data.length / 4));
    };
    const row = context.getImageData(0, height - Math.round(height / 8), width, 1).data;
    let left = -1;
    for (let x = 0; x < width && left < 0; x++) if (Math.min(row[4 * x], row[4 * x + 1], row[4 * x + 2]) > 180) left = x;
    return {
      width, height, frames: video.frames, square: left / width,
      bars: [mean(0.1, 0.1, 0.15, 0.5), mean(0.42, 0.1, 0.15, 0.5), mean(0.75, 0.1, 0.15, 0.5)],
    };
  };

  // What is heard of a track, by an AnalyserNode: the loudest frequency and its level in dB.
  const ears = new Map();
  self.hear = async (id) => {
    let ear = ears.get(id);
    if (!ear) {
      const stream = new MediaStream([self.trackOf(id)]);
      const element = new Audio(); // Chromium decodes what an element plays
      element.srcObject = stream;
      element.muted = true;
      await element.play();
      const context = new AudioContext({ sampleRate: 48000 });
      const analyser = context.createAnalyser();
      analyser.fftSize = 8192;
      analyser.smoothingTimeConstant = 0.2;
      context.createMediaStreamSource(stream).connect(analyser);
      ear = { element, context, analyser };
      ears.set(id, ear);
    }
    const levels = new Float32Array(ear.analyser.frequencyBinCount);
    ear.analyser.getFloatFrequencyData(levels);
    const loudest = levels.reduce((best, level, at) => (level > levels[best] ? at : best), 0);
    return { hertz: loudest * 48000 / 8192, level: levels[loudest] };
  };

  self.stats = async (type, kind) => {
    const all = [];
    for (const report of (await self.pc.getStats()).values()) {
      if (report.type === type && (!kind || report.kind === kind)) all.push(report);
    }
    return all;
  };
  self.codecs = async () => (await self.stats('codec')).map(({ mimeType, sdpFmtpLine }) => `${mimeType} ${sdpFmtpLine ?? ''}`);

  return self;
})();
