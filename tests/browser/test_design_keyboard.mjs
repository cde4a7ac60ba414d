// The ten-minute task with the keyboard alone: no pointer touches the page.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve, until } from './lib/app.mjs';
import { launch, signIn } from './lib/browser.mjs';

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

const quiet = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
const has = (page, key) => page.locator(`#canvas .field[data-field="${key}"]`).waitFor();
const definition = async (at) => (await root.call('GET', `/definitions/${at}`)).tree;

/** Goes on by Tab, or back, until what has the focus is this; no further than once around. */
async function tab(page, selector, { text = '', back = false } = {}) {
    await page.locator(selector).first().waitFor({ state: 'attached' });
    for (let i = 0; i < 250; i += 1) {
        await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
        if (await page.evaluate(([s, t]) => document.activeElement.matches(s) && (document.activeElement.labels?.[0] ?? document.activeElement).textContent.includes(t), [selector, text])) return;
    }
    assert.fail(`Tab does not come to ${selector} ${text}`);
}

const press = async (page, selector, more) => { await tab(page, selector, more); await page.keyboard.press('Enter'); };
const part = (page, name) => press(page, '.design-parts button', { text: name, back: true });

/** Chooses in a list by typing what it says. */
async function choose(page, selector, text) {
    await tab(page, selector);
    await page.keyboard.type(text);
    await page.waitForFunction((t) => document.activeElement.selectedOptions?.[0]?.textContent.startsWith(t), text);
}

async function add(page, type, label, key) {
    await press(page, `.palette-item[data-type="${type}"]`, { back: true });
    await page.waitForFunction(() => document.activeElement?.closest('.properties [data-key="label"]'));
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(label);
    await has(page, key);
}

test('a form, its stages, a right and a reminder; published, and met by somebody else', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    await page.goto(`${app.url}/design`);
    await page.locator('#design[data-live]').waitFor();
    await tab(page, 'input[type="text"]');
    await page.keyboard.type('Site visit');
    await page.keyboard.press('Enter');
    await has(page, 'notes');
    for (const [type, label, key] of [['choice', 'Kind', 'kind'], ['number', 'Hours', 'hours'], ['money', 'Price', 'price'],
        ['date', 'Visited on', 'visited_on'], ['boolean', 'Follow up', 'follow_up'], ['email', 'Mail', 'mail'], ['formula', 'Total', 'total']])
        await add(page, type, label, key);
    await tab(page, '.properties [data-key="formula"] textarea');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('hours * price');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await quiet(page);
    // To the field before by arrows, and into what it says of itself.
    await tab(page, '#canvas .field', { back: true });
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => document.activeElement.dataset.field === 'mail');
    await page.keyboard.press('Enter');
    await press(page, '.properties .keys-more > summary');
    await choose(page, '.properties [data-key="visible"] select', 'when');
    await tab(page, '.properties [data-key="visible"] textarea');
    await page.keyboard.type('follow_up');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.locator('#canvas .field.maybe[data-field="mail"]').waitFor();
    await quiet(page);
    await part(page, 'Stages');
    await press(page, 'button', { text: 'Add stages' });
    await press(page, '.flow-list li li button');
    await press(page, '.properties [data-key="require"] summary');
    await tab(page, '.properties [data-key="require"] input[type="checkbox"]', { text: 'Visited on' });
    await page.keyboard.press('Space');
    await quiet(page);
    await part(page, 'Permissions');
    await choose(page, 'select[aria-label="Staff: Delete"]', 'own');
    await quiet(page);
    await part(page, 'Reminders');
    await tab(page, '.new-part input');
    await page.keyboard.type('Report on {name}');
    await page.keyboard.press('Enter');
    await choose(page, '.card-body select[aria-label="Which time"]', 'Created at');
    await page.locator('.card-said', { hasText: /on the day of “Created at”\s*→ The owner/ }).waitFor();
    await quiet(page);
    await press(page, '.design-top button.main', { back: true });
    await page.locator('dialog[open] .diff').first().waitFor();
    await tab(page, 'dialog[open] input[type="text"]');
    await page.keyboard.type('By keys alone');
    await press(page, 'dialog[open] button.main');
    await page.locator('.toast').getByText('Published as version 2').waitFor();
    await press(page, '.toast button');
    await page.waitForURL('**/f/site_visit/new');
    assert.deepEqual(page.errors, []);
    // What it is now, for somebody else.
    const sam = await client(app.url, 'sam');
    const made = await sam.create('site_visit', { name: 'Hill', hours: 2, price: 5, kind: 'option_1' });
    const kept = await sam.call('GET', `/forms/site_visit/records/${made.id}`);
    assert.equal(kept.total, 10);
    assert.equal((await definition('forms/site_visit.yaml')).permissions.staff.delete, 'own');
    const [[name]] = Object.entries((await definition('workflows/site_visit_flow.yaml')).transitions);
    await assert.rejects(sam.move('site_visit', made.id, name, {}), /required/);
    assert.equal((await sam.move('site_visit', made.id, name, { visited_on: '2026-03-02' })).stage, 'done');
    await until(async () => ((await sam.call('GET', '/messages')).messages.filter((m) => m.text === 'Report on Hill')).length === 1);
});
