// What the designer leaves of a file somebody wrote by hand: all but the lines that were changed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { client, serve, until } from './lib/app.mjs';
import { drag } from './lib/design.mjs';
import { launch, signIn } from './lib/browser.mjs';

const HAND = `# Deliveries, as the warehouse wants them.
form: delivery     # the name in addresses
title:   '{number}'
label: {zh: 送货单, en: "Delivery"}   # both, please

permissions:        # before the fields, on purpose
  staff: {read: all, create: true, update: all}
fields:
    number: {type: text, label: {en: Number, zh: 单号},   # printed on the box
             required: true}

    # How it goes out.
    carrier:
        type: choice
        label:
            en: Carrier     # shown to customers
            zh: "承运商"
        options:
            - road          # our own
            # only when late
            - {value: air, label: {en: By air, zh: 空运}}
            - value: rail
              color: blue
    weight: { type: number,  decimals: 1, min: 0 }
    note:   {type: longtext}   # kept short
    seen: {type: boolean}
layout:
  - {section: Main, fields: [number, carrier]}   # on top
  - section: Rest
    fields:
      - weight   # in kg
      # whoever
      - note
      - seen
`;
const WIDE = { viewport: { width: 1440, height: 900 } };
let app, browser, root;
before(async () => {
    app = await serve('tests/apps/workshop', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }], { 'forms/delivery.yaml': HAND });
    root = await client(app.url, 'root');
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const property = (page, key) => page.locator(`.properties [data-key="${key}"]`).first();
const field = (page, key) => page.locator(`#canvas .field[data-field="${key}"]`);
const quiet = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
const draft = () => root.call('GET', '/definitions/forms/delivery.yaml');

/** The lines that went and came, as `diff` finds them. */
function lines(from, to) {
    const place = fs.mkdtempSync(path.join(app.folder, '..', 'diff-'));
    fs.writeFileSync(path.join(place, 'a'), from);
    fs.writeFileSync(path.join(place, 'b'), to);
    const done = spawnSync('diff', ['-U0', 'a', 'b'], { cwd: place, encoding: 'utf8' });
    return done.stdout.split('\n').slice(2).filter((l) => /^[-+]/.test(l));
}

async function designing() {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await page.goto(`${app.url}/design/delivery`);
    await field(page, 'number').waitFor();
    return page;
}

/** Does something on the page and gives the lines that differ from the file by hand. */
async function changed(act) {
    const page = await designing();
    await act(page);
    await until(async () => (await draft()).text !== HAND);
    await quiet(page);
    const now = lines(HAND, (await draft()).text);
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
    return now;
}

test('opening changes nothing', async () => {
    const page = await designing();
    for (const part of await page.locator('.design-parts button').all()) await part.click();
    await field(page, 'number').waitFor({ state: 'detached' });
    const list = (await root.call('GET', '/definitions')).files;
    assert.deepEqual(list.filter((f) => f.draft), []);
});

test('a moved field is one line in the section, with its comment', async () => {
    assert.deepEqual(await changed((page) => drag(page, field(page, 'seen'), field(page, 'weight'), 0.2)),
        ['+      - seen', '-      - seen']);
    assert.deepEqual(await changed((page) => drag(page, field(page, 'weight'), field(page, 'seen'), 0.8)),
        ['-      - weight   # in kg', '+      - weight   # in kg']);
    assert.deepEqual(await changed((page) => drag(page, field(page, 'note'), field(page, 'number'), 0.2)),
        ['-  - {section: Main, fields: [number, carrier]}   # on top',
            '+  - {section: Main, fields: [note, number, carrier]}   # on top',
            '-      # whoever', '-      - note']);
});

test('a label is its line, in a block and in flow style', async () => {
    const typed = (key, n, text) => async (page) => {
        await field(page, key).click();
        await property(page, 'label').locator('input').nth(n).fill(text);
    };
    assert.deepEqual(await changed(typed('carrier', 0, 'Haulier')),
        ['-            en: Carrier     # shown to customers', '+            en: Haulier     # shown to customers']);
    assert.deepEqual(await changed(typed('number', 1, '箱号')),
        ['-    number: {type: text, label: {en: Number, zh: 单号},   # printed on the box',
            '+    number: {type: text, label: {en: Number, zh: 箱号},   # printed on the box']);
    assert.deepEqual(await changed(typed('note', 0, 'Remarks')),
        ['-    note:   {type: longtext}   # kept short', '+    note:   {type: longtext, label: Remarks}   # kept short']);
});

test('options: a new one is a line, a moved one keeps its comment, a colour is in place', async () => {
    const on = (act) => async (page) => {
        await field(page, 'carrier').click();
        await property(page, 'options').locator('.keys-item').first().waitFor();
        await act(property(page, 'options'), page);
    };
    const row = (box, n) => box.locator('.keys-item').nth(n);
    const opened = async (box, n) => { await row(box, n).locator('summary').first().click(); return row(box, n); };
    assert.deepEqual(await changed(on(async (box) => {
        await box.getByLabel('New option').fill('By ship');
        await box.getByLabel('New option').press('Enter');
    })), ['+            - {value: by_ship, label: By ship}']);
    assert.deepEqual(await changed(on(async (box) => (await opened(box, 2)).getByRole('button', { name: 'Up', exact: true }).click())),
        ['-            # only when late', '-            - {value: air, label: {en: By air, zh: 空运}}',
            '+            # only when late', '+            - {value: air, label: {en: By air, zh: 空运}}']);
    assert.deepEqual(await changed(on(async (box) => (await opened(box, 2)).getByLabel('Color').selectOption('green'))),
        ['-              color: blue', '+              color: green']);
    assert.deepEqual(await changed(on(async (box) => (await opened(box, 1)).locator('input[lang="zh"]').fill('航空'))),
        ['-            - {value: air, label: {en: By air, zh: 空运}}', '+            - {value: air, label: {en: By air, zh: 航空}}']);
    assert.deepEqual(await changed(on(async (box) => (await opened(box, 1)).getByRole('button', { name: 'Remove' }).click())),
        ['-            # only when late', '-            - {value: air, label: {en: By air, zh: 空运}}']);
});

test('what is taken away and undone leaves the text as it was', async () => {
    const page = await designing();
    for (const key of ['carrier', 'note']) {
        await field(page, key).click();
        await page.locator('.properties').getByRole('button', { name: 'Remove', exact: true }).first().click();
        await field(page, key).waitFor({ state: 'detached' });
    }
    for (const key of ['note', 'carrier']) {
        await page.getByRole('button', { name: /Undo/ }).click();
        await field(page, key).waitFor();
    }
    await quiet(page);
    assert.equal((await draft()).text, HAND);
    assert.equal((await draft()).draft, false);
});

test('published, the folder has the file with these lines changed and no others', async () => {
    const page = await designing();
    await field(page, 'weight').click();
    await property(page, 'label').locator('input').first().fill('Weight');
    await quiet(page);
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.locator('.toast').getByText('Published as version 2').waitFor();
    assert.deepEqual(lines(HAND, fs.readFileSync(path.join(app.folder, 'forms/delivery.yaml'), 'utf8')),
        ['-    weight: { type: number,  decimals: 1, min: 0 }', '+    weight: { type: number,  decimals: 1, min: 0, label: Weight }']);
    assert.deepEqual(page.errors, []);
});
