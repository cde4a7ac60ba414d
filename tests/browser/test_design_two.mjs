// Two at one app: what another admin publishes, or another tab of one's own does, is taken over at
// once and merged; what both touched is asked for; an act over several files is one to undo.
import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';

let app, root, boss, browser, page;
const FORM = 'forms/keeper.yaml';
const WIDE = { viewport: { width: 1440, height: 900 } };

before(async () => {
    app = await serve('tests/apps/clinic', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }, { login: 'vera', name: 'Vera Vet', roles: 'vet' },
        { login: 'boss', name: 'Bea Boss', roles: 'admin' }]);
    [root, boss] = [await client(app.url, 'root'), await client(app.url, 'boss')];
    browser = await launch();
});
beforeEach(async () => {
    await root.call('DELETE', '/definitions/draft');
    await boss.call('DELETE', '/definitions/draft');
    page = await signIn(browser, app.url, 'root', WIDE);
});
after(async () => { await browser?.close(); await app?.stop(); });

const file = (who, path) => who.call('GET', `/definitions/${path}`);
const button = (on, name) => on.getByRole('button', { name, exact: true });
const property = (on, key) => on.locator(`.properties [data-key="${key}"]`);
const saved = (on) => on.locator('.design-top [role=status]', { hasText: 'No mistakes' }).waitFor();

async function open(on, form = 'keeper') {
    await on.goto(`${app.url}/design/${form}`);
    await on.locator('#design[data-live]').waitFor();
}

async function ops(who, path, ...list) {
    const { etag } = await file(who, path);
    return who.call('PATCH', `/definitions/${path}`, { etag, ops: list });
}

async function label(on, field, text) {
    await on.locator(`#canvas .field[data-field="${field}"]`).click();
    await property(on, 'label').locator('input').first().fill(text);
    await on.keyboard.press('Enter');
    await on.locator('#canvas', { hasText: text }).waitFor();
    await saved(on);
}

test('what another publishes is there at once, and is merged with the draft', async () => {
    await open(page);
    const before = (await file(root, FORM)).text;
    await label(page, 'name', 'Called');
    await ops(boss, FORM, { op: 'add', path: 'fields.hobby', value: { type: 'text', label: 'Hobby' } }, { op: 'add', path: 'layout.0.fields.-', value: 'hobby' });
    await boss.call('POST', '/definitions/publish', { note: 'hobbies' });
    await page.locator('.design-notes', { hasText: /Bea Boss published version 2/ }).waitFor();
    await page.locator('#canvas .field[data-field="hobby"]').waitFor({ state: 'attached' });
    await page.locator('#canvas', { hasText: 'Called' }).waitFor();
    assert.deepEqual(await axe(page), []);
    // What was done before is taken back all the same, and takes nothing of the other's along.
    await button(page, '↶ Undo').click();
    await page.waitForFunction(() => !document.querySelector('#canvas').textContent.includes('Called'));
    const { text, draft } = await file(root, FORM);
    assert.equal(draft, false);
    assert.ok(text.includes('hobby') && text.length > before.length);
    await button(page, '↷ Redo').click();
    await page.locator('#canvas', { hasText: 'Called' }).waitFor();
    assert.ok((await file(root, FORM)).text.includes('hobby'));
    assert.deepEqual(page.errors, []);
});

test('what both touched is chosen place by place, by the keyboard, also after the page was closed', async () => {
    await open(page);
    await label(page, 'name', 'Mine');
    await label(page, 'mobile', 'My phone');
    await ops(boss, FORM, { op: 'set', path: 'fields.name.label.en', value: 'Theirs' }, { op: 'set', path: 'fields.mobile.label.en', value: 'Their phone' });
    await boss.call('POST', '/definitions/publish', {});
    const ask = page.getByRole('heading', { name: 'You and somebody else changed the same' });
    await ask.waitFor();
    await open(page);
    await ask.waitFor();
    assert.deepEqual(await axe(page), []);
    const one = (name) => page.getByRole('group', { name });
    await one('Fields › Theirs › Label › English').waitFor();
    const go = button(page, 'Go on with this');
    assert.equal(await go.isDisabled(), true);
    await one('Fields › Theirs › Label › English').getByRole('radio', { name: /theirs/ }).focus();
    await page.keyboard.press('ArrowDown');                         // to mine
    await one('Fields › Their phone › Label › English').getByRole('radio', { name: /theirs/ }).focus();
    await page.keyboard.press('Space');
    await go.focus();
    await page.keyboard.press('Enter');
    await page.locator('#canvas .field[data-field="name"]', { hasText: 'Mine' }).waitFor();
    const { tree } = await file(root, FORM);
    assert.deepEqual([tree.fields.name.label.en, tree.fields.mobile.label.en], ['Mine', 'Their phone']);
    assert.deepEqual(page.errors.filter((e) => !/409/.test(e)), []);
});

test('two tabs of one admin follow each other; an edit on what is no more is merged or asked', async () => {
    await open(page);
    const other = await page.context().newPage();
    await open(other);
    await label(page, 'name', 'From one');
    await other.locator('#canvas', { hasText: 'From one' }).waitFor();
    await label(other, 'mobile', 'From the other');
    await page.locator('#canvas', { hasText: 'From the other' }).waitFor();
    // An edit that this window has not heard of, as from another machine.
    await ops(root, FORM, { op: 'set', path: 'fields.name.help', value: 'Elsewhere' });
    await label(page, 'mobile', 'Still mine');
    const { tree } = await file(root, FORM);
    assert.deepEqual([tree.fields.name.help, tree.fields.mobile.label.en], ['Elsewhere', 'Still mine']);
    await ops(root, FORM, { op: 'set', path: 'fields.mobile.label.en', value: 'Elsewhere too' });
    await page.locator('#canvas .field[data-field="mobile"]').click();
    await property(page, 'label').locator('input').first().fill('Here');
    await page.keyboard.press('Enter');
    await page.locator('.design-notes', { hasText: 'Elsewhere too' }).waitFor();
    await button(page, 'Mine all the same').click();
    await page.locator('#canvas .field[data-field="mobile"]', { hasText: /\bHere\b/ }).waitFor();
    assert.equal((await file(root, FORM)).tree.fields.mobile.label.en, 'Here');
});

test('who else has a draft is said; dropping one is taken back', async () => {
    await ops(boss, FORM, { op: 'set', path: 'fields.name.help', value: 'Of the boss' });
    await open(page);
    await page.locator('.design-top', { hasText: 'Bea Boss has a draft of this' }).waitFor();
    await label(page, 'name', 'Kept');
    page.on('dialog', (d) => d.accept());
    await button(page, 'Drop the draft').click();
    await page.waitForFunction(() => !document.querySelector('#canvas').textContent.includes('Kept'));
    await button(page, '↶ Undo').click();
    await page.locator('#canvas', { hasText: 'Kept' }).waitFor();
});

test('an act over several files is one: made, taken back, done again', async () => {
    const text = async () => [(await file(root, FORM)).text, (await file(root, 'app.yaml')).text];
    const before = await text();
    await open(page);
    await button(page, 'Permissions').click();
    await page.getByRole('textbox', { name: /role/i }).fill('Night nurse');
    await button(page, 'Add the role').click();
    await saved(page);
    await page.getByText('Night nurse').first().waitFor();
    const after_ = await text();
    assert.ok(after_.every((t, i) => t !== before[i]));
    await button(page, '↶ Undo').click();
    await page.waitForFunction(() => document.querySelector('.design-top button:disabled')?.textContent.includes('Undo'));
    assert.deepEqual(await text(), before);
    await button(page, '↷ Redo').click();
    await page.getByText('Night nurse').first().waitFor();
    await saved(page);
    assert.deepEqual(await text(), after_);
});

const dialog = () => page.getByRole('dialog');
const bar = (name) => page.locator('.design-top').getByRole('button', { name, exact: true });
const version = async () => (await root.call('GET', '/definitions')).version;

test('who else has the form open is shown while they have it, and who leaves is gone', async () => {
    const other = await signIn(browser, app.url, 'boss', WIDE);
    const here = (on, name) => on.locator('.design-top .chip', { hasText: `${name} has this open` });
    await open(page);
    await open(other);
    await here(page, 'Bea Boss').waitFor();
    await here(other, 'Ada Admin').waitFor();
    assert.deepEqual(await axe(page), []);
    await other.locator('.design-top select').selectOption('visit');
    await here(page, 'Bea Boss').waitFor({ state: 'detached' });
    await other.locator('.design-top select').selectOption('keeper');
    await here(page, 'Bea Boss').waitFor();
    // Somebody's draft is told of when they begin it, not when it is published.
    await ops(boss, FORM, { op: 'set', path: 'fields.name.label', value: 'Known as' });
    await other.goto(`${app.url}/profile`);
    await page.locator('.design-top [role=status]', { hasText: 'Bea Boss has a draft of this' }).waitFor();
    await here(page, 'Bea Boss').waitFor({ state: 'detached' });
    await other.context().close();
    assert.deepEqual(page.errors, []);
});

test('what is published was looked at: the text, the plan, losses with their records; a refusal leads to what stands in the way', async () => {
    const made = [];
    for (const name of ['Twin', 'Twin', 'Odd'])
        made.push((await root.call('POST', '/forms/keeper/records', { name, note: 'a word' })).id);
    await ops(root, FORM, { op: 'set', path: 'fields.note', value: { type: 'number', label: 'Note' } }, { op: 'set', path: 'fields.name.unique', value: true });
    await open(page);
    await bar('Publish…').click();
    await dialog().getByText('This cannot be published as it is').waitFor();
    await dialog().locator(`.plan .bad a[href="/f/keeper/${made[0]}"]`).first().waitFor();
    assert.equal(await dialog().getByRole('button', { name: 'Publish', exact: true }).isDisabled(), true);
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Escape');
    await ops(root, FORM, { op: 'remove', path: 'fields.name.unique' });
    await open(page);
    const before = await version();
    await bar('Publish…').click();
    await dialog().locator('.plan .bad', { hasText: 'a word →' }).waitFor();
    await dialog().locator('details', { hasText: FORM }).locator('.come', { hasText: 'type: number' }).waitFor();
    await dialog().locator('summary', { hasText: 'The SQL' }).click();
    await dialog().locator('pre', { hasText: 'CREATE' }).waitFor();
    const go = dialog().getByRole('button', { name: 'Publish', exact: true });
    assert.equal(await go.isDisabled(), true);
    await dialog().getByLabel('I know that data is lost by this').check();
    // Somebody else publishes meanwhile: it is looked at again.
    await ops(boss, FORM, { op: 'set', path: 'fields.website.help', value: 'With https' });
    await boss.call('POST', '/definitions/publish', { note: 'helps' });
    await dialog().getByText(/Version \d+ was published meanwhile/).waitFor();
    // No connection: said in place, and all is there still.
    await page.route('**/definitions/publish', (r) => r.abort());
    await dialog().getByLabel('Note', { exact: true }).fill('numbers');
    await go.click();
    await dialog().getByText('The server could not be reached').waitFor();
    await page.unroute('**/definitions/publish');
    await go.click();
    await dialog().waitFor({ state: 'detached' });
    await page.locator('.toast', { hasText: 'ublished' }).waitFor();
    assert.equal(await version(), before + 2);
});

test('versions are listed, compared with each other and the draft, and gone back to, in the designer', async () => {
    await ops(root, FORM, { op: 'set', path: 'fields.website.help', value: 'Drafted' });
    await open(page);
    const now = await version();
    await bar('History').click();
    const row = dialog().locator('tbody tr').first();
    await row.locator('td', { hasText: 'numbers' }).waitFor();
    await row.locator('td', { hasText: 'root' }).waitFor();
    assert.deepEqual(await axe(page), []);
    await row.getByRole('button', { name: /^What changed/ }).click();
    await dialog().locator('.come', { hasText: 'type: number' }).waitFor();
    await dialog().getByLabel('with').selectOption('draft');
    await dialog().locator('.come', { hasText: 'Drafted' }).waitFor();
    await dialog().getByLabel('Compare').selectOption(String(now));
    await dialog().locator('.gone', { hasText: 'type: number' }).waitFor({ state: 'detached' });
    await button(dialog(), 'All versions').click();
    await dialog().getByRole('button', { name: `Back to version ${now - 1}` }).focus();
    await page.keyboard.press('Enter');
    await dialog().locator('.come', { hasText: 'longtext' }).waitFor();
    const go = button(dialog(), 'Go back');
    if (await dialog().getByLabel('I know that data is lost by this').count()) await dialog().getByLabel('I know that data is lost by this').check();
    await go.click();
    await dialog().waitFor({ state: 'detached' });
    assert.equal(await version(), now + 1);
    const { tree } = await file(root, FORM);
    assert.deepEqual([tree.fields.note.type, tree.fields.website.help], ['longtext', 'Drafted']);       // the draft stays
    assert.deepEqual(page.errors, []);
});

test('the draft is looked at as somebody else: real pages, real records, nothing that can be sent', async () => {
    const { id } = await root.call('POST', '/forms/keeper/records', { name: 'Kim Keeper', discount: 5 });
    await ops(root, FORM, { op: 'add', path: 'fields.shoe', value: { type: 'number', label: 'Shoe size' } }, { op: 'add', path: 'layout.0.fields.-', value: 'shoe' },
        { op: 'set', path: 'permissions.vet.fields.discount', value: 'hidden' });
    await open(page);
    await page.getByLabel('View as').fill('vera');
    await page.keyboard.press('Enter');
    const seen = page.frameLocator('iframe.preview-frame');
    await button(page, 'A record').click();
    await seen.getByText('Preview of your draft as Vera Vet; nothing is kept').waitFor();
    await seen.getByRole('heading', { name: 'Kim Keeper' }).waitFor();
    await seen.getByText('Shoe size').waitFor();
    assert.equal(await seen.getByText('Discount').count(), 0);
    assert.deepEqual(await axe(page), []);
    await page.locator('.canvas-frame label', { hasText: 'Record' }).locator('select').selectOption(String(id));
    await seen.getByRole('heading', { name: 'Kim Keeper' }).waitFor();
    await button(page, 'The list').click();
    await page.locator('.canvas-frame select').selectOption('all');
    await seen.getByText('Kim Keeper').first().waitFor();
    await button(page, 'New record').click();                                       // a vet makes none
    await page.locator('.canvas-frame [role=alert]', { hasText: 'no right' }).waitFor();
    assert.equal((await root.call('GET', `/forms/keeper/records/${id}`)).shoe, undefined);
    assert.deepEqual(page.errors.filter((e) => !/403/.test(e)), []);
});
