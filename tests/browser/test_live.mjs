// What others do is seen as it happens, and never takes away what one is doing.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { inColumn, openBoard } from './lib/board.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser;
before(async () => { app = await clinic(); browser = await launch(); });
after(async () => { await browser?.close(); await app?.stop(); });

const follows = (page) => page.locator('html[data-followed]').waitFor({ state: 'attached' });

async function open(login, at, options) {
    const page = await signIn(browser, app.url, login, options);
    await page.goto(app.url + at);
    await follows(page);
    return page;
}

let keepers = 1000;
const keeper = (name, more) => { keepers += 1; return app.chief.create('keeper', { name, mobile: `1390000${keepers}`, ...more }); };
const change = (form, id, values) => app.chief.call('PATCH', `/forms/${form}/records/${id}`, values);

test('a row that changed, a new one and one that went are seen in a list', async () => {
    const one = await keeper('Otto Old');
    const page = await open('vet', '/f/keeper?view=all&sort=name');
    await page.locator(`tr[data-id="${one.id}"]`, { hasText: 'Otto Old' }).waitFor();
    // A node of the page, to see that it stays the same one.
    await page.locator(`tr[data-id="${one.id}"]`).evaluate((row) => { row.mine = true; });
    await page.locator(`tr[data-id="${one.id}"] a.main-link`).focus();
    await change('keeper', one.id, { name: 'Otto New' });
    await page.locator(`tr[data-id="${one.id}"].fresh`, { hasText: 'Otto New' }).waitFor();
    assert.ok(await page.locator(`tr[data-id="${one.id}"]`).evaluate((row) => row.mine && row.contains(document.activeElement)));
    const two = await app.chief.create('keeper', { name: 'Aaron First', mobile: '13911110001' });
    await page.locator(`tr[data-id="${two.id}"]`, { hasText: 'Aaron First' }).waitFor();
    assert.ok(await page.locator(`tr[data-id="${one.id}"]`).evaluate((row) => row.mine && row.contains(document.activeElement)), 'focus stays');
    await app.chief.call('DELETE', `/forms/keeper/records/${two.id}`);
    await page.locator(`tr[data-id="${two.id}"]`).waitFor({ state: 'detached' });
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(page.errors, []);
});

test('a card that somebody else moved moves on the board', async () => {
    const visit = await app.visit({ reason: 'Limps' });
    const page = await signIn(browser, app.url, 'vet', { viewport: { width: 1600, height: 900 } });
    await openBoard(page, `${app.url}/f/visit?view=board&workflow=care`);
    await follows(page);
    await app.chief.move('visit', visit.id, 'arrive');
    await inColumn(page, visit.id, 'waiting');
    assert.deepEqual(page.errors, []);
});

test('a record is drawn anew when nothing is being written in it, else it asks', async () => {
    const one = await app.chief.create('keeper', { name: 'Rita Read', mobile: '13911110002' });
    const page = await open('vet', `/f/keeper/${one.id}`);
    await change('keeper', one.id, { name: 'Rita Reader' });
    await page.locator('h1', { hasText: 'Rita Reader' }).waitFor();
    await page.locator('.toast', { hasText: 'Clara Chief changed this record.' }).waitFor();
    await page.fill('#comment', 'half a sentence');
    await change('keeper', one.id, { name: 'Rita Third' });
    const note = page.locator('[data-note="record"]', { hasText: 'Clara Chief changed this record.' });
    await note.waitFor();
    assert.match(await page.textContent('h1'), /Reader/);
    assert.deepEqual(await axe(page), []);
    await note.locator('button').click();
    await page.locator('h1', { hasText: 'Rita Third' }).waitFor();
    assert.equal(await page.inputValue('#comment'), 'half a sentence');
    await note.waitFor({ state: 'detached' });
    await app.chief.call('DELETE', `/forms/keeper/records/${one.id}`);
    await page.locator('[data-note="record"]', { hasText: 'deleted' }).waitFor();
    assert.deepEqual(page.errors, []);
});

test('tabs stay tabs, and the one that is shown stays', async () => {
    const page = await open('vet', `/f/pet/${app.pet.id}`);
    const tab = (name) => page.locator('#live-record [role="tab"]', { hasText: name });
    const parts = page.locator('#live-record .tab-part:visible');
    await tab('Care').click();
    await change('pet', app.pet.id, { allergies: ['pollen'], name: 'Tabby' });
    await page.locator('h1', { hasText: 'Tabby' }).waitFor();
    await parts.filter({ hasText: 'Pollen' }).waitFor();
    assert.equal(await tab('Care').getAttribute('aria-selected'), 'true');
    assert.equal(await parts.count(), 1);
    await tab('Care').press('ArrowLeft');
    assert.equal(await tab('Body').getAttribute('aria-selected'), 'true');
    assert.equal(await parts.count(), 1);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(page.errors, []);
});

test('an answer that fails is asked for again', async () => {
    const one = await keeper('Fiona Failed');
    const page = await signIn(browser, app.url, 'vet');
    await page.clock.install();
    await page.goto(`${app.url}/f/keeper?view=all&sort=name`);
    await follows(page);
    let refused = 0;
    await page.route(/\/f\/keeper\?view=all/, (route) => {
        refused += 1;
        return refused > 1 ? route.continue() : route.fulfill({ status: 503, body: 'busy' });
    });
    await change('keeper', one.id, { name: 'Fiona Fixed' });
    while (refused < 2) await page.clock.fastForward(1000);
    await page.locator(`tr[data-id="${one.id}"]`, { hasText: 'Fiona Fixed' }).waitFor();
    assert.equal(refused, 2);
});

test('while one edits, the change is told and nothing typed is lost', async () => {
    const one = await app.chief.create('keeper', { name: 'Edith Edit', mobile: '13911110003', note: 'old' });
    const page = await open('desk', `/f/keeper/${one.id}/edit`);
    await page.fill('#f-name', 'Edith Typed');
    await change('keeper', one.id, { email: 'edith@example.com' });
    const note = page.locator('[data-note="record"]');
    await note.locator('li', { hasText: 'edith@example.com' }).waitFor();
    assert.equal(await page.inputValue('#f-name'), 'Edith Typed');
    assert.deepEqual(await axe(page), []);
    await page.click('.actions button.main');
    await page.waitForURL((u) => u.pathname === `/f/keeper/${one.id}`);
    const now = await app.chief.call('GET', `/forms/keeper/records/${one.id}`);
    assert.deepEqual([now.name, now.email], ['Edith Typed', 'edith@example.com']);
    assert.deepEqual(page.errors, []);
});

test('tabs of one browser share a stream, and one takes over when the other closes', async () => {
    const one = await app.chief.create('keeper', { name: 'Tabea Tab', mobile: '13911110004' });
    const first = await open('vet', `/f/keeper/${one.id}`);
    const streams = { first: 0, second: 0 };
    first.on('request', (r) => { streams.first += r.resourceType() === 'eventsource'; });
    const second = await first.context().newPage();
    second.on('request', (r) => { streams.second += r.resourceType() === 'eventsource'; });
    await second.goto(`${app.url}/f/keeper/${one.id}`);
    await follows(second);
    await change('keeper', one.id, { name: 'Tabea Two' });
    await second.bringToFront();
    await second.locator('h1', { hasText: 'Tabea Two' }).waitFor();
    assert.equal(streams.second, 0);
    await first.close();
    await change('keeper', one.id, { name: 'Tabea Three' });
    await second.locator('h1', { hasText: 'Tabea Three' }).waitFor();
    assert.equal(streams.second, 1);
});

test('without a stream the page asks from time to time', async () => {
    const one = await app.chief.create('keeper', { name: 'Paula Poll', mobile: '13911110005' });
    const page = await signIn(browser, app.url, 'vet');
    await page.route('**/api/v1/events*', (route) => (route.request().headers().accept.includes('event-stream')
        ? route.fulfill({ status: 503, headers: { 'Retry-After': '10' } }) : route.continue()));
    await page.goto(`${app.url}/f/keeper/${one.id}`);
    await follows(page);
    await change('keeper', one.id, { name: 'Paula Polled' });
    await page.locator('h1', { hasText: 'Paula Polled' }).waitFor();
});

test('another version of the app is offered, not forced', async () => {
    const page = await open('vet', '/f/keeper?view=all');
    const path = 'forms/medicine.yaml';
    const { text, etag } = await app.root.call('GET', `/definitions/${path}`);
    await app.root.call('PUT', `/definitions/${path}`, { etag, text: text.replace('import_price:', 'batch: {type: text}\n  import_price:') });
    await app.root.call('POST', '/definitions/publish', { note: 'batch' });
    const note = page.locator('[data-note="app"]', { hasText: 'The app has changed.' });
    await note.waitFor();
    assert.deepEqual(await axe(page), []);
    await Promise.all([page.waitForEvent('load'), note.locator('button').click()]);
    await follows(page);
    assert.equal(await note.count(), 0);
});

test('messages are counted and told at once', async () => {
    const page = await open('desk', '/f/keeper?view=all');
    const badge = page.locator('[data-unread]');
    assert.ok(await badge.isHidden());
    const visit = await app.visit({ reason: 'Message' });
    await app.chief.move('visit', visit.id, 'arrive');
    await app.chief.move('visit', visit.id, 'treat', {});
    await change('visit', visit.id, { findings: 'none' });
    await app.chief.move('visit', visit.id, 'bill');
    await badge.waitFor();
    assert.match(await badge.textContent(), /1/);
    await page.locator('.toast button', { hasText: 'Show' }).waitFor();
});

test('tasks are counted at once, and their list is drawn anew', async () => {
    const consent = await serve('tests/apps/consent', [{ login: 'boss', name: 'Berta Boss', roles: 'finance' },
        { login: 'li', name: 'Lisa Li', roles: 'buyer' }]);
    try {
        const li = await client(consent.url, 'li');
        const ask = async (name) => {
            const order = await li.create('order', { name, kind: 'seq', amount: 1, judges: ['boss'] });
            await li.call('POST', `/forms/order/records/${order.id}/transitions/order`, {});
            return order;
        };
        const page = await signIn(browser, consent.url, 'boss');
        await page.goto(`${consent.url}/tasks`);
        await follows(page);
        const badge = page.locator('[data-tasks]');
        assert.ok(await badge.isHidden());
        await ask('Paper');
        await badge.waitFor();
        assert.match(await badge.textContent(), /1/);
        await page.locator('#live-tasks .tasks a.main-link', { hasText: 'Paper' }).waitFor();
        assert.match(await page.locator('#live-tasks nav .badge').textContent(), /1/);
        assert.deepEqual(await axe(page), []);
        const boss = await client(consent.url, 'boss');
        const { tasks } = await boss.call('GET', '/tasks');
        await boss.call('POST', `/tasks/${tasks[0].id}/approve`, {});
        await badge.waitFor({ state: 'hidden' });
        await page.locator('#live-tasks .empty').waitFor();
        assert.deepEqual(page.errors, []);
    } finally {
        await consent.stop();
    }
});
