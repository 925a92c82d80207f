// Pictures and sound, both ways: colours, motion, pitch; both codecs of video; muting; tracks that come and go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Call, setStage } from './support/browser.js';
import { eventually } from './support/native.js';

const stage = setStage();

const colours = [[220, 20, 20], [20, 220, 20], [20, 20, 220]];

function coloursMatch(seen) {
  return seen.bars.every((bar, at) => bar.every((value, channel) => Math.abs(value - colours[at][channel]) < 30));
}

async function nativeTrack(call, kind, stream) {
  return (await call.native.until('track', (track) => track.kind === kind && track.stream === stream)).id;
}

// The page sees the library's bars, and the square on its way.
async function pageSees(page, id, width, height) {
  await eventually(`the bars of ${id} are seen`, async () => {
    const seen = await page.call('look', id);
    return seen && seen.width === width && seen.height === height && coloursMatch(seen);
  });
  const first = await page.call('look', id);
  await eventually(`${id} moves`, async () => {
    const seen = await page.call('look', id);
    return seen.frames >= first.frames + 5 && seen.square >= 0 && Math.abs(seen.square - first.square) > 0.05;
  });
}

async function pageHears(page, id, hertz) {
  await eventually(`${hertz} Hz of ${id} are heard`, async () => {
    const heard = await page.call('hear', id);
    return Math.abs(heard.hertz - hertz) < 12 && heard.level > -50;
  });
}

// The library sees the fake camera: a picture with colours that moves.
async function nativeSees(native, id) {
  const before = await native.command('look', id);
  return eventually(`the camera ${id} is seen`, async () => {
    const seen = await native.command('look', id);
    return seen.frames >= before.frames + 10 && seen.width > 0 && seen.motion > 0.2 && seen;
  });
}

async function nativeHears(native, id, hertz) {
  await eventually(`${hertz} Hz of ${id} are heard`, async () => {
    const heard = await native.command('hear', id, hertz);
    return heard.level > 0.1 && heard.share > 0.9;
  });
}

// A browser names the tracks of its own transceivers itself; streams bear the names that were given to them.
async function trackOf(call, kind, stream) {
  return (await call.page.until('track', (track) => track.kind === kind && track.stream === stream)).value.id;
}

test('pictures and sound both ways, the browser offers', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.native.command('video', 'bars', 'show', 320, 240);
  await call.native.command('audio', 'tone', 'show', 660);
  const camera = await call.page.call('media', { video: { width: 320, height: 240 } });
  const tone = await call.page.call('tone', 440);
  await call.browserOffers();
  await call.connected();
  const bars = await trackOf(call, 'video', 'show');
  const sound = await trackOf(call, 'audio', 'show');
  const pictures = await nativeTrack(call, 'video', camera);
  const voice = await nativeTrack(call, 'audio', tone);
  await pageSees(call.page, bars, 320, 240);
  await pageHears(call.page, sound, 660);
  const seen = await nativeSees(call.native, pictures);
  // Chromium's fake camera is green, mostly.
  assert.ok(seen.green > seen.red + 20 && seen.green > seen.blue + 20, JSON.stringify(seen));
  assert.deepEqual([seen.width, seen.height], [320, 240]);
  await nativeHears(call.native, voice, 440);
  const codecs = await call.page.call('codecs');
  assert.ok(codecs.some((codec) => codec.startsWith('video/VP8')), codecs.join());
  assert.ok(codecs.some((codec) => codec.startsWith('audio/opus')), codecs.join());
  await call.close();
});

test('pictures and sound both ways, the library offers', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.native.command('video', 'bars', 'show', 322, 181); // an odd size
  await call.native.command('audio', 'tone', 'show', 550);
  const devices = await call.page.call('media', { video: true, audio: true });
  await call.libraryOffers();
  await call.connected();
  await pageSees(call.page, await trackOf(call, 'video', 'show'), 322, 181);
  await pageHears(call.page, await trackOf(call, 'audio', 'show'), 550);
  await nativeSees(call.native, await nativeTrack(call, 'video', devices));
  const microphone = await nativeTrack(call, 'audio', devices);
  // The fake microphone beeps; between two beeps there is silence.
  await eventually('the beeps are heard', async () => {
    const heard = await call.native.command('hear', microphone, 200);
    return heard.rms > 0.005;
  });
  await call.close();
});

for (const [first, name] of [['VP9', 'the browser prefers VP9'], ['VP8', 'the browser prefers VP8']]) {
  test(name, async () => {
    const call = await Call.open(stage.browser, stage.url);
    await call.native.command('video', 'bars', 'show', 320, 240);
    const camera = await call.page.call('media', { video: { width: 320, height: 240 } });
    await call.page.run((codec) => {
      const { codecs } = RTCRtpReceiver.getCapabilities('video');
      const wanted = codecs.filter(({ mimeType, sdpFmtpLine }) =>
        mimeType === `video/${codec}` && (codec !== 'VP9' || sdpFmtpLine === 'profile-id=0'));
      const others = codecs.filter((one) => !wanted.includes(one));
      window.peer.pc.getTransceivers()[0].setCodecPreferences([...wanted, ...others]);
    }, first);
    await call.browserOffers();
    await pageSees(call.page, await trackOf(call, 'video', 'show'), 320, 240);
    await nativeSees(call.native, await nativeTrack(call, 'video', camera));
    const used = await call.page.run(async () => {
      const all = await window.peer.pc.getStats();
      return [...all.values()].filter(({ type }) => type === 'inbound-rtp' || type === 'outbound-rtp')
        .map(({ codecId }) => all.get(codecId)?.mimeType);
    });
    assert.deepEqual(used, [`video/${first}`, `video/${first}`]);
    await call.close();
  });
}

for (const codec of ['PCMU', 'PCMA']) {
  test(`sound in ${codec}, which every browser has to know`, async () => {
    const call = await Call.open(stage.browser, stage.url);
    await call.native.command('audio', 'tone', 'show', 660);
    const tone = await call.page.call('tone', 440);
    await call.page.run((name) => {
      const { codecs } = RTCRtpReceiver.getCapabilities('audio');
      window.peer.pc.getTransceivers()[0].setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === `audio/${name}`));
    }, codec);
    await call.browserOffers();
    await pageHears(call.page, await trackOf(call, 'audio', 'show'), 660);
    await nativeHears(call.native, await nativeTrack(call, 'audio', tone), 440);
    assert.ok((await call.page.call('codecs')).every((used) => used.startsWith(`audio/${codec}`)));
    await call.close();
  });
}

test('muting and unmuting each track', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.native.command('video', 'bars', 'show', 320, 240);
  await call.native.command('audio', 'tone', 'show', 660);
  const camera = await call.page.call('media', { video: { width: 320, height: 240 } });
  const tone = await call.page.call('tone', 440);
  await call.browserOffers();
  const bars = await trackOf(call, 'video', 'show');
  const sound = await trackOf(call, 'audio', 'show');
  await pageSees(call.page, bars, 320, 240);
  await pageHears(call.page, sound, 660);
  const pictures = await nativeTrack(call, 'video', camera);
  const voice = await nativeTrack(call, 'audio', tone);
  await nativeSees(call.native, pictures);
  await nativeHears(call.native, voice, 440);

  await call.native.command('enable', 'bars', 0);
  await call.native.command('enable', 'tone', 0);
  await eventually('the page sees black', async () => {
    const seen = await call.page.call('look', bars);
    return seen.bars.flat().every((value) => value < 30);
  });
  await eventually('the page hears nothing', async () => (await call.page.call('hear', sound)).level < -75);
  await call.native.command('enable', 'bars', 1);
  await call.native.command('enable', 'tone', 1);
  await pageSees(call.page, bars, 320, 240);
  await pageHears(call.page, sound, 660);

  const mute = (on) => call.page.run((enabled) => {
    for (const { track } of window.peer.pc.getSenders()) track.enabled = enabled;
  }, !on);
  await mute(true);
  await eventually('the library sees black', async () => {
    const { red, green, blue } = await call.native.command('look', pictures);
    return red < 20 && green < 20 && blue < 20;
  });
  await eventually('the library hears nothing', async () => (await call.native.command('hear', voice, 440)).rms < 0.003);
  await mute(false);
  await nativeSees(call.native, pictures);
  await nativeHears(call.native, voice, 440);
  await call.close();
});

test('tracks come and go while connected, from both sides', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.native.command('channel', 'beside');
  await call.libraryOffers();
  await call.connected();
  // The library's, with offers of either side.
  await call.native.command('video', 'one', 'show', 320, 240);
  await call.libraryOffers();
  const one = await trackOf(call, 'video', 'show');
  assert.equal(one, 'one'); // a transceiver of ours
  await pageSees(call.page, one, 320, 240);
  await call.native.command('audio', 'two', 'show', 770);
  await call.libraryOffers();
  const two = await trackOf(call, 'audio', 'show');
  await pageHears(call.page, two, 770);
  // The page's.
  const camera = await call.page.call('media', { video: { width: 320, height: 240 } });
  await call.browserOffers();
  const pictures = await nativeTrack(call, 'video', camera);
  await nativeSees(call.native, pictures);
  const tone = await call.page.call('tone', 330);
  await call.browserOffers();
  const voice = await nativeTrack(call, 'audio', tone);
  await nativeHears(call.native, voice, 330);
  // A channel while all that runs.
  const later = await call.page.call('channel', 'amid the media');
  const { id: seen } = await call.native.until('channel', ({ label }) => label === 'amid the media');
  await call.page.until('open', ({ id }) => id === later);
  await call.native.command('send-text', seen, 'amid');
  await call.page.until('message', ({ text }) => text === 'amid');
  // And away.
  await call.native.command('remove', 'one');
  await call.libraryOffers();
  await eventually('the track is muted', () => call.page.run(() => window.peer.trackOf('one').muted));
  await call.page.run(() => {
    const { pc } = window.peer;
    pc.removeTrack(pc.getSenders().find(({ track }) => track?.kind === 'video'));
  });
  await call.browserOffers();
  await call.native.until('removed', ({ id }) => id === pictures);
  // What is left goes on, and what comes again is seen.
  await pageHears(call.page, two, 770);
  await nativeHears(call.native, voice, 330);
  await call.native.command('video', 'three', 'again', 320, 240);
  await call.libraryOffers();
  await pageSees(call.page, await trackOf(call, 'video', 'again'), 320, 240);
  const again = await call.page.call('media', { video: { width: 320, height: 240 } });
  await call.browserOffers();
  await nativeSees(call.native, await nativeTrack(call, 'video', again));
  await call.close();
});
