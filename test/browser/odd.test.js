// What browsers send that a peer made of this library never does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Call, launch, setStage } from './support/browser.js';
import { eventually } from './support/native.js';

const stage = setStage();

const answer = (call) => call.native.events.findLast(({ event }) => event === 'answer').sdp;
const count = (text, pattern) => (text.match(pattern) ?? []).length;

async function talk(call) {
  const { id } = await call.native.until('channel');
  await call.native.command('send-text', id, 'hello');
  await call.page.until('message', (message) => message.text === 'hello');
}

test('many sections: sendrecv, recvonly, inactive, stopped', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.native.command('video', 'bars', 'show', 320, 240);
  await call.page.call('channel', 'among them');
  await call.page.run(() => {
    const { pc } = window.peer;
    for (let at = 0; at < 6; at++) {
      for (const direction of ['recvonly', 'inactive', 'sendrecv']) {
        pc.addTransceiver('video', { direction });
        pc.addTransceiver('audio', { direction });
      }
    }
  });
  await call.browserOffers();
  await call.connected();
  await talk(call);
  assert.equal(count(answer(call), /^m=/gm), 37);
  const camera = await call.page.call('media', { video: { width: 320, height: 240 } });
  await call.browserOffers();
  const { id } = await call.native.until('track', ({ stream }) => stream === camera);
  await eventually('the camera is seen', async () => (await call.native.command('look', id)).frames > 10);
  await call.page.run(() => {
    // Not the first one: Chromium makes a new transport when the section goes that names the bundle (docs/interop.md).
    for (const transceiver of window.peer.pc.getTransceivers().slice(2, 12)) transceiver.stop();
  });
  await call.browserOffers();
  await call.page.run(() => window.peer.pc.addTransceiver('audio', { direction: 'recvonly' })); // takes a stopped one's place
  await call.browserOffers();
  await call.close();
});

test('simulcast is offered', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.page.run(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
    window.peer.pc.addTransceiver(stream.getVideoTracks()[0], {
      streams: [stream],
      sendEncodings: [{ rid: 'low', scaleResolutionDownBy: 4 }, { rid: 'middle', scaleResolutionDownBy: 2 }, { rid: 'high' }],
    });
  });
  await call.browserOffers();
  await call.connected();
  assert.ok(!answer(call).includes('a=simulcast'));
  const { id } = await call.native.until('track');
  await eventually('one of them is seen', async () => (await call.native.command('look', id)).frames > 10);
  await call.close();
});

test('mDNS names instead of addresses', async () => {
  // A page without access to devices does not learn the addresses of its machine.
  const shy = await launch({ devices: false });
  const call = await Call.open(shy, stage.url);
  const found = [];
  call.changeCandidate = (candidate) => {
    if (candidate) found.push(candidate.candidate);
    return candidate;
  };
  await call.page.call('channel', 'hidden');
  await call.browserOffers();
  await call.connected();
  await talk(call);
  assert.ok(found.some((candidate) => candidate.includes('.local ')), found.join());
  await call.close();
  await shy.close();
});

test('descriptions with all candidates in them, and their end', async () => {
  const call = await Call.open(stage.browser, stage.url);
  call.changeCandidate = () => undefined;
  await call.page.call('channel', 'at once');
  await call.page.call('media', { audio: true });
  await call.page.call('offer');
  const offer = await eventually('all candidates are there', () => call.page.run(() =>
    window.peer.pc.iceGatheringState === 'complete' && window.peer.pc.localDescription.sdp));
  assert.match(offer, /a=extmap-allow-mixed/);
  assert.match(offer, /a=rtcp-rsize/);
  const withEnd = offer.replace(/(a=candidate:[^\r]*\r\n)(?!a=candidate)/, '$1a=end-of-candidates\r\n');
  assert.match(withEnd, /a=end-of-candidates/);
  await call.native.command('remote-offer', JSON.stringify({ type: 'offer', sdp: withEnd }));
  await call.connected();
  await talk(call);
  await call.close();
});

test('candidates that come before the description, twice, and the empty one', async () => {
  const call = await Call.open(stage.browser, stage.url);
  const early = [];
  call.changeCandidate = (candidate) => { if (candidate) early.push(candidate); };
  await call.page.call('channel', 'late');
  const offer = await call.page.call('offer');
  await call.page.until('candidate', (candidate) => candidate === null || candidate.candidate === '');
  assert.ok(early.length > 0);
  for (let turn = 0; turn < 2; turn++) {
    for (const { sdpMLineIndex, sdpMid, candidate } of early) {
      await call.native.command('candidate', sdpMLineIndex, sdpMid ?? '-', candidate);
    }
  }
  await call.native.command('candidate', 0, '0', '');
  await call.native.command('remote-offer', offer);
  await call.connected();
  await talk(call);
  await call.close();
});

for (const bundlePolicy of ['balanced', 'max-compat', 'max-bundle']) {
  test(`the bundle policy ${bundlePolicy}`, async () => {
    const call = await Call.open(stage.browser, stage.url, { bundlePolicy });
    await call.native.command('audio', 'tone', 'show', 500);
    await call.page.call('channel', 'bundled');
    await call.page.run(() => {
      window.peer.pc.addTransceiver('audio');
      window.peer.pc.addTransceiver('video');
    });
    await call.browserOffers();
    await call.connected();
    await talk(call);
    await call.close();
  });
}

test('offers of both sides at once', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.page.call('channel', 'collision');
  call.changeAnswer = undefined;
  // The library's offer is out when the browser's comes; the library yields, since nothing was negotiated before.
  const offer = await call.page.call('offer');
  const stop = call.native.watchers; // the library's own offer is not passed on
  const before = [...stop];
  stop.clear();
  await call.native.command('offer');
  await call.native.until('offer');
  for (const watcher of before) stop.add(watcher);
  await call.native.command('remote-offer', offer);
  await call.connected();
  await talk(call);
  await call.close();
});
