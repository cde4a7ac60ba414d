#!/usr/bin/env node
// Measures Tenon against the hand-written floor in one run: requests per second by wrk, start
// time, memory, and instructions per request by callgrind. Prints a Markdown table; asserts
// nothing about time. Both are measured in turn, three times; the medians are printed. Beside
// the rates stands the processor time a request takes in the server, which other processes on
// the machine disturb less.
//
//     node tests/bench/run.mjs BUILD [--quick] [--only NAME,…]
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const build = path.resolve(process.argv[2] ?? 'build');
const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : null;
const seconds = quick ? 1 : 3, rounds = quick ? 1 : 3;
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

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// Processor time of a process so far, in microseconds.
function cpu(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
  return (user + system) * 10000;
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
    (SELECT id FROM user WHERE login='u'||(2+i%10)),date('2036-01-01','+'||(i%365)||' days'),i%1000*100 FROM n;`]);
  const tokens = [null];                              // by the user's id: u1 is 1 …
  for (let i = 1; i <= 11; i++) tokens.push(run(tenon, ['token', 'add', app, '--login', `u${i}`]).trim().split(/\s+/).at(-1));
  return { app, db, tokens, token: tokens[3], boss: tokens[1] };
}

// Reminders of all records are set when the server first looks; that is not part of a measure.
async function settled(db) {
  for (let before = -1, i = 0; i < 120; i++) {
    const now = Number(run('sqlite3', ['-readonly', db, 'SELECT count(*) FROM _timer']));
    if (now === before && now > 0) return;
    before = now;
    await sleep(1000);
  }
}

// One wrk script a measure; `request` is Lua that returns the request.
function script(name, lua) {
  const file = path.join(dir, `${name}.lua`);
  fs.writeFileSync(file, lua);
  return file;
}

function wrk(port, pid, file, clients) {
  const threads = Math.min(2, clients), before = cpu(pid);
  const text = run('wrk', [`-t${threads}`, `-c${clients}`, `-d${seconds}s`, '--latency', '-s', file, `http://127.0.0.1:${port}`]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]);
  const p99 = /^\s+99%\s+(\S+)/m.exec(text)?.[1] ?? '';
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const done = Number(/(\d+) requests in/.exec(text)[1]);
  return { rate, p99, bad, us: (cpu(pid) - before) / Math.max(done, 1) };
}

// Records that may move, each once: written anew for each run, for the last one moved some.
function moves({ db, tokens }) {
  run('sleep', ['0.3']);                              // what the last run left under way
  const rows = run('sqlite3', ['-readonly', db, `SELECT id, owner, stage FROM item WHERE stage IN ('fresh', 'talking') AND owner BETWEEN 2 AND 11 AND deleted_at IS NULL ORDER BY owner, id LIMIT 60000`]).trim().split('\n');
  const file = path.join(dir, 'moves.txt');
  fs.writeFileSync(file, rows.map((row) => {
    const [id, owner, stage] = row.split('|');
    return `${id} ${tokens[Number(owner)]} ${stage === 'fresh' ? 'talk' : 'back'}`;
  }).join('\n'));
  return file;
}

const head = (auth) => `local h = {["Content-Type"]="application/json"${auth ? `, ["Authorization"]="Bearer ${auth}"` : ''}}\nlocal n = math.random(1000000) * 1000\n`;
const fields = (i) => `'{"name":"Name '..${i}..'","company":"Shanghai Works","mobile":"+86139'..${i}..'","source":"web"`;

function measures(setup) {
  const { token, boss } = setup;
  const api = '/api/v1/forms/item';
  const filter = encodeURIComponent("stage = 'talking'");
  const shown = 'number,name,company,mobile,source,region,stage,owner,next_on,budget';   // as the floor
  const own = `(math.random(9999) * 10 + 1)`;          // ids that belong to u3
  return [
    { name: 'read one', clients: [1, 8, 32], aim: '≥ 0.60',
      floor: `${head()}request = function() return wrk.format("GET", "/one/" .. ${own}, h) end`,
      tenon: `${head(token)}request = function() return wrk.format("GET", "${api}/records/" .. ${own}, h) end` },
    { name: 'list 20 of 100,000', clients: [1, 8, 32], aim: '≥ 0.60',
      floor: `${head()}request = function() return wrk.format("GET", "/list", h) end`,
      tenon: `${head(token)}request = function() return wrk.format("GET", "${api}/records?filter=${filter}&sort=next_on&limit=20&fields=${shown}", h) end` },
    { name: 'list page as HTML', clients: [1, 8], aim: '≤ 1 ms of server time',
      floor: `${head()}request = function() return wrk.format("GET", "/page", h) end`,
      tenon: `${head(token)}request = function() return wrk.format("GET", "/f/item?view=open", h) end` },
    { name: 'group by stage', clients: [1, 8], aim: '≥ 0.80',
      floor: `${head()}request = function() return wrk.format("GET", "/group", h) end`,
      tenon: `${head(boss)}request = function() return wrk.format("GET", "${api}/aggregate?by=stage&of=count(),sum(budget)", h) end` },
    { name: 'create, rule, history', clients: [1, 8, 32], aim: '≥ 0.40', write: true,
      floor: `${head()}request = function() n = n + 1 return wrk.format("POST", "/create", h, ${fields('n')},"region":"east","stage":"fresh","owner":"3","next_on":"2036-05-01"}') end`,
      tenon: `${head(token)}request = function() n = n + 1 return wrk.format("POST", "${api}/records", h, ${fields('n')},"next_on":"2036-05-01"}') end` },
    { name: 'update', clients: [1, 8, 32], aim: '–', write: true,
      floor: `${head()}request = function() n = n + 1 return wrk.format("POST", "/update/" .. ${own}, h, ${fields('n')}}') end`,
      tenon: `${head(token)}request = function() n = n + 1 return wrk.format("PATCH", "${api}/records/" .. ${own}, h, '{"name":"Name '..n..'","company":"Works '..n..'"}') end` },
    { name: 'transition', clients: [1, 8, 32], aim: '–', write: true, floorOf: 'update',
      // Each thread takes every second record of the list, once.
      tenon: () => `local list, at, threads = {}, 0, 0
        setup = function(thread) thread:set("slot", threads) threads = threads + 1 end
        init = function()
          for line in io.lines("${moves(setup)}") do list[#list + 1] = line end
          at = slot - 1
        end
        request = function()
          at = at + 2
          local id, token, name = string.match(list[at % #list + 1], "(%d+) (%S+) (%S+)")
          return wrk.format("POST", "${api}/records/" .. id .. "/transitions/" .. name,
            {["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token}, "{}")
        end` },
  ].filter((m) => !only || only.some((o) => m.name.includes(o)));
}

// The shipped app as a company would begin with it, for the time it takes to start.
function shipped() {
  const root = path.join(here, '..', '..'), app = path.join(dir, 'shipped');
  fs.mkdirSync(app);
  for (const name of ['app.yaml', 'forms', 'workflows', 'plugins'])
    fs.cpSync(path.join(root, name), path.join(app, name), { recursive: true });
  run(tenon, ['apply', app]);
  return app;
}

async function startTime(command, args, port, target) {
  const times = [];
  for (let i = 0; i < 5; i++) {
    const at = process.hrtime.bigint(), child = start(command, args);
    await until(port, target);
    times.push(Number(process.hrtime.bigint() - at) / 1e6);
    await stop(child);
  }
  return median(times);
}

const floorArgs = (port) => [path.join(dir, 'floor.db'), String(port)];
const serveArgs = (app, port) => ['serve', app, '--listen', `127.0.0.1:${port}`];

function row(name, clients, floor, mine, aim) {
  const ratio = floor ? (mine.rate / floor.rate).toFixed(2) : '–';
  const bad = mine.bad ? ` (${mine.bad} refused)` : '';
  const us = `${floor ? floor.us.toFixed(0) : '–'} / ${mine.us.toFixed(0)}`;
  console.log(`| ${name} | ${clients} | ${floor ? Math.round(floor.rate) : '–'} | ${Math.round(mine.rate)}${bad} | ${ratio} | ${mine.p99} | ${us} | ${aim} |`);
}

// The run in the middle by its rate; what was refused anywhere is told.
function middle(runs) {
  const rate = median(runs.map((r) => r.rate));
  return { ...runs.find((r) => r.rate === rate), bad: runs.reduce((sum, r) => sum + r.bad, 0) };
}

function measure(m, clients, ports, pids, floors) {
  const name = m.name.replace(/[^a-z0-9]/gi, '-'), floor = [], mine = [];
  for (let i = 0; i < rounds; i++) {
    if (m.floor) floor.push(wrk(ports.floor, pids.floor, script(`floor-${name}`, m.floor), clients));
    const lua = typeof m.tenon === 'function' ? m.tenon() : m.tenon;
    mine.push(wrk(ports.tenon, pids.tenon, script(`tenon-${name}`, lua), clients));
  }
  if (m.floor) floors.set(`${m.name}/${clients}`, middle(floor));
  row(m.name, clients, floors.get(`${m.floorOf ?? m.name}/${clients}`), middle(mine), m.aim);
}

// Instructions of one request, from route to answer without the web server's own: the difference
// of two runs that differ in the requests sent.
async function instructions(setup, port) {
  const cost = async (target, count) => {
    const out = path.join(dir, `callgrind.${Math.random()}`);
    const child = start('valgrind', ['--tool=callgrind', '--collect-atstart=no', '--toggle-collect=route_run', `--callgrind-out-file=${out}`, tenon, 'serve', setup.app, '--listen', `127.0.0.1:${port}`]);
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
  let floor = start(path.join(dir, 'floor'), floorArgs(ports.floor));
  await until(ports.floor, '/one/1');                  // fills its table
  await stop(floor);
  const times = { floor: await startTime(path.join(dir, 'floor'), floorArgs(ports.floor), ports.floor, '/one/1'),
    tenon: await startTime(tenon, serveArgs(shipped(), ports.tenon), ports.tenon, '/login') };
  floor = start(path.join(dir, 'floor'), floorArgs(ports.floor));
  const server = start(tenon, serveArgs(setup.app, ports.tenon));
  await until(ports.floor, '/one/1');
  await until(ports.tenon, '/login');
  await settled(setup.db);
  const idle = { floor: resident(floor.pid), tenon: resident(server.pid) };
  console.log('| what | clients | floor/s | tenon/s | ratio | p99 | CPU µs floor / tenon | aim |\n|---|---|---|---|---|---|---|---|');
  const floors = new Map();
  for (const m of measures(setup))
    for (const clients of m.clients) measure(m, clients, ports, { floor: floor.pid, tenon: server.pid }, floors);
  console.log(`\n| | floor | tenon | aim |\n|---|---|---|---|`);
  console.log(`| start to first answer, ms (the shipped app) | ${times.floor.toFixed(0)} | ${times.tenon.toFixed(0)} | ≤ 50 |`);
  console.log(`| resident after start, MiB | ${idle.floor.toFixed(0)} | ${idle.tenon.toFixed(0)} | – |`);
  console.log(`| resident after the load, MiB | ${resident(floor.pid).toFixed(0)} | ${resident(server.pid).toFixed(0)} | ≤ 40 |`);
  await stop(server);
  await stop(floor);
  if (!quick) await instructions(setup, ports.tenon);
}

try {
  await main();
} finally {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  fs.rmSync(dir, { recursive: true, force: true });
}
