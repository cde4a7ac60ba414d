// Calendars, galleries, filters, columns, saved views and tabs: with and without script.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { axe, launch, letGo, overflow, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser;
before(async () => { app = await clinic(); browser = await launch(); });
after(async () => { await browser?.close(); await app?.stop(); });

const wide = { viewport: { width: 1400, height: 1000 } };
const plain = { ...wide, javaScriptEnabled: false };
const at = async (visit) => (await app.chief.call('GET', `/forms/visit/records/${visit.id}`)).starts_at;
const pet = (values) => app.chief.create('pet', { name: 'Pet', keeper: app.keeper.id, species: 'cat', ...values });
const event = (page, id) => page.locator(`.event[data-id="${id}"]:not([data-dnd-placeholder])`).first();
const onDay = (page, id, day) => page.waitForFunction(([i, d]) =>
    document.querySelector(`[data-day="${d}"] .event[data-id="${i}"]`), [id, day]);

async function plan(month, options = wide) {
    const page = await signIn(browser, app.url, 'chief', options);
    await page.goto(`${app.url}/f/visit?view=plan&month=${month}`);
    if (options.javaScriptEnabled !== false) await page.locator('[data-calendar][data-live]').waitFor();
    return page;
}

async function drag(page, id, day) {
    const from = await event(page, id).boundingBox();
    const to = await page.locator(`[data-day="${day}"]`).boundingBox();
    await page.mouse.move(from.x + 20, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(from.x + 34, from.y + from.height / 2 + 4, { steps: 4 });
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 12 });
    await page.mouse.move(to.x + to.width / 2 + 3, to.y + to.height / 2, { steps: 2 });
    await letGo(page);
}

test('an event dropped on another day keeps its time there, and can be put back', async () => {
    const visit = await app.visit({ starts_at: '2031-05-06T09:30', reason: 'x' });
    const before = await at(visit);
    const page = await plan('2031-05');
    await drag(page, visit.id, '2031-05-14');
    await onDay(page, visit.id, '2031-05-14');
    assert.equal((await at(visit)).slice(10), before.slice(10));
    assert.equal((await at(visit)).slice(0, 10), '2031-05-14');
    await page.click('.toast button');
    await onDay(page, visit.id, '2031-05-06');
    assert.equal(await at(visit), before);
    assert.deepEqual(page.errors, []);
});

test('without a mouse “Move…” asks for the day', async () => {
    const visit = await app.visit({ starts_at: '2031-06-03T10:00', reason: 'x' });
    const page = await plan('2031-06');
    await event(page, visit.id).locator('[data-move]').focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog input[type="date"]').fill('2031-06-20');
    await page.keyboard.press('Enter');
    await onDay(page, visit.id, '2031-06-20');
    assert.equal((await at(visit)).slice(0, 10), '2031-06-20');
});

test('a day that the record may not have goes back and says why', async () => {
    const visit = await app.visit({ starts_at: '2031-07-03T10:00', reason: 'x' });
    const page = await plan('2031-07');
    await page.locator('[data-calendar]').evaluate((box) => { box.dataset.busy = ''; });     // does not follow
    await app.chief.call('PATCH', `/forms/visit/records/${visit.id}`, { minutes: 45 });
    await drag(page, visit.id, '2031-07-10');
    await page.locator('.toast').waitFor();
    await onDay(page, visit.id, '2031-07-03');
    assert.equal((await at(visit)).slice(0, 10), '2031-07-03');
});

test('without script the calendar is links: months, the record, the form', async () => {
    const visit = await app.visit({ starts_at: '2031-08-03T10:00', reason: 'x' });
    const page = await plan('2031-07', plain);
    await page.click('.cal-head nav a:last-child >> nth=0');
    assert.match(page.url(), /month=2031-08/);
    await event(page, visit.id).locator('[data-move]').click();
    assert.match(page.url(), new RegExp(`/f/visit/${visit.id}/edit#f-starts_at`));
});

test('a gallery shows initials where there is no picture, and more as one scrolls', async () => {
    for (let i = 0; i < 50; i++) await pet({ name: `Ada Bee ${100 + i}` });
    const page = await signIn(browser, app.url, 'chief', wide);
    await page.goto(`${app.url}/f/pet?view=cards`);
    assert.equal(await page.locator('.picture-card .picture').first().innerText(), 'AB');
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForFunction(() => document.querySelectorAll('.picture-card').length > 50);
    assert.deepEqual(page.errors, []);
});

const rows = (page) => page.locator('table tbody tr').count();

test('a filter is picked in a panel and is what one could have typed', async () => {
    await pet({ name: 'Tweety', species: 'bird', weight: 0.1 });
    const page = await signIn(browser, app.url, 'chief', wide);
    await page.goto(`${app.url}/f/pet?view=all`);
    await page.click('a[data-panel]:has-text("Filter")');
    await page.selectOption('dialog [name="add"]', 'species');
    await page.locator('dialog [name="v0"]').waitFor();
    await page.selectOption('dialog [name="o0"]', 'any');
    await page.locator('dialog [name="v0.3"]').check();
    await page.selectOption('dialog [name="add"]', ':');
    await page.fill('dialog [name="t1"]', 'weight * 2 < ');
    assert.deepEqual(await axe(page), []);
    await page.click('dialog button[name="apply"]');
    await page.locator('dialog .issue').waitFor();
    assert.match(await page.locator('dialog pre').innerText(), /\^/);
    await page.fill('dialog [name="t1"]', 'weight * 2 < 1');
    await Promise.all([page.waitForURL(/filter=/), page.click('dialog button[name="apply"]')]);
    assert.equal(new URL(page.url()).searchParams.get('filter'), "species in ['bird'] and weight * 2 < 1");
    assert.equal(await rows(page), 1);
    assert.match(await page.locator('.tools').innerText(), /Species is any of Bird/);
    await page.click('.tools .chip >> nth=0');
    assert.equal(new URL(page.url()).searchParams.get('filter'), 'weight * 2 < 1');
});

test('the same is done without script', async () => {
    const page = await signIn(browser, app.url, 'chief', plain);
    await page.goto(`${app.url}/f/pet?view=all`);
    await page.click('a[data-panel]:has-text("Filter")');
    await page.selectOption('[name="add"]', 'weight');
    await page.click('button[name="more"]');
    await page.selectOption('[name="o0"]', 'between');
    await page.click('button[name="more"]');
    await page.fill('[name="v0"]', '31');
    await page.fill('[name="w0"]', '32');
    await page.click('button[name="apply"]');
    assert.equal(new URL(page.url()).searchParams.get('filter'), 'weight between 31 and 32');
    assert.equal(await rows(page), 1);
});

test('columns are chosen and put in order; a head clicked with Shift sorts within', async () => {
    const page = await signIn(browser, app.url, 'chief', wide);
    await page.goto(`${app.url}/f/pet?view=all`);
    await page.click('a[data-panel]:has-text("Columns")');
    for (const order of ['photo,name', 'photo,species,name']) {
        await page.click('dialog button[name="down"][value="name"]');
        await page.waitForFunction((o) => document.querySelector('dialog [name="order"]').value.startsWith(o), order);
    }
    for (const column of ['photo', 'keeper']) await page.locator(`dialog [name="c.${column}"]`).uncheck();
    await Promise.all([page.waitForURL(/columns=/), page.click('dialog button[name="apply"]')]);
    const heads = () => page.locator('thead th').allInnerTexts();
    assert.deepEqual((await heads()).slice(0, 3), ['Species', 'Name', 'Born on']);
    await Promise.all([page.waitForURL(/sort=species/), page.click('thead a >> nth=0')]);
    await Promise.all([page.waitForURL(/sort=species(,|%2C)name/), page.click('thead a >> nth=1', { modifiers: ['Shift'] })]);
    assert.deepEqual((await heads()).slice(0, 2).map((x) => x.replace(/\s+/g, ' ')), ['Species ↑ 1', 'Name ↑ 2']);
});

test('what the list shows is kept as a view, renamed and deleted', async () => {
    const page = await signIn(browser, app.url, 'chief', wide);
    await page.goto(`${app.url}/f/pet?view=all&filter=alive`);
    await page.click('a.keep');
    await page.fill('dialog [name="name"]', 'Living');
    await Promise.all([page.waitForURL(/saved=/), page.click('dialog button.main')]);
    assert.equal(await page.locator('.tab[aria-current]').innerText(), '☆ Living'.replace('☆ ', ''));
    await page.click('a.keep');
    await page.click('dialog a:has-text("Edit")');
    await page.locator('dialog [name="delete"]').waitFor();
    await page.fill('dialog [name="name"]', 'Alive');
    await Promise.all([page.waitForNavigation(), page.click('dialog button.main')]);
    assert.equal(await page.locator('.tab[aria-current]').innerText(), 'Alive');
    await page.click('a.keep');
    await page.click('dialog a:has-text("Edit")');
    page.on('dialog', (d) => d.accept());
    await Promise.all([page.waitForNavigation(), page.click('dialog [name="delete"]')]);
    assert.equal(await page.locator('.tab:has-text("Alive")').count(), 0);
    assert.deepEqual(page.errors, []);
});

const tab = (page, name) => page.locator(`[role="tab"]:has-text("${name}")`);

test('parts of a form are tabs for mouse and keys', async () => {
    const page = await signIn(browser, app.url, 'chief', wide);
    await page.goto(`${app.url}/f/pet/${app.pet.id}/edit`);
    await tab(page, 'Body').waitFor();
    assert.ok(await page.isVisible('#f-weight') && await page.isVisible('#f-chip'));
    assert.ok(!await page.isVisible('#f-phone'));
    await tab(page, 'Body').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await tab(page, 'Care').getAttribute('aria-selected'), 'true');
    assert.ok(await page.isVisible('#f-phone') && !await page.isVisible('#f-weight'));
    assert.deepEqual(await axe(page), []);
    await page.selectOption('#f-species', 'bird');
    await page.waitForFunction(() => document.querySelector('#f-weight').checkVisibility());
    assert.ok(!await tab(page, 'Care').isVisible());
    await page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await overflow(page), '');
});

test('fields stand in the columns of their section, on form and record', async () => {
    const page = await signIn(browser, app.url, 'chief', wide);
    const lefts = (selector) => page.$$eval(selector, (all) => new Set(all.map((e) => Math.round(e.getBoundingClientRect().left))).size);
    await page.goto(`${app.url}/f/pet/${app.pet.id}`);
    assert.equal(await lefts('.record > .stack > .panel:first-child .facts > div'), 2);
    await page.goto(`${app.url}/f/pet/${app.pet.id}/edit`);
    assert.equal(await lefts('fieldset[data-section="0"] .fields > .field'), 2);
    await page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await lefts('fieldset[data-section="0"] .fields > .field'), 1);
});

test('a mistake in a part that is not shown brings it forward', async () => {
    const page = await signIn(browser, app.url, 'chief', wide);
    await page.goto(`${app.url}/f/pet/${app.pet.id}/edit`);
    await page.fill('#f-weight', '-5');
    await tab(page, 'Care').click();
    await Promise.all([page.waitForNavigation(), page.click('button.main:has-text("Save")')]);
    await tab(page, 'Body').waitFor();
    assert.equal(await tab(page, 'Body').getAttribute('aria-selected'), 'true');
    await tab(page, 'Care').click();
    await page.click('[data-summary] a');
    assert.ok(await page.isVisible('#f-weight'));
});

test('a page with tabs opens at its top, on a phone too', async () => {
    const page = await signIn(browser, app.url, 'chief', { viewport: { width: 360, height: 400 } });
    for (const path of [`/f/pet/${app.pet.id}`, `/f/pet/${app.pet.id}/edit`]) {
        await page.goto(app.url + path);
        await page.locator('[data-tabs].live').first().waitFor();
        assert.equal(await page.evaluate(() => scrollY), 0, path);
    }
});

test('without script all parts of a form are there', async () => {
    const page = await signIn(browser, app.url, 'chief', plain);
    await page.goto(`${app.url}/f/pet/${app.pet.id}/edit`);
    assert.ok(await page.isVisible('#f-weight') && await page.isVisible('#f-phone'));
    await page.click('.tabs a:has-text("Care")');
    assert.match(page.url(), /#tab-\d$/);
});
