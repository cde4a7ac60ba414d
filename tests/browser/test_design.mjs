// The designer, as somebody uses it who has never seen a line of YAML: by mouse, and by keyboard.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { client, serve, until } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';
import { drag, fingerDrag, fingerScroll } from './lib/design.mjs';

let app, browser, root;
before(async () => {
    app = await serve('tests/apps/workshop', [
        { login: 'root', name: 'Ada Admin', roles: 'admin' },
        { login: 'sam', name: 'Sam Staff', roles: 'staff' },
    ]);
    root = await client(app.url, 'root');
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const WIDE = { viewport: { width: 1440, height: 900 } };
const fields = (page) => page.locator('#canvas .fields > .field');
const keys = (page) => fields(page).evaluateAll((all) => all.map((x) => x.dataset.field));
const has = (page, key) => page.locator(`#canvas .field[data-field="${key}"]`).waitFor();
const property = (page, key) => page.locator(`.properties [data-key="${key}"]`);
const definition = async (at) => (await root.call('GET', `/definitions/${at}`)).tree;
const issueFree = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();

async function design(page, at = '/design') {
    await page.goto(app.url + at);
    await page.locator('#design[data-live]').waitFor();
}

/** The label of what was just put there; its name follows, also when one goes on at once. */
async function said(page, label) {
    await page.waitForFunction(() => document.activeElement?.closest('[data-key="label"]'));
    await property(page, 'label').locator('input').first().fill(label);
}

async function called(page, label, key) {
    await said(page, label);
    await has(page, key);
}

test('a form is made by dragging, and published', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page);
    await page.getByLabel('What is it called?').fill('Customer visit');
    await page.getByRole('button', { name: 'Create' }).click();
    await has(page, 'name');
    assert.deepEqual(await keys(page), ['name', 'owner', 'phone', 'notes']);
    assert.deepEqual(await axe(page), []);
    const type = (name) => page.locator(`.palette-item[data-type="${name}"]`);
    await drag(page, type('choice'), page.locator('#canvas .field[data-field="phone"]'));
    await called(page, 'Kind', 'kind');
    assert.deepEqual(await keys(page), ['name', 'owner', 'kind', 'phone', 'notes']);
    for (const [name, label] of [['number', 'Hours'], ['money', 'Price'], ['date', 'Visited on'], ['boolean', 'Follow up'], ['email', 'Mail']]) {
        await type(name).click();
        await said(page, label);
    }
    for (const key of ['hours', 'price', 'visited_on', 'follow_up', 'mail']) await has(page, key);
    await type('formula').click();
    await called(page, 'Total', 'total');
    await property(page, 'formula').locator('textarea, input').first().fill('hours * price');
    await issueFree(page);
    await page.locator('#canvas .field[data-field="mail"]').click();
    await page.locator('.properties .keys-more summary').first().click();
    await property(page, 'visible').locator('select').first().selectOption('when');
    await property(page, 'visible').locator('textarea, [role="combobox"]').fill('follow_up');
    await page.locator('#canvas .field.maybe[data-field="mail"]').waitFor();
    await drag(page, page.locator('#canvas .field[data-field="notes"]'), page.locator('#canvas .field[data-field="name"]'), 0.8);
    await page.waitForFunction(() => document.querySelector('#canvas .field:nth-child(2)')?.dataset.field === 'notes');
    await issueFree(page);
    const made = await definition('forms/customer_visit.yaml');
    assert.equal(made.fields.mail.visible, 'follow_up');
    assert.equal(made.fields.total.formula, 'hours * price');
    assert.deepEqual(Object.keys(made.fields).slice(0, 4), ['name', 'notes', 'owner', 'kind']);
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.locator('dialog[open]');
    await dialog.locator('.diff').waitFor();
    await dialog.getByLabel('Note').fill('Visits');
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.locator('.toast').getByText('Published as version 2').waitFor();
    await Promise.all([page.waitForURL('**/f/customer_visit/new'), page.locator('.toast button').click()]);
    await page.locator('#f-name').waitFor();
    const sam = await client(app.url, 'sam');
    const one = await sam.create('customer_visit', { name: 'Lake', hours: 2, price: 5, kind: 'option_1' });
    assert.equal((await sam.call('GET', `/forms/customer_visit/records/${one.id}`)).total, 10);
    const text = fs.readFileSync(path.join(app.folder, 'forms', 'customer_visit.yaml'), 'utf8');
    assert.match(text, /^ {2}mail: \{type: email, label: Mail, visible: follow_up\}$/m);
    assert.deepEqual(page.errors, []);
});

test('stages with a gate, a right and a reminder; then somebody meets them', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page, '/design/customer_visit');
    const part = (name) => page.locator('.design-parts button', { hasText: name }).click();
    await part('Stages');
    await page.getByRole('button', { name: 'Add stages' }).click();
    await page.locator('.flow-map [data-way] .way-box').first().click();
    await page.locator('.properties [data-key="require"] summary').click();
    await page.locator('.properties [data-key="require"]').getByRole('checkbox', { name: 'Visited on' }).check();
    await page.locator('.flow-map .mark', { hasText: 'required: 1' }).waitFor();
    await part('Permissions');
    await page.getByLabel('Staff: Delete', { exact: true }).selectOption('own');
    await part('Reminders');
    await page.getByPlaceholder('New reminder').fill('Report on {name}');
    await page.locator('.new-part button').click();
    await page.getByLabel('Which time').selectOption('created_at');
    await page.locator('.card-said', { hasText: /on the day of “Created at”\s*→ The owner/ }).waitFor();
    await issueFree(page);
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.locator('.toast').getByText('Published as version 3').waitFor();
    const sam = await client(app.url, 'sam');
    const visit = await sam.create('customer_visit', { name: 'Hill', hours: 1, price: 2, kind: 'option_1' });
    const { label, stages, transitions } = await definition('workflows/customer_visit_flow.yaml');
    const [[name]] = Object.entries(transitions);
    assert.deepEqual([label, stages.done.status], ['Customer visit', 'done']);
    await assert.rejects(sam.move('customer_visit', visit.id, name, {}), /required/);
    assert.equal((await sam.move('customer_visit', visit.id, name, { visited_on: '2026-03-02' })).stage, 'done');
    await until(async () => ((await sam.call('GET', '/messages')).messages.filter((m) => m.text === 'Report on Hill')).length === 1);
    assert.deepEqual(page.errors, []);
});

test('everything is undone and done again; a closed tab loses nothing', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page, '/design/customer_visit');
    await has(page, 'name');
    const text = (await root.call('GET', '/definitions/forms/customer_visit.yaml')).text;
    await page.locator('.palette-item[data-type="text"]').click();
    await called(page, 'Extra', 'extra');
    await page.locator('#canvas .field[data-field="price"]').click();
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
    const asked = page.getByRole('dialog', { name: 'Remove Price?' });
    await asked.getByText('Form Customer visit › Fields › Total › Formula').waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Escape');                               // nothing happened
    await asked.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
    await asked.getByRole('button', { name: 'Remove all the same' }).click();
    await page.locator('#canvas .field[data-field="price"]').waitFor({ state: 'detached' });
    await page.locator('.issues summary').waitFor();                   // the formula asks for it
    await design(page, '/design/customer_visit');
    await page.locator('.issues summary').waitFor();
    await has(page, 'extra');
    assert.equal(await page.locator('#canvas .field[data-field="price"]').count(), 0);
    await root.call('DELETE', '/definitions/draft');
    await design(page, '/design/customer_visit');
    await page.locator('.palette-item[data-type="text"]').click();
    await called(page, 'Extra', 'extra');
    for (let n = 0; n < 50 && await page.getByRole('button', { name: /Undo/ }).isEnabled(); n += 1) {
        await page.getByRole('button', { name: /Undo/ }).click();
        await page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
    }
    await page.locator('#canvas .field[data-field="extra"]').waitFor({ state: 'detached' });
    assert.equal((await root.call('GET', '/definitions/forms/customer_visit.yaml')).text, text);
    await page.getByRole('button', { name: /Redo/ }).click();
    await page.waitForFunction(() => document.querySelectorAll('#canvas .fields > .field').length === 12);
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('by keyboard alone: a field is made, moved and removed', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page, '/design/customer_visit');
    await has(page, 'name');
    await page.locator('.palette-item[data-type="rating"]').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.closest('[data-key="label"]'));
    await page.keyboard.type('Stars');
    await has(page, 'stars');
    await page.locator('#canvas .field[data-field="stars"]').focus();
    await page.keyboard.press('Alt+ArrowUp');
    await page.waitForFunction(() => document.querySelector('#canvas .fields').lastElementChild.dataset.field !== 'stars');
    await page.locator('#design-said', { hasText: 'Stars was moved.' }).waitFor({ state: 'attached' });
    await page.waitForFunction(() => document.activeElement?.dataset.field === 'stars');
    await page.keyboard.press('Delete');
    await page.locator('#canvas .field[data-field="stars"]').waitFor({ state: 'detached' });
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('with a finger: a kind comes in, a field and a section are moved, and the canvas scrolls', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1024, height: 480 }, hasTouch: true });
    const path = 'forms/customer_visit.yaml';
    const { etag } = await root.call('GET', `/definitions/${path}`);
    await root.call('PATCH', `/definitions/${path}`, { etag, ops: [{ op: 'set', path: 'layout', value: [
        { section: 'Who', fields: ['name', 'phone', 'mail'] }, { section: 'What', fields: ['kind', 'hours', 'price', 'total'] }] }] });
    const layout = () => definition(path).then((now) => now.layout.map((s) => [s.section, ...s.fields]));
    const drawn = (order) => page.waitForFunction((list) => [...document.querySelectorAll('#canvas .fields > .field')]
        .slice(0, list.length).map((x) => x.dataset.field).join() === list.join(), order);
    const field = (key) => page.locator(`#canvas .field[data-field="${key}"]`);
    await design(page, '/design/customer_visit');
    await has(page, 'name');
    // What is moved at once scrolls; nothing is dragged by it, nothing selected.
    const scrolled = (box) => page.waitForFunction((name) => document.querySelector(name).scrollTop > 60, box);
    await fingerScroll(page, field('phone'), 150);
    await scrolled('.canvas-frame');
    assert.equal(await page.locator('[data-dnd-dragging], #canvas .chosen').count(), 0);
    await fingerScroll(page, page.locator('.palette-item[data-type="rating"]'), 150);
    await scrolled('.palette');
    await page.setViewportSize({ width: 1280, height: 1200 });           // all of it fits
    await fingerDrag(page, page.locator('.palette-item[data-type="text"]'), field('phone'));
    await called(page, 'Nickname', 'nickname');
    assert.deepEqual((await layout())[0], ['Who', 'name', 'nickname', 'phone', 'mail']);
    await fingerDrag(page, field('hours'), field('mail'), 0.8);
    await drawn(['name', 'nickname', 'phone', 'mail', 'hours', 'kind']);
    await fingerDrag(page, page.getByRole('button', { name: 'Move: What' }), page.locator('#canvas [data-section="0"]'), 0.2, false);
    await drawn(['kind', 'price', 'total', 'name', 'nickname']);
    await page.locator('#design-said', { hasText: 'What was moved.' }).waitFor({ state: 'attached' });
    // The same by keys and by the menu.
    await page.getByRole('button', { name: 'Move: What' }).focus();
    await page.keyboard.press('ArrowDown');
    await drawn(['name', 'nickname', 'phone', 'mail', 'hours', 'kind']);
    await page.waitForFunction(() => document.activeElement?.closest('[data-section="1"] > .section-grip'));
    await page.getByRole('button', { name: 'Move: What' }).click();
    await page.getByLabel('Move What to').selectOption({ label: 'Before Who' });
    await drawn(['kind', 'price', 'total', 'name']);
    assert.equal(await page.locator('.properties h2').innerText(), 'What');
    await issueFree(page);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(await layout(), [['What', 'kind', 'price', 'total'], ['Who', 'name', 'nickname', 'phone', 'mail', 'hours']]);
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('a mistake is said where it is, in words', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page, '/design/customer_visit');
    await page.locator('#canvas .field[data-field="total"]').click();
    await property(page, 'formula').locator('textarea, input').first().fill('hours * nothing');
    await property(page, 'formula').locator('.issue').first().waitFor();
    assert.match(await property(page, 'formula').locator('.issue').first().textContent(), /nothing/);
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.locator('dialog[open] .note.bad').waitFor();
    assert.equal(await page.locator('dialog[open]').getByRole('button', { name: 'Publish', exact: true }).isDisabled(), true);
    await page.keyboard.press('Escape');
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});
