// What the measures are made with: programs, requests, wrk, figures from /proc.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

export const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
export const build = path.resolve(process.argv[2] ?? 'build');
export const tenon = path.join(build, 'tenon');
export const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-bench-'));
export const quick = process.argv.includes('--quick');
const children = [];

// What follows the option on the command line.
export function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : process.argv[at + 1];
}

export function run(command, args, input) {
  return execFileSync(command, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 1 << 28 });
}

export function ask(port, method, target, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path: target, agent: false,
      headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body ? JSON.stringify(body) : undefined);
  });
}

export const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

export async function until(port, target) {
  for (let i = 0; i < 20000; i++) {
    try { if ((await ask(port, 'GET', target)).status === 200) return; } catch { /* not yet */ }
    await sleep(2);
  }
  throw new Error(`nothing answers on port ${port}`);
}

export function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', fs.openSync(path.join(dir, 'log'), 'a')] });
  children.push(child);
  return child;
}

export async function stop(child) {
  child.kill('SIGTERM');
  await new Promise((done) => { child.once('exit', done); });
}

export function stopAll() {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

function figures(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
}

// Processor time of a process so far, in microseconds.
export function cpu(pid) {
  const [user, system] = figures(pid).slice(11, 13);
  return (user + system) * 10000;
}

// The same of a process and all that it started, ended ones too.
export function cpuOfFamily(pid) {
  let sum = 0;
  for (const one of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(one)) continue;
    try {
      const f = figures(one);
      if (one === String(pid)) sum += f[11] + f[12] + f[13] + f[14];
      else if (f[1] === pid) sum += f[11] + f[12];
    } catch { /* it has ended */ }
  }
  return sum * 10000;
}

export const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

// One wrk script a measure; `lua` defines `request`.
export function script(name, lua) {
  const file = path.join(dir, `${name.replace(/[^a-z0-9]/gi, '-')}.lua`);
  fs.writeFileSync(file, lua);
  return file;
}

// Requests a second; microseconds of `costs` (functions that tell processor time) a request.
export function wrk(port, file, clients, seconds, costs) {
  const threads = Math.min(2, clients), before = costs.map((cost) => cost());
  const text = run('wrk', [`-t${threads}`, `-c${clients}`, `-d${seconds}s`, '--latency', '-s', file, `http://127.0.0.1:${port}`]);
  const number = (re) => Number(re.exec(text)?.[1] ?? 0), done = Math.max(number(/(\d+) requests in/), 1);
  const bad = number(/Non-2xx or 3xx responses: (\d+)/), broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  return { rate: number(/Requests\/sec:\s+([\d.]+)/), p99: /^\s+99%\s+(\S+)/m.exec(text)?.[1] ?? '',
    bad: bad + (broken ? broken.slice(1).reduce((sum, n) => sum + Number(n), 0) : 0),
    us: costs.map((cost, i) => (cost() - before[i]) / done) };
}
