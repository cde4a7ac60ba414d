// The designer over the app that ships, and over a form of 200 fields: what is loaded, what is
// asked of the server and what is drawn anew. Times are no test; these are what they come from.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve, says } from './lib/app.mjs';
import { launch, letGo, signIn } from './lib/browser.mjs';
import { drag } from './lib/design.mjs';

const TYPES = ['text', 'number', 'date', 'choice', 'longtext', 'money', 'boolean', 'email', 'phone', 'user'];
const numbers = Array.from({ length: 200 }, (_, i) => i + 1);
const BIG = ['form: big', 'label: A large form', 'title: "{f1}"', 'fields:',
    ...numbers.map((i) => `  f${i}: {type: ${TYPES[(i - 1) % 10]}, label: Field number ${i}${i % 10 === 4 ? ', options: [a, b, c]' : ''}}`),
    'layout:', ...Array.from({ length: 10 }, (_, s) => `  - {section: Part ${s + 1}, fields: [${numbers.slice(s * 20, s * 20 + 20).map((i) => `f${i}`).join(', ')}]}`),
].join('\n') + '\n';

let app, browser, root;
before(async () => {
    app = await serve('.', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }], { 'forms/big.yaml': BIG });
    root = await client(app.url, 'root');
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const field = (page, key) => page.locator(`#canvas .field[data-field="${key}"]`);
const quiet = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();

/** Opens it in an empty browser; what went over the wire for it: {url: bytes}. */
async function opened(at) {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    const wire = await page.context().newCDPSession(page);
    const urls = new Map();
    const sizes = new Map();
    await wire.send('Network.enable');
    await wire.send('Network.clearBrowserCache');
    wire.on('Network.requestWillBeSent', (e) => urls.set(e.requestId, `${e.request.method} ${e.request.url.slice(app.url.length)}`));
    wire.on('Network.loadingFinished', (e) => sizes.set(urls.get(e.requestId), e.encodedDataLength));
    await page.goto(app.url + at);
    await page.locator('#canvas .field').first().waitFor();
    await settled(urls, sizes);
    return { page, sizes, urls };
}

/** Everything asked for has come, but for what goes on. */
async function settled(urls, sizes) {
    const open = () => [...urls.values()].filter((u) => !sizes.has(u) && !u.startsWith('GET /api/v1/events'));
    await says(open, []);
}

test('the first load is under 250 kB, and brings no editor of text', async (t) => {
    const { page, sizes, urls } = await opened('/design/big');
    const all = [...sizes.values()].reduce((sum, n) => sum + n, 0);
    t.diagnostic(`${all} bytes in ${sizes.size} answers`);
    assert.ok(all < 250_000, JSON.stringify([...sizes].sort((a, b) => b[1] - a[1]).slice(0, 12)));
    assert.ok(all > 50_000, 'the counting counts');
    const before = sizes.size;
    await page.locator('[data-part="text"]').click();
    await page.locator('.cm-content').waitFor();
    await settled(urls, sizes);
    assert.ok(sizes.size > before, 'the editor came when it was asked for');
});

test('200 fields: a word typed is one edit, a drag asks nothing, and only what changed is drawn', async () => {
    const { page, urls } = await opened('/design/big');
    const since = (n) => [...urls.values()].slice(n);
    await page.evaluate(() => {
        window.drawn = new Set();
        new MutationObserver((list) => { for (const m of list) window.drawn.add(m.target.closest?.('.field')?.dataset.field ?? m.target.parentElement?.closest('.field')?.dataset.field); })
            .observe(document.querySelector('#canvas'), { childList: true, characterData: true, subtree: true });
    });
    await field(page, 'f3').click();
    const box = page.locator('.properties [data-key="label"] input').first();
    await box.fill('');
    let from = urls.size;
    await box.pressSequentially('The day it was', { delay: 15 });
    await field(page, 'f3').getByText('The day it was').first().waitFor();
    await quiet(page);
    assert.ok(since(from).filter((u) => u === 'POST /api/v1/definitions/edit').length <= 2, since(from).join());
    assert.deepEqual(await page.evaluate(() => [...window.drawn]), ['f3']);
    from = urls.size;
    // A sheet that comes into the page or goes lays out all of it anew.
    await page.evaluate(() => {
        window.sheets = 0;
        new MutationObserver((list) => { window.sheets += list.length; }).observe(document.head, { childList: true });
    });
    const a = await field(page, 'f5').boundingBox();
    await page.mouse.move(a.x + 20, a.y + a.height / 2);
    await page.mouse.down();
    for (let i = 1; i <= 20; i += 1) await page.mouse.move(a.x + 20, a.y + i * 15);
    assert.deepEqual(since(from), []);
    await page.locator('[data-dnd-dragging]').first().waitFor();
    assert.equal(await page.evaluate(() => getSelection().toString()), '');
    await page.keyboard.press('Escape');
    await letGo(page);
    await drag(page, field(page, 'f5'), field(page, 'f2'), 0.2);
    await page.waitForFunction(() => document.querySelectorAll('#canvas .field')[1].dataset.field === 'f5');
    assert.equal(await page.evaluate(() => window.sheets), 0);
    await quiet(page);
    assert.equal(since(from).filter((u) => u === 'POST /api/v1/definitions/edit').length, 1, since(from).join());
    const kept = (await root.call('GET', '/definitions/forms/big.yaml')).tree;
    assert.deepEqual(kept.layout[0].fields.slice(0, 5), ['f1', 'f5', 'f2', 'f3', 'f4']);
    assert.equal(Object.keys(kept.fields).length, 200);
    assert.deepEqual(page.errors, []);
});
