// A running server for browser tests: a copy of an app, users of its own, a free port.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const TENON = process.env.TENON ?? 'build/tenon';
const ROOT = process.env.ROOT ?? path.resolve(import.meta.dirname, '../../..');
export const PASSWORD = 'secret-pass-1';

/**
 * A database for one test: a file, or with $TENON_TEST_DB = postgresql one on $TENON_TEST_PG.
 * @param {string} folder
 */
function database(folder) {
    if (process.env.TENON_TEST_DB !== 'postgresql')
        return { url: `sqlite:${path.join(folder, 'tenon.db')}`, drop() {} };
    const server = process.env.TENON_TEST_PG;
    const name = `tn_${crypto.randomUUID().replaceAll('-', '')}`;
    const psql = (sql) => execFileSync('psql', ['-Xqc', sql, server]);
    psql(`CREATE DATABASE ${name}`);
    return {
        url: server.replace(/[^/]*$/, name),
        drop: () => psql(`DROP DATABASE ${name} WITH (FORCE)`),
    };
}

// What of the tree's root is the app that ships with it.
const OWN = ['app.yaml', 'forms', 'workflows', 'plugins', 'dashboards'];

/**
 * @param {string} app folder below the tree; '.': the app that ships with it
 * @param {{login: string, name: string, roles: string, department?: string}[]} users
 * @param {Record<string, string>} more files, by path in the app
 */
export async function serve(app, users, more = {}) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-browser-'));
    const copy = path.join(folder, 'app');
    for (const name of fs.readdirSync(path.join(ROOT, app)).filter((x) => app !== '.' || OWN.includes(x)))
        fs.cpSync(path.join(ROOT, app, name), path.join(copy, name), { recursive: true });
    for (const [at, text] of Object.entries(more)) {
        fs.mkdirSync(path.dirname(path.join(copy, at)), { recursive: true });
        fs.writeFileSync(path.join(copy, at), text);
    }
    const own = database(folder);
    const db = ['--db', own.url];
    for (const u of users)
        execFileSync(TENON, ['user', 'add', copy, ...db, '--login', u.login, '--name', u.name,
            '--roles', u.roles, ...(u.department ? ['--department', u.department] : []),
            '--password-stdin'], { input: `${PASSWORD}\n` });
    const child = spawn(TENON, ['serve', copy, ...db, '--listen', '127.0.0.1:0'],
        { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    child.stderr.on('data', (x) => { log += x; });
    const url = await new Promise((resolve, reject) => {
        let out = '';
        child.stdout.on('data', (x) => {
            out += x;
            const found = /http:\/\/127\.0\.0\.1:\d+/.exec(out);
            if (found) resolve(found[0]);
        });
        child.on('exit', (code) => reject(new Error(`the server ended (${code}): ${log}`)));
    });
    return {
        url, folder: copy, log: () => log,
        async stop() {
            child.removeAllListeners('exit');
            const gone = new Promise((resolve) => child.on('exit', resolve));
            child.kill('SIGTERM');
            await gone;
            own.drop();
            fs.rmSync(folder, { recursive: true, force: true });
        },
    };
}

const sessions = new Map();

/** A session of a user, one for the whole test: {cookie: "name=value", csrf}. */
export function signedIn(url, login) {
    const key = `${url} ${login}`;
    if (!sessions.has(key)) sessions.set(key, begin(url, login));
    return sessions.get(key);
}

async function begin(url, login) {
    const answer = await fetch(`${url}/api/v1/login`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ login, password: PASSWORD }),
    });
    if (!answer.ok) throw new Error(`login ${login}: ${answer.status} ${await answer.text()}`);
    const { csrf } = await answer.json();
    return { cookie: answer.headers.get('set-cookie').split(';')[0], csrf };
}

/** The JSON API as one user: token-free, by the cookie of a login. */
export async function client(url, login) {
    const { cookie, csrf } = await signedIn(url, login);
    const call = async (method, at, body) => {
        const answer = await fetch(`${url}/api/v1${at}`, {
            method, headers: { Cookie: cookie, 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
        return text ? JSON.parse(text) : null;
    };
    return {
        cookie, call,
        create: (form, values) => call('POST', `/forms/${form}/records`, values),
        move: (form, id, name, values) => call('POST', `/forms/${form}/records/${id}/transitions/${name}`, { values }),
    };
}

const MOST_MS = 60000;                       // a machine may be slow

/** Asks again and again until it gives something; what it gave. What throws is asked again, too. */
export async function until(what) {
    for (const end = Date.now() + MOST_MS; ;) {
        try {
            const got = await what();
            if (got) return got;
            if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
        } catch (e) { if (Date.now() > end) throw e; }
        await new Promise((go) => { setTimeout(go, 25); });
    }
}

/** Until it gives what is wanted. */
export const says = (look, wanted) => until(async () => { assert.deepEqual(await look(), wanted); return true; });
