// What happens to connections: ICE restarts, pages that reload, tabs that are killed, several pages at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Call, setStage } from './support/browser.js';

const stage = setStage();

async function connect(call) {
  const mine = await call.page.call('channel', 'talk');
  const from = call.native.mark();
  await call.browserOffers();
  const { id } = await call.native.until('channel', undefined, from);
  await call.page.until('open', (value) => value.id === mine);
  return { mine, id };
}

async function talk(call, { mine, id }, text) {
  await call.native.command('send-text', id, text);
  await call.page.until('message', (message) => message.text === text);
  await call.page.run(([channel, message]) => window.peer.channels[channel].channel.send(message), [mine, text]);
  await call.native.until('message', (message) => message.text === text);
}

test('an ICE restart by the browser', async () => {
  const call = await Call.open(stage.browser, stage.url);
  const channel = await connect(call);
  await talk(call, channel, 'before');
  const fragment = () => call.page.run(() => /a=ice-ufrag:(.*)/.exec(window.peer.pc.localDescription.sdp)[1]);
  const first = await fragment();
  for (let turn = 0; turn < 3; turn++) {
    const candidates = call.native.count('candidate');
    await call.browserOffers({ iceRestart: true });
    assert.notEqual(await fragment(), first);
    await talk(call, channel, `after restart ${turn}`);
    assert.ok(call.native.count('candidate') > candidates, 'no new candidates');
  }
  assert.equal((await call.native.command('state')).connected, 1);
  assert.equal(call.native.count('disconnected'), 0);
  await call.close();
});

test('the page reloads and connects again', async () => {
  const call = await Call.open(stage.browser, stage.url);
  for (let turn = 0; turn < 3; turn++) {
    const channel = await connect(call);
    await talk(call, channel, `turn ${turn}`);
    const from = call.native.mark();
    await call.page.page.reload();
    await call.native.until('disconnected', undefined, from);
    await call.native.command('destroy');
    await call.native.command('create');
    await call.page.call('create');
    call.page.events.length = 0;
  }
  await call.close();
});

test('a tab that is killed', async () => {
  const call = await Call.open(stage.browser, stage.url);
  const channel = await connect(call);
  await talk(call, channel, 'alive');
  const begun = Date.now();
  call.page.page.goto('chrome://crash').catch(() => {}); // it never answers
  await call.native.until('disconnected');
  console.log(`noticed after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  assert.equal((await call.native.command('state')).connected, 0);
  await call.page.context.close();
  await call.native.close();
});

test('the library closes', async () => {
  const call = await Call.open(stage.browser, stage.url);
  await connect(call);
  await call.native.command('destroy');
  await call.page.until('closed');
  await call.close();
});

test('several pages at once', async () => {
  const calls = await Promise.all([1, 2, 3, 4].map(() => Call.open(stage.browser, stage.url)));
  const channels = await Promise.all(calls.map(connect));
  await Promise.all(calls.map((call, at) => talk(call, channels[at], `page ${at}`)));
  await Promise.all(calls.map((call) => call.close()));
});
