// The demo as its user sees it: the program is started, the page opened, Connect pressed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.js';
import { eventually, within } from './support/native.js';

const program = process.env.ML_WEBRTC_DEMO;
const pageFolder = new URL('../../examples/browser/page', import.meta.url).pathname;
let browser, demo, folder, url;
const lines = [];

before(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'browser-demo-'));
  demo = spawn(program, ['--port', '0', '--record', folder, '--page', pageFolder], { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface({ input: demo.stdout }).on('line', (line) => lines.push(line));
  url = await eventually('the address', () => /http:\S+/.exec(lines.join('\n'))?.[0]);
});
after(async () => {
  await browser?.close();
  demo?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const printed = (pattern) => eventually(`${pattern} is printed`, () => lines.find((line) => pattern.test(line)));

async function open() {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  await page.goto(url);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('#state[data-state=connected]').waitFor();
  await eventually('the program is seen', () => page.evaluate(() => document.getElementById('remote').videoWidth === 640));
  return page;
}

test('a call', async () => {
  const page = await open();
  await page.getByText('What you type here comes to a program in C').waitFor();
  await page.locator('#text').fill('Grüße an das Programm');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('I heard: Grüße an das Programm').waitFor();
  await printed(/page 1 says: Grüße an das Programm/);
  demo.stdin.write('and from its keyboard\n');
  await page.getByText('and from its keyboard').waitFor();
  await printed(/page 1: sees 640x480 at [1-9]\d* frames\/s, hears -[1-8]?\d dB/);
  await eventually('the plots have values', () => page.evaluate(() =>
    /[1-9]\d* kbit/.test(document.getElementById('in').value) && /\d/.test(document.getElementById('rtt').value)));
  if (process.env.SCREENSHOT) {
    await page.waitForTimeout(8000);
    await page.screenshot({ path: process.env.SCREENSHOT });
  }
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await printed(/page 1 has gone/);
  assert.match(await page.locator('#state').textContent(), /not connected/);
  const recorded = await readFile(join(folder, 'page-1.y4m'));
  assert.match(recorded.subarray(0, 60).toString('latin1'), /^YUV4MPEG2 W320 H240 F10:1 /);
  assert.ok((await stat(join(folder, 'page-1.wav'))).size > 48000);
  await page.getByRole('button', { name: 'Connect' }).click(); // and again
  await page.locator('#state[data-state=connected]').waitFor();
  await page.close();
  assert.deepEqual(page.problems, []);
});

test('several pages, one of which reloads', async () => {
  const pages = await Promise.all([open(), open(), open()]);
  await pages[1].reload();
  await pages[1].getByRole('button', { name: 'Connect' }).click();
  await pages[1].locator('#state[data-state=connected]').waitFor();
  for (const page of pages) {
    assert.equal(await page.locator('#state').getAttribute('data-state'), 'connected');
    await page.close();
    assert.deepEqual(page.problems, []);
  }
});

test('requests that make no sense', async () => {
  const ask = async (method, path, body) => (await fetch(new URL(path, url), { method, body })).status;
  assert.equal(await ask('GET', '/nothing'), 404);
  assert.equal(await ask('GET', '/../main.c'), 404);
  assert.equal(await ask('POST', '/peers/999/offer', '{}'), 404);
  assert.equal(await ask('POST', '/peers', 'x'.repeat(2 << 20)).catch(() => 413), 413);
  const { id } = await (await fetch(new URL('/peers', url), { method: 'POST' })).json();
  assert.equal(await ask('POST', `/peers/${id}/offer`, 'no description'), 400);
  assert.equal(await ask('POST', `/peers/${id}/candidate?mid=0&index=0`, 'no candidate'), 400);
  assert.equal(await ask('DELETE', `/peers/${id}`), 204);
  assert.equal(await ask('DELETE', `/peers/${id}`), 404);
});

test('the end', async () => {
  const ended = once(demo, 'exit');
  demo.kill('SIGINT');
  const [code] = await within(ended, 'the end of the program');
  assert.equal(code, 0);
  assert.ok(lines.includes('OK: ended'));
});
