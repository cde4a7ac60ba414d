// The two databases as the bench needs them: where floor and Tenon keep their tables, SQL into
// them from outside, and the processor time of the database where it is a program of its own.
// The records are written by SQL: the tables are ordinary ones.
import fs from 'node:fs';
import path from 'node:path';
import { cpuOfFamily, dir, here, run } from './tools.mjs';

const columns = 'id,version,created_at,updated_at,workflow,workflow_version,stage,stage_since,number,number__key,name,company,mobile,source,region,owner,next_on,budget';
const when = "'2026-01-01T00:00:00Z'";

function sqlite() {
  const file = path.join(dir, 'app', 'data', 'tenon.db');
  return {
    floor: { sources: ['floor_sqlite.c'], flags: ['-lsqlite3'], store: path.join(dir, 'floor.db') },
    at: [], shippedAt: [], costs: [],
    rows: (sql) => run('sqlite3', ['-readonly', file, sql]).trim().split('\n'),
    fill: () => run('sqlite3', [file, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<100000)
      INSERT INTO item(${columns})
      SELECT i,1,${when},${when},'pipeline',1,CASE i%4 WHEN 0 THEN 'fresh' WHEN 1 THEN 'talking' WHEN 2 THEN 'won' ELSE 'lost' END,
      ${when},'N-'||i,'n-'||i,'Name '||i,'Company '||(i%5000),'+86138'||printf('%08d',i),'web','east',
      (SELECT id FROM user WHERE login='u'||(2+i%10)),date('2036-01-01','+'||(i%365)||' days'),i%1000*100 FROM n;`]),
    close() {},
  };
}

// A throw-away cluster of Debian's package, whose commits reach the disk; it goes when this
// process does, however that ends.
function postgresql() {
  const cluster = path.join(here, '..', 'pg', 'cluster.py'), mark = path.join(dir, 'cluster');
  run('python3', [cluster, 'start', mark, '--durable']);
  const said = fs.readFileSync(`${mark}.${process.pid}`, 'utf8');
  const folder = /^# (.*)$/m.exec(said)[1], server = /TENON_TEST_PG='(.*)'/.exec(said)[1];
  const pid = Number(fs.readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const psql = (url, ...sql) => run('psql', [url, '-AtqX', '-F', '|', '-v', 'ON_ERROR_STOP=1', ...sql.flatMap((one) => ['-c', one])]);
  const made = (name) => {
    psql(server, `CREATE DATABASE ${name}`);
    return server.replace(/\/[^/]*$/, `/${name}`);
  };
  const url = made('bench'), include = run('pg_config', ['--includedir']).trim();
  return {
    floor: { sources: ['floor_pg.c'], flags: [`-I${include}`, '-lpq'], store: made('floor') },
    at: ['--db', url], shippedAt: ['--db', made('shipped')], costs: [() => cpuOfFamily(pid)],
    rows: (sql) => psql(url, sql).trim().split('\n'),
    fill: () => psql(url, `INSERT INTO item(${columns})
      SELECT i,1,${when},${when},'pipeline',1,(ARRAY['fresh','talking','won','lost'])[i%4+1],
      ${when},'N-'||i,'n-'||i,'Name '||i,'Company '||i%5000,'+86138'||lpad(i::text,8,'0'),'web','east',
      u.id,date '2036-01-01'+i%365,i%1000 FROM generate_series(1,100000) i JOIN "user" u ON u.login='u'||(2+i%10)`,
    `SELECT setval(pg_get_serial_sequence('item','id'), 100000)`, 'VACUUM ANALYZE'),
    nodes: true,
    close() { run('python3', [cluster, 'stop', mark]); },
  };
}

export const open = (kind) => (kind === 'postgresql' ? postgresql() : sqlite());
