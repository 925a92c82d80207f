// Who offers, and what comes of it: trickled candidates, data channels of either side.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Call, setStage } from './support/browser.js';
import { eventually } from './support/native.js';

const stage = setStage();

const text = 'grüße, 你好, 🌍 — “ok”';

async function exchange(call, nativeChannel, pageChannel) {
  const { native, page } = call;
  await native.command('send-text', nativeChannel, text);
  const inPage = await page.until('message', ({ id, text: got }) => id === pageChannel && got === text);
  assert.equal(inPage.value.size, Buffer.byteLength(text));
  await page.run(([id, message]) => window.peer.channels[id].channel.send(message), [pageChannel, text]);
  const atNative = await native.until('message', ({ id, text: got }) => id === nativeChannel && got === text);
  assert.equal(atNative.binary, 0);
}

test('the browser offers', async () => {
  const call = await Call.open(stage.browser, stage.url);
  const mine = await call.page.call('channel', 'from the page');
  await call.browserOffers();
  await call.connected();
  const theirs = await call.native.until('channel');
  assert.equal(theirs.label, 'from the page');
  await call.native.until('open', ({ id }) => id === theirs.id);
  await exchange(call, theirs.id, mine);
  // Both sides told all their candidates, and the ends of them.
  assert.ok(call.native.count('candidate') > 0);
  await call.native.until('gathered');
  await call.page.until('candidate', (candidate) => candidate === null);
  await call.close();
});

test('the library offers', async () => {
  const call = await Call.open(stage.browser, stage.url);
  const { id } = await call.native.command('channel', 'from the library');
  await call.libraryOffers();
  await call.connected();
  const { value: theirs } = await call.page.until('channel');
  assert.equal(theirs.label, 'from the library');
  await call.native.until('open');
  await exchange(call, id, theirs.id);
  await call.close();
});

test('channels that come later, from both sides, and go again', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await call.native.command('channel', 'first');
  await call.libraryOffers();
  await call.connected();
  const later = await call.native.command('channel', 'später');
  const { value: seen } = await call.page.until('channel', ({ label }) => label === 'später');
  const mine = await call.page.call('channel', 'aus der Seite');
  const got = await call.native.until('channel', ({ label }) => label === 'aus der Seite');
  await call.page.until('open', ({ id }) => id === mine);
  await exchange(call, later.id, seen.id);
  await exchange(call, got.id, mine);
  await call.native.command('destroy-channel', later.id);
  await call.page.until('closed', ({ id }) => id === seen.id);
  await call.page.run((id) => window.peer.channels[id].channel.close(), mine);
  await call.native.until('closed', ({ id }) => id === got.id);
  await call.close();
});

test('messages of all kinds and sizes', async () => {
  const call = await Call.open(stage.browser, stage.url);
  const mine = await call.page.call('channel', 'sizes');
  await call.browserOffers();
  const { id } = await call.native.until('channel');
  await call.page.until('open');
  for (const size of [0, 4, 1000, 65536, 262144]) {
    let from = call.page.mark();
    await call.native.command('send-binary', id, size);
    const { value: inPage } = await call.page.until('message', undefined, from);
    assert.deepEqual([inPage.size, inPage.text, inPage.pattern], [size, null, size >= 4]);
    for (const kind of ['ArrayBuffer', 'Blob']) {
      from = call.native.mark();
      await call.page.run(([channel, length, as]) => {
        const bytes = window.peer.make(5, length);
        window.peer.channels[channel].channel.send(as === 'Blob' ? new Blob([bytes]) : bytes.buffer);
      }, [mine, size, kind]);
      const atNative = await call.native.until('message', undefined, from);
      assert.deepEqual([atNative.size, atNative.binary], [size, 1], kind);
      if (size >= 4) assert.equal(atNative.pattern, 1, kind);
    }
  }
  const from = call.native.mark();
  await call.page.run((channel) => window.peer.channels[channel].channel.send(''), mine);
  const empty = await call.native.until('message', undefined, from);
  assert.deepEqual([empty.size, empty.binary], [0, 0]);
  await call.close();
});

test('much in both directions at once', async () => {
  const call = await Call.open(stage.browser, stage.url);
  const mine = await call.page.call('channel', 'much');
  await call.browserOffers();
  const { id } = await call.native.until('channel');
  await call.page.until('open');
  const total = 50_000_000, size = 65_536;
  await call.native.command('quiet', id);
  await call.page.run((channel) => { window.peer.channels[channel].quiet = true; }, mine);
  const begun = Date.now();
  await call.native.command('flood', id, total, size);
  const flooding = call.page.page.evaluate(([channel, all, each]) => window.peer.flood(channel, all, each), [mine, total, size]);
  await eventually('all has arrived', async () => {
    const at = await call.native.command('received', id);
    const there = await call.page.run((channel) => window.peer.channels[channel].bytes, mine);
    return at.bytes === total && there === total;
  }, 120_000);
  await flooding;
  const at = await call.native.command('received', id);
  const broken = await call.page.run((channel) => window.peer.channels[channel].broken, mine);
  assert.deepEqual([at.broken, broken, at.left], [0, 0, 0]);
  console.log(`50 MB in both directions in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  await call.close();
});
