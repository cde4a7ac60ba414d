#!/usr/bin/env node
// Measures Tenon against the hand-written floor in one run: requests per second by wrk, start
// time, memory, and instructions per request by callgrind. Prints a Markdown table; asserts
// nothing about time.
//
//     tests/bench/run BUILD [--quick] [--only NAME,…]
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const build = path.resolve(process.argv[2] ?? 'build');
const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : null;
const seconds = quick ? 1 : 3;
const tenon = path.join(build, 'tenon');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-bench-'));
const children = [];

function run(command, args, input) {
  return execFileSync(command, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 1 << 28 });
}

function ask(port, method, target, body, headers = {}) {
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

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(port, target) {
  for (let i = 0; i < 20000; i++) {
    try { if ((await ask(port, 'GET', target)).status === 200) return; } catch { /* not yet */ }
    await sleep(2);
  }
  throw new Error(`nothing answers on port ${port}`);
}

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', fs.openSync(path.join(dir, 'log'), 'a')] });
  children.push(child);
  return child;
}

async function stop(child) {
  child.kill('SIGTERM');
  await new Promise((done) => { child.once('exit', done); });
}

const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

// The app with 100,000 records like the floor's, written by SQL: the tables are ordinary ones.
function prepare() {
  const app = path.join(dir, 'app');
  fs.cpSync(path.join(here, 'app'), app, { recursive: true });
  run(tenon, ['apply', app]);
  for (let i = 1; i <= 11; i++)
    run(tenon, ['user', 'add', app, '--login', `u${i}`, '--name', `User ${i}`, '--roles', i === 1 ? 'boss' : 'seller', '--password-stdin'], 'bench bench bench\n');
  const db = path.join(app, 'data', 'tenon.db');
  run('sqlite3', [db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<100000)
    INSERT INTO item(id,version,created_at,updated_at,workflow,workflow_version,stage,stage_since,number,name,company,mobile,source,region,owner,next_on,budget)
    SELECT i,1,'2026-01-01T00:00:00Z','2026-01-01T00:00:00Z','pipeline',1,CASE i%4 WHEN 0 THEN 'fresh' WHEN 1 THEN 'talking' WHEN 2 THEN 'won' ELSE 'lost' END,
    '2026-01-01T00:00:00Z','N-'||i,'Name '||i,'Company '||(i%5000),'+86138'||printf('%08d',i),'web','east',
    (SELECT id FROM user WHERE login='u'||(2+i%10)),date('2026-01-01','+'||(i%365)||' days'),i%1000*100 FROM n; ANALYZE;`]);
  const token = run(tenon, ['token', 'add', app, '--login', 'u3']).trim().split(/\s+/).at(-1);
  const boss = run(tenon, ['token', 'add', app, '--login', 'u1']).trim().split(/\s+/).at(-1);
  return { app, token, boss };
}

// One wrk script a measure; `request` is Lua that returns the request.
function script(name, lua) {
  const file = path.join(dir, `${name}.lua`);
  fs.writeFileSync(file, lua);
  return file;
}

function wrk(port, file, clients) {
  const threads = Math.min(2, clients);
  const text = run('wrk', [`-t${threads}`, `-c${clients}`, `-d${seconds}s`, '--latency', '-s', file, `http://127.0.0.1:${port}`]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]);
  const p99 = /99%\s+(\S+)/.exec(text)?.[1] ?? '';
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  return { rate, p99, bad };
}

const head = (auth) => `local h = {["Content-Type"]="application/json"${auth ? `, ["Authorization"]="Bearer ${auth}"` : ''}}\nlocal n = math.random(1000000) * 1000\n`;
const fields = (i) => `'{"name":"Name '..${i}..'","company":"Shanghai Works","mobile":"+86139'..${i}..'","source":"web"`;

function measures({ token, boss }) {
  const api = '/api/v1/forms/item';
  const filter = encodeURIComponent("stage = 'talking'");
  const own = `(math.random(9999) * 10 + 1)`;          // ids that belong to u3
  return [
    { name: 'read one', clients: [1, 8, 32], aim: '≥ 0.60',
      floor: `${head()}request = function() return wrk.format("GET", "/one/" .. ${own}, h) end`,
      tenon: `${head(token)}request = function() return wrk.format("GET", "${api}/records/" .. ${own}, h) end` },
    { name: 'list 20 of 100,000', clients: [1, 8, 32], aim: '≥ 0.60',
      floor: `${head()}request = function() return wrk.format("GET", "/list", h) end`,
      tenon: `${head(token)}request = function() return wrk.format("GET", "${api}/records?filter=${filter}&sort=next_on&limit=20", h) end` },
    { name: 'list page as HTML', clients: [1, 8], aim: '≤ 1 ms of server time',
      floor: `${head()}request = function() return wrk.format("GET", "/page", h) end`,
      tenon: `${head(token)}request = function() return wrk.format("GET", "/f/item?view=open", h) end` },
    { name: 'group by stage', clients: [1, 8], aim: '≥ 0.80',
      floor: `${head()}request = function() return wrk.format("GET", "/group", h) end`,
      tenon: `${head(boss)}request = function() return wrk.format("GET", "${api}/aggregate?by=stage&of=count(),sum(budget)", h) end` },
    { name: 'create, rule, history', clients: [1, 8, 32], aim: '≥ 0.40', write: true,
      floor: `${head()}request = function() n = n + 1 return wrk.format("POST", "/create", h, ${fields('n')},"region":"east","stage":"fresh","owner":"3","next_on":"2026-05-01"}') end`,
      tenon: `${head(token)}request = function() n = n + 1 return wrk.format("POST", "${api}/records", h, ${fields('n')},"next_on":"2027-05-01"}') end` },
    { name: 'update', clients: [1, 8, 32], aim: '–', write: true,
      floor: `${head()}request = function() n = n + 1 return wrk.format("POST", "/update/" .. ${own}, h, ${fields('n')}}') end`,
      tenon: `${head(token)}request = function() n = n + 1 return wrk.format("PATCH", "${api}/records/" .. ${own}, h, '{"name":"Name '..n..'","company":"Works '..n..'"}') end` },
    { name: 'transition', clients: [1, 8, 32], aim: '–', write: true, floorOf: 'update',
      // Each client thread walks its own records there and back: talk, back, talk …
      tenon: `${head(token)}local id, t, turn = 0, 0, 0
        setup = function(thread) t = t + 1 thread:set("slot", t) end
        init = function() id = 41 + (slot - 1) * 50000 end
        request = function() turn = turn + 1
          if turn % 2 == 1 then id = id + 20 end
          return wrk.format("POST", "${api}/records/" .. id .. "/transitions/" .. (turn % 2 == 1 and "back" or "talk"), h, "{}") end` },
  ].filter((m) => !only || only.some((o) => m.name.includes(o)));
}

async function startTimes(setup, ports) {
  const times = {};
  for (const [name, command, args, target, port] of [
    ['floor', path.join(dir, 'floor'), [path.join(dir, 'floor.db'), String(ports.floor)], '/one/1', ports.floor],
    ['tenon', tenon, ['serve', setup.app, '--listen', `127.0.0.1:${ports.tenon}`], '/healthz', ports.tenon]]) {
    const at = process.hrtime.bigint();
    const child = start(command, args);
    await until(port, target);
    times[name] = { ms: Number(process.hrtime.bigint() - at) / 1e6, mib: resident(child.pid), child };
  }
  return times;
}

function row(name, clients, floor, mine, aim) {
  const ratio = floor ? (mine.rate / floor.rate).toFixed(2) : '–';
  const bad = mine.bad ? ` (${mine.bad} refused)` : '';
  console.log(`| ${name} | ${clients} | ${floor ? Math.round(floor.rate) : '–'} | ${Math.round(mine.rate)}${bad} | ${ratio} | ${mine.p99} | ${aim} |`);
}

// Instructions of one request: the difference of two runs that differ in the requests sent.
async function instructions(setup, port) {
  const cost = async (target, count) => {
    const out = path.join(dir, `callgrind.${Math.random()}`);
    const child = start('valgrind', ['--tool=callgrind', `--callgrind-out-file=${out}`, tenon, 'serve', setup.app, '--listen', `127.0.0.1:${port}`]);
    await until(port, '/healthz');
    for (let i = 0; i < count; i++) await ask(port, 'GET', target, null, { Authorization: `Bearer ${setup.token}` });
    await stop(child);
    return Number(/(?:summary|totals): (\d+)/.exec(fs.readFileSync(out, 'utf8'))[1]);
  };
  console.log('\n| request | instructions |\n|---|---|');
  for (const [name, target] of [['read one', '/api/v1/forms/item/records/41'],
    ['list 20', `/api/v1/forms/item/records?filter=${encodeURIComponent("stage = 'talking'")}&sort=next_on&limit=20`], ['list page', '/f/item?view=open']]) {
    const few = await cost(target, 20), many = await cost(target, 120);
    console.log(`| ${name} | ${Math.round((many - few) / 100).toLocaleString('en')} |`);
  }
}

async function main() {
  run('cc', ['-O2', '-o', path.join(dir, 'floor'), path.join(here, 'floor.c'), '-lcivetweb', '-ljansson', '-lsqlite3', '-lpthread']);
  const setup = prepare();
  const ports = { floor: 19400 + (process.pid % 300), tenon: 19800 + (process.pid % 300) };
  const warm = start(path.join(dir, 'floor'), [path.join(dir, 'floor.db'), String(ports.floor)]);
  await until(ports.floor, '/one/1');                  // fills its table
  await stop(warm);
  const times = await startTimes(setup, ports);
  console.log('| what | clients | floor/s | tenon/s | ratio | p99 | aim |\n|---|---|---|---|---|---|---|');
  const floors = new Map();
  for (const m of measures(setup)) {
    for (const clients of m.clients) {
      const name = `${m.name.replace(/[^a-z0-9]/gi, '-')}`;
      const floor = m.floor ? wrk(ports.floor, script(`floor-${name}`, m.floor), clients) : floors.get(`${m.floorOf}/${clients}`);
      if (m.floor) floors.set(`${m.name}/${clients}`, floor);
      row(m.name, clients, floor, wrk(ports.tenon, script(`tenon-${name}`, m.tenon), clients), m.aim);
    }
  }
  const after = resident(times.tenon.child.pid);
  console.log(`\n| | floor | tenon | aim |\n|---|---|---|---|`);
  console.log(`| start to first answer, ms | ${times.floor.ms.toFixed(0)} | ${times.tenon.ms.toFixed(0)} | ≤ 50 |`);
  console.log(`| resident after start, MiB | ${times.floor.mib.toFixed(0)} | ${times.tenon.mib.toFixed(0)} | ≤ 40 |`);
  console.log(`| resident after the load, MiB | ${resident(times.floor.child.pid).toFixed(0)} | ${after.toFixed(0)} | – |`);
  await stop(times.tenon.child);
  await stop(times.floor.child);
  if (!quick) await instructions(setup, ports.tenon);
}

try {
  await main();
} finally {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  fs.rmSync(dir, { recursive: true, force: true });
}
