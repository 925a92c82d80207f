// One Chromium for all tests of a file; each test has a page, or several, of its own.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { Native, eventually, killNatives, within } from './native.js';

const pageScript = await readFile(new URL('page.js', import.meta.url), 'utf8');

// Without devices a page has neither camera nor microphone, and is not told the addresses of the machine.
export async function launch({ devices = true } = {}) {
  const fakes = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required',
      ...(devices ? fakes : []),
    ],
  });
}

// An empty page on localhost, where a browser gives access to its devices.
async function serveBlank() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>test</title><body>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.url = `http://127.0.0.1:${server.address().port}/`;
  return server;
}

// What the tests of a file share: a browser and a blank page's address. It goes when they are over.
export function setStage() {
  const stage = {};
  let server;
  before(async () => {
    stage.browser = await launch();
    server = await serveBlank();
    stage.url = server.url;
  });
  after(async () => {
    await stage.browser?.close();
    server?.close();
    killNatives();
  });
  return stage;
}

// Page is a browser's side of a call.
export class Page {
  static async open(browser, url) {
    const self = new Page();
    self.events = [];
    self.watchers = new Set();
    self.context = await browser.newContext();
    self.page = await self.context.newPage();
    self.page.on('pageerror', (error) => self.events.push({ event: 'pageerror', value: String(error) }));
    await self.page.exposeFunction('tell', (event, value) => {
      self.events.push({ event, value });
      for (const watcher of [...self.watchers]) watcher(event, value);
    });
    await self.page.addInitScript(pageScript);
    await self.page.goto(url);
    return self;
  }

  // Calls a function of page.js.
  call(name, ...values) {
    return within(this.page.evaluate(([f, all]) => window.peer[f](...all), [name, values]), `${name} in the page`);
  }

  run(f, value) {
    return within(this.page.evaluate(f, value), 'a function in the page');
  }

  until(kind, fits = () => true, from = 0) {
    return eventually(`the page's event ${kind}`, () =>
      this.events.slice(from).find(({ event, value }) => event === kind && fits(value)));
  }

  mark() {
    return this.events.length;
  }

  async close() {
    const errors = this.events.filter(({ event }) => event === 'pageerror');
    await this.context.close();
    if (errors.length > 0) throw new Error(`errors in the page: ${JSON.stringify(errors)}`);
  }
}

// Call joins a page and a native peer: what one of them says to the other goes there.
export class Call {
  static async open(browser, url, configuration) {
    const self = new Call();
    self.native = new Native();
    self.page = await Page.open(browser, url);
    await self.native.command('create');
    await self.page.call('create', configuration);
    self.failures = [];
    self.changeAnswer = undefined; // JavaScript for the page, between the offer and the answer
    self.changeOffer = (description) => description;
    self.changeCandidate = (candidate) => candidate;
    self.native.on((event) => self.#fromNative(event).catch((error) => self.failures.push(error)));
    self.page.watchers.add((event, value) => {
      if (event === 'candidate') self.#fromPage(value).catch((error) => self.failures.push(error));
    });
    return self;
  }

  async #fromNative(event) {
    const { page, native } = this;
    if (event.event === 'offer') {
      const answer = await page.call('answer', event.sdp, this.changeAnswer);
      await native.command('remote-answer', answer);
      await page.call('flushCandidates');
    } else if (event.event === 'answer') {
      await page.call('accept', event.sdp);
      await page.call('flushCandidates');
    } else if (event.event === 'candidate') {
      const { candidate, sdpMid, sdpMLineIndex } = event;
      await page.call('candidate', { candidate, sdpMid, sdpMLineIndex });
    }
  }

  async #fromPage(found) {
    const candidate = this.changeCandidate(found);
    if (!candidate) return; // the end, which the library does not need to be told
    await this.native.command('candidate', candidate.sdpMLineIndex, candidate.sdpMid ?? '-', candidate.candidate);
  }

  // The browser offers, and the answer is applied when it returns.
  async browserOffers(options) {
    const from = this.native.mark();
    const offer = this.changeOffer(JSON.parse(await this.page.call('offer', options)));
    await this.native.command('remote-offer', JSON.stringify(offer));
    await this.native.until('answer', undefined, from);
    await this.stable();
  }

  // The library offers.
  async libraryOffers() {
    const from = this.native.mark();
    await this.native.command('offer');
    await this.native.until('offer', undefined, from);
    await this.stable('have-remote-offer');
    await this.stable();
  }

  async stable() {
    await eventually('signalling is stable', () => this.page.run(() => window.peer.pc.signalingState === 'stable' &&
      !!window.peer.pc.remoteDescription));
  }

  async connected() {
    await this.page.until('state', (state) => state === 'connected');
    await this.native.until('connected');
  }

  // Nothing went wrong on the way.
  async close() {
    await this.page.close();
    await this.native.close();
    if (this.failures.length > 0) throw new AggregateError(this.failures, `signalling failed: ${this.failures}`);
    const errors = this.native.events.filter(({ event }) => event === 'error');
    if (errors.length > 0) throw new Error(`errors of the library: ${JSON.stringify(errors)}`);
  }
}
