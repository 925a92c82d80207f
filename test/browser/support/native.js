// The native side as a process: test/browser/native, which takes commands by line and tells events as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const program = process.env.ML_WEBRTC_NATIVE;
if (!program) throw new Error('ML_WEBRTC_NATIVE does not name the native peer');

// How long anything may take; it only guards against hanging.
export const patience = 30_000;

const running = new Set();

// What a test that failed has left behind.
export function killNatives() {
  for (const one of running) one.kill('SIGKILL');
}

export class Native {
  constructor() {
    this.events = [];
    this.answers = [];
    this.watchers = new Set();
    // In network namespaces (test/network/run.sh), at the other end of the link.
    const peer = process.env.ML_LINK_PEER;
    const [file, ...words] = peer ? ['nsenter', `--net=${peer}`, program] : [program];
    this.process = spawn(file, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = once(this.process, 'exit');
    running.add(this.process);
    this.ended.then(() => running.delete(this.process));
    createInterface({ input: this.process.stdout }).on('line', (line) => this.#take(JSON.parse(line)));
  }

  #take(event) {
    if (event.event === 'done') {
      this.answers.shift()(event);
      return;
    }
    this.events.push(event);
    for (const watcher of [...this.watchers]) watcher(event);
  }

  // Gives the answer, whose result must be Ok unless another one is expected.
  async command(verb, ...words) {
    const expected = words.length > 0 && typeof words.at(-1) === 'object' ? words.pop().result : 0;
    const answer = new Promise((resolve) => this.answers.push(resolve));
    this.process.stdin.write([verb, ...words].join(' ') + '\n');
    const got = await within(answer, `the answer to ${verb}`);
    if (got.result !== expected) throw new Error(`${verb} gave ${got.result}, not ${expected}`);
    return got;
  }

  // Calls f with each event to come.
  on(f) {
    this.watchers.add(f);
    return () => this.watchers.delete(f);
  }

  // Waits for an event of a kind that fits, also one of the past, from the position on that mark() gave.
  async until(kind, fits = () => true, from = 0) {
    const is = (event) => event.event === kind && fits(event);
    const past = this.events.slice(from).find(is);
    if (past) return past;
    let stop;
    const come = new Promise((resolve) => {
      stop = this.on((event) => is(event) && resolve(event));
    });
    return within(come, `the event ${kind}`).finally(stop);
  }

  mark() {
    return this.events.length;
  }

  count(kind) {
    return this.events.filter((event) => event.event === kind).length;
  }

  // Ends the process; it must end in order.
  async close() {
    this.process.stdin.end();
    const [code, signal] = await within(this.ended, 'the end of the native peer');
    if (code !== 0) throw new Error(`the native peer ended with ${code ?? signal}`);
  }
}

export function within(promise, what, limit = patience) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${limit} ms`)), limit);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

// Waits until f gives something true, and gives it.
export async function eventually(what, f, limit = patience) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await f();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
