// A network that changes between a browser and the library: run by test/network/run.sh, the library at the other end of
// the emulated link. The browser never offers by itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { test } from 'node:test';
import { Call, setStage } from './support/browser.js';
import { eventually } from './support/native.js';

const stage = setStage();

// A command of ip, at the library's end or at the browser's.
const ipThere = (line) => execFileSync('nsenter', [`--net=${process.env.ML_LINK_PEER}`, 'ip', ...line.split(' ')]);
const ipHere = (line) => execFileSync('ip', line.split(' '));

async function link(line) {
  const control = dial(process.env.ML_LINK);
  control.write(`${line}\n`);
  const [answer] = await once(control, 'data');
  assert.equal(String(answer), 'ok\n');
  control.end();
}

// Numbered messages go both ways until stop says how many did; the other side must get each, in order.
async function open(offers) {
  const call = await Call.open(stage.browser, stage.url);
  const mine = await call.page.call('channel', 'talk');
  await (offers === 'library' ? call.libraryOffers() : call.browserOffers());
  const { id } = await call.native.until('channel');
  await call.page.until('open', (value) => value.id === mine);
  await call.connected();
  let number = 0;
  const timer = setInterval(() => {
    const text = `message ${number++}`;
    call.native.command('send-text', id, text).catch((error) => call.failures.push(error));
    call.page.run(([channel, message]) => window.peer.channels[channel].channel.send(message), [mine, text])
      .catch((error) => call.failures.push(error));
  }, 100);
  const came = (events) => events.filter(({ event }) => event === 'message').map((event) => event.text ?? event.value.text);
  call.finish = async () => {
    clearInterval(timer);
    const all = Array.from({ length: number }, (_, at) => `message ${at}`);
    await eventually('all messages have come', () => came(call.native.events).length === number &&
      came(call.page.events).length === number);
    assert.deepEqual(came(call.native.events), all);
    assert.deepEqual(came(call.page.events), all);
    assert.equal((await call.native.command('state')).connected, 1);
    console.log(`${number} messages each way, ${call.native.count('offer')} offers of the library`);
    await call.close();
  };
  return call;
}

const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let last = 2; // of the library's address
for (const offers of ['library', 'browser']) {
  test(`the library's address changes, and the ${offers} made the first offer`, async () => {
    const call = await open(offers);
    await rest(2500); // it knows the machine's addresses by then
    const from = call.native.mark();
    ipHere(`route add 10.77.0.${last + 10}/32 dev end-a`);
    ipThere(`addr del 10.77.0.${last} peer 10.77.0.1/32 dev end-b`);
    ipThere(`addr add 10.77.0.${last + 10} peer 10.77.0.1/32 dev end-b`);
    last += 10;
    await call.native.until('disconnected', undefined, from);
    await call.native.until('connected', undefined, from);
    await rest(1000);
    await call.finish();
  });

  // The side that did not make the first offer waits for longer, in case that the other one does something.
  test(`nothing comes through for a while, and the ${offers} made the first offer`, async () => {
    const call = await open(offers);
    const from = call.native.mark();
    await link(`cut ${offers === 'library' ? 9000 : 15000}`);
    await call.native.until('disconnected', undefined, from);
    await call.native.until('connected', undefined, from);
    assert.ok(call.native.events.slice(from).filter(({ event }) => event === 'offer').length >= 2);
    await rest(1000);
    await call.finish();
  });
}
