#!/usr/bin/env node
// Measures Tenon against the hand-written floor in one run: requests per second by wrk, start
// time, memory, and instructions per request by callgrind. Prints a Markdown table; asserts
// nothing about time. Both are measured in turn, three times; the medians are printed. Beside
// the rates stands the processor time a request takes in the server (and, where it is a program
// of its own, in the database), which other processes on the machine disturb less.
//
//     node tests/bench/run.mjs BUILD [--db postgresql] [--quick] [--only NAME,…]
import fs from 'node:fs';
import path from 'node:path';
import { growth } from './nodes.mjs';
import { open } from './store.mjs';
import { ask, cpu, dir, here, median, option, quick, resident, run, script, sleep, start, stop, stopAll, tenon, until, wrk } from './tools.mjs';

const only = option('--only')?.split(',');
const seconds = quick ? 1 : 3, rounds = quick ? 1 : 3;
let store;

// The app with 100,000 records like the floor's.
function prepare() {
  const app = path.join(dir, 'app');
  fs.cpSync(path.join(here, 'app'), app, { recursive: true });
  run(tenon, ['apply', app, ...store.at]);
  for (let i = 1; i <= 11; i++)
    run(tenon, ['user', 'add', app, ...store.at, '--login', `u${i}`, '--name', `User ${i}`, '--roles', i === 1 ? 'boss' : 'seller', '--password-stdin'], 'bench bench bench\n');
  store.fill();
  const tokens = [null];                              // by the user's id: u1 is 1 …
  for (let i = 1; i <= 11; i++) tokens.push(run(tenon, ['token', 'add', app, ...store.at, '--login', `u${i}`]).trim().split(/\s+/).at(-1));
  return { app, tokens, token: tokens[3], boss: tokens[1] };
}

// Reminders of all records are set when the server first looks; that is not part of a measure.
async function settled() {
  for (let before = -1, i = 0; i < 120; i++) {
    const now = Number(store.rows('SELECT count(*) FROM _timer')[0]);
    if (now === before && now > 0) return;
    before = now;
    await sleep(1000);
  }
}

// Records that may move, each once: written anew for each run, for the last one moved some.
function moves({ tokens }) {
  run('sleep', ['0.3']);                              // what the last run left under way
  const rows = store.rows(`SELECT id, owner, stage FROM item WHERE stage IN ('fresh', 'talking') AND owner BETWEEN 2 AND 11 AND deleted_at IS NULL ORDER BY owner, id LIMIT 60000`);
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
  for (const name of ['app.yaml', 'forms', 'workflows', 'dashboards', 'plugins'])
    fs.cpSync(path.join(root, name), path.join(app, name), { recursive: true });
  run(tenon, ['apply', app, ...store.shippedAt]);
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

const floorArgs = (port) => [store.floor.store, String(port)];
const serveArgs = (app, port, at = store.at) => ['serve', app, ...at, '--listen', `127.0.0.1:${port}`];

function row(name, clients, floor, mine, aim) {
  const ratio = floor ? (mine.rate / floor.rate).toFixed(2) : '–';
  const bad = mine.bad ? ` (${mine.bad} refused)` : '';
  const us = [floor, mine].map((m) => (m ? m.us.map((n) => n.toFixed(0)).join(' + ') : '–')).join(' / ');
  console.log(`| ${name} | ${clients} | ${floor ? Math.round(floor.rate) : '–'} | ${Math.round(mine.rate)}${bad} | ${ratio} | ${mine.p99} | ${us} | ${aim} |`);
}

// The run in the middle by its rate; what was refused anywhere is told.
function middle(runs) {
  const rate = median(runs.map((r) => r.rate));
  return { ...runs.find((r) => r.rate === rate), bad: runs.reduce((sum, r) => sum + r.bad, 0) };
}

function measure(m, clients, ports, pids, floors) {
  const floor = [], mine = [], costs = (pid) => [() => cpu(pid), ...store.costs];
  for (let i = 0; i < rounds; i++) {
    if (m.floor) floor.push(wrk(ports.floor, script(`floor-${m.name}`, m.floor), clients, seconds, costs(pids.floor)));
    const lua = typeof m.tenon === 'function' ? m.tenon() : m.tenon;
    mine.push(wrk(ports.tenon, script(`tenon-${m.name}`, lua), clients, seconds, costs(pids.tenon)));
  }
  if (m.floor) floors.set(`${m.name}/${clients}`, middle(floor));
  row(m.name, clients, floors.get(`${m.floorOf ?? m.name}/${clients}`), middle(mine), m.aim);
}

// Instructions of one request, from route to answer without the web server's own: the difference
// of two runs that differ in the requests sent.
async function instructions(setup, port) {
  const cost = async (target, count) => {
    const out = path.join(dir, `callgrind.${Math.random()}`);
    const child = start('valgrind', ['--tool=callgrind', '--collect-atstart=no', '--toggle-collect=route_run', `--callgrind-out-file=${out}`, tenon, ...serveArgs(setup.app, port)]);
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
  store = open(option('--db'));
  run('cc', ['-O2', '-o', path.join(dir, 'floor'), ...['floor.c', ...store.floor.sources].map((name) => path.join(here, name)), '-lcivetweb', '-ljansson', ...store.floor.flags, '-lpthread']);
  const setup = prepare();
  const ports = { floor: 19400 + (process.pid % 300), tenon: 19800 + (process.pid % 300) };
  let floor = start(path.join(dir, 'floor'), floorArgs(ports.floor));
  await until(ports.floor, '/one/1');                  // fills its table
  await stop(floor);
  const times = { floor: await startTime(path.join(dir, 'floor'), floorArgs(ports.floor), ports.floor, '/one/1'),
    tenon: await startTime(tenon, serveArgs(shipped(), ports.tenon, store.shippedAt), ports.tenon, '/login') };
  floor = start(path.join(dir, 'floor'), floorArgs(ports.floor));
  const server = start(tenon, serveArgs(setup.app, ports.tenon));
  await until(ports.floor, '/one/1');
  await until(ports.tenon, '/login');
  await settled();
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
  const some = ['read one', 'list 20', 'create'];
  if (store.nodes)
    await growth(setup.app, ports.tenon + 10, measures(setup).filter((m) => some.some((name) => m.name.startsWith(name))), { store, serveArgs });
}

try {
  await main();
} finally {
  stopAll();
  store?.close();
  fs.rmSync(dir, { recursive: true, force: true });
}
