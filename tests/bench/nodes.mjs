// Several nodes over one database, behind the real nginx: the shape of the growth. All of it, the
// database and wrk share this machine's cores, so the rates stop growing where those are busy;
// retries of writes show what nodes cost each other.
import fs from 'node:fs';
import path from 'node:path';
import { ask, cpu, cpuOfFamily, dir, quick, run, script, start, stop, tenon, until, wrk } from './tools.mjs';

const CLIENTS = 32, seconds = quick ? 1 : 4;

function nginx(port, nodes) {
  const file = path.join(dir, 'nginx.conf');
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${path.join(dir, name)};`).join(' ');
  fs.writeFileSync(file, `${process.getuid() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${path.join(dir, 'nginx.pid')}; error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off; ${scratch}
  upstream nodes { ${nodes.map((node) => `server 127.0.0.1:${node};`).join(' ')} keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }
}
`);
  return start('nginx', ['-p', dir, '-c', file, '-e', 'stderr']);
}

async function figures(nodes) {
  const sum = { commits: 0, retries: 0 };
  for (const port of nodes) {
    const { text } = await ask(port, 'GET', '/metrics');
    for (const name of Object.keys(sum)) sum[name] += Number(new RegExp(`^tenon_db_${name}_total (\\S+)`, 'm').exec(text)?.[1] ?? NaN);
  }
  return sum;
}

async function measured(count, port, measures, { app, serveArgs, store }) {
  const nodes = Array.from({ length: count }, (_, i) => port + 1 + i), children = [];
  for (const node of nodes) {
    children.push(start(tenon, serveArgs(app, node)));
    await until(node, '/login');
  }
  const front = nginx(port, nodes);
  await until(port, '/login');
  const rates = [];
  let writes, us = [];
  for (const m of measures) {
    const before = await figures(nodes);
    const costs = [() => children.reduce((all, child) => all + cpu(child.pid), 0), () => cpuOfFamily(front.pid), ...store.costs];
    const got = wrk(port, script(`nodes-${m.name}`, m.tenon), CLIENTS, seconds, costs);
    const after = await figures(nodes);
    rates.push(`${Math.round(got.rate)}${got.bad ? ` (${got.bad} refused)` : ''}`);
    if (m.write) [writes, us] = [(after.retries - before.retries) / (after.commits - before.commits), got.us];
  }
  for (const child of [front, ...children]) await stop(child);
  console.log(`| ${[count, ...rates, writes.toFixed(2), us.map((n) => n.toFixed(0)).join(' + ')].join(' | ')} |`);
}

// `measures` are those of one node, by name.
export async function growth(app, port, measures, around) {
  console.log(`\nNodes behind nginx, ${CLIENTS} clients; nodes, nginx, database and wrk share ${run('nproc', []).trim()} cores.\n`);
  console.log(`| nodes | ${measures.map((m) => `${m.name}/s`).join(' | ')} | retries a write | CPU µs a write: nodes + nginx + database |\n|${'---|'.repeat(measures.length + 3)}`);
  for (const count of [1, 2, 4]) await measured(count, port, measures, { app, ...around });
}
