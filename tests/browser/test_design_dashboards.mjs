// The designer of dashboards: built on real records by mouse and by keys, wrong input refused where it
// stands, and what was written by hand kept.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, says, serve } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';
import { drag, fingerDrag, fingerPull, hold } from './lib/design.mjs';

const VISIT = `form: visit
label: {en: Visit, zh: 拜访}
title: "{name}"
owner: owner
fields:
  name: {type: text, required: true}
  owner: {type: user, default: "=me()"}
  hours: {type: number, label: Hours}
  kind: {type: choice, label: Kind, options: [{value: call, label: Phone call}, {value: trip, label: Trip}]}
permissions:
  staff: {create: true, read: own, update: own}
views:
  all: {label: All, columns: [name, kind]}
`;
const HAND = `# Written by hand.
dashboard: hand
label: Visits by hand     # short
cards:
  # How many.
  - {chart: metric, form: visit, value: "count()"}   # first
  - chart: pie            # by kind
    form: visit
    by: kind
    value: count()
`;
const WIDE = { viewport: { width: 1500, height: 1000 } };
const PATH = 'dashboards/the_visits.yaml';
let app, browser, root;
before(async () => {
    app = await serve('tests/apps/workshop', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }, { login: 'sam', name: 'Sam Staff', roles: 'staff' }, { login: 'boss', name: 'Bea Boss', roles: 'admin' }],
        { 'forms/visit.yaml': VISIT, 'dashboards/hand.yaml': HAND });
    root = await client(app.url, 'root');
    const sam = await client(app.url, 'sam');
    for (const values of [{ name: 'Lake', kind: 'call', hours: 1 }, { name: 'Hill', kind: 'trip', hours: 5 }]) await root.create('visit', values);
    await sam.create('visit', { name: 'Farm', kind: 'trip', hours: 2 });
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const file = (path = PATH) => root.call('GET', `/definitions/${path}`);
const cards = (path) => file(path).then((f) => f.tree.cards);
const calm = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
const card = (page, i) => page.locator(`.dash-canvas .dash-card[data-card="${i}"]`);
const chart = (page, name) => page.locator(`.chart-item[data-chart="${name}"]`);
const announced = (page, text) => page.locator('#design-said', { hasText: text }).waitFor({ state: 'attached' });
async function design(at = '', how = WIDE) {
    const page = await signIn(browser, app.url, 'root', how);
    await page.goto(`${app.url}/design/app/dashboards${at}`);
    await page.locator('#design[data-live]').waitFor();
    return page;
}

test('a dashboard of three cards is dragged together, published, and shown to who may read', async () => {
    const page = await design();
    await page.getByLabel('What is it called?').fill('The visits');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.locator('.dash-canvas .empty').waitFor();
    await drag(page, chart(page, 'metric'), page.locator('.dash-canvas .dash-grid'), null);
    await card(page, 0).getByText('3', { exact: true }).first().waitFor();              // all records there are
    await drag(page, chart(page, 'bar'), card(page, 0), 0.75, 'x');                     // behind it: its right half
    await says(async () => (await cards()).map((c) => c.chart), ['metric', 'bar']);
    await card(page, 1).locator('svg a').first().waitFor({ state: 'attached' });
    await chart(page, 'table').click();
    await says(async () => (await cards()).map((c) => c.chart), ['metric', 'bar', 'table']);
    await calm(page);
    // The card of the list to the front, and the number wider by its edge.
    await drag(page, card(page, 2).locator('h2'), card(page, 0), 0.2, 'x');
    await says(async () => (await cards()).map((c) => c.chart), ['table', 'metric', 'bar']);
    await announced(page, 'number 1 of 3');
    await page.locator('.dash-card[data-card="1"][data-chart="metric"] > .dash-handle').waitFor({ state: 'attached' });
    const box = await card(page, 1).boundingBox();
    const column = box.width / 3;
    await page.mouse.move(box.x + box.width - 4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + column * 1.5, box.y + box.height / 2, { steps: 6 });
    await page.mouse.move(box.x + box.width + column * 3, box.y + box.height / 2, { steps: 6 });
    await page.mouse.up();
    await announced(page, '6 of 12 columns');
    await says(async () => (await cards())[1].w, 6);
    await card(page, 1).click();
    await page.locator('.properties [data-key="label"] input').first().fill('How many');
    await page.locator('.properties [data-key="compare"]').waitFor();
    await says(cards, [{ chart: 'table', label: 'Visit', form: 'visit' }, { chart: 'metric', label: 'How many', form: 'visit', value: 'count()', w: 6 },
        { chart: 'bar', label: 'Visit by Kind', form: 'visit', by: 'kind', value: 'count()' }]);
    await calm(page);
    assert.deepEqual(await axe(page), []);
    // Undo and redo go card by card.
    await page.locator('.design-top').getByRole('button', { name: 'Undo' }).click();
    await says(async () => (await cards())[1].label, 'Visit');
    await page.locator('.design-top').getByRole('button', { name: 'Redo' }).click();
    await says(async () => (await cards())[1].label, 'How many');
    await page.locator('.design-top').getByRole('button', { name: 'Publish' }).click();
    await page.locator('dialog[open] button.main').click();
    await page.getByRole('button', { name: 'Open the dashboard' }).click();
    await page.waitForURL('**/dashboards/the_visits');
    await page.locator('.dash-card', { hasText: 'How many' }).getByText('3', { exact: true }).first().waitFor();
    assert.equal(await page.locator('.dash-card').count(), 3);
    const seen = await (await signIn(browser, app.url, 'sam', WIDE)).goto(`${app.url}/dashboards/the_visits`);
    assert.equal(seen.status(), 200);
    assert.deepEqual(page.errors, []);
});

test('by keys: cards are added, chosen, moved, widened, duplicated, removed, and each is told', async () => {
    const page = await design();
    await page.getByLabel('What is it called?').fill('Keys');
    await page.getByLabel('With first cards of').selectOption('visit');
    await page.getByLabel('What is it called?').press('Enter');
    await card(page, 2).waitFor();
    const keys = () => cards('dashboards/keys.yaml');
    const charts = async () => (await keys()).map((c) => c.chart);
    assert.match((await file('dashboards/keys.yaml')).text, /period: \{type: date_range, label: "Period", default: this_year\}/);
    await chart(page, 'gauge').focus();
    await page.keyboard.press('Enter');
    await says(charts, ['metric', 'bar', 'line', 'gauge']);
    assert.equal((await keys())[3].filter, 'created_at in period');
    await card(page, 3).waitFor();
    await calm(page);
    await card(page, 0).focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.dash-card[data-card="1"].chosen').waitFor();
    await page.keyboard.press('Alt+ArrowRight');
    await says(charts, ['metric', 'line', 'bar', 'gauge']);
    await announced(page, 'Visit by Kind is now number 3 of 4.');
    await page.locator('.dash-card[data-card="2"].chosen:focus').waitFor();
    await page.keyboard.press('Shift+ArrowLeft');
    await announced(page, '7 of 12 columns');
    await says(async () => (await keys())[2].w, 7);
    await page.locator('.dash-card[data-card="2"].chosen:focus').waitFor();
    await page.keyboard.press('Control+d');
    await says(charts, ['metric', 'line', 'bar', 'bar', 'gauge']);
    await page.locator('.dash-card[data-card="3"].chosen').waitFor();
    await card(page, 3).focus();
    await page.keyboard.press('Delete');
    await says(charts, ['metric', 'line', 'bar', 'gauge']);
    await card(page, 4).waitFor({ state: 'detached' });
    await card(page, 3).focus();
    await page.keyboard.press('Enter');
    await page.locator('.properties').getByLabel('Move Visit to').selectOption('0');
    await says(charts, ['gauge', 'metric', 'line', 'bar']);
    await announced(page, 'Visit is now number 1 of 4.');
    await page.locator('.dash-card[data-card="0"][data-chart="gauge"].chosen').waitFor();
    // Moved and made wider, twice, before the first was answered: the same card.
    const go = await hold(page);
    await page.locator('.properties').getByLabel('Move Visit to').selectOption('2');
    await page.locator('.properties').getByRole('button', { name: 'Wider' }).press('Enter');
    await page.locator('.properties').getByRole('button', { name: 'Wider' }).press('Enter');
    go();
    await says(async () => (await keys()).map((c) => [c.chart, c.w]), [['metric', 4], ['gauge', 5], ['line', 12], ['bar', 7]]);
    await announced(page, 'Visit is now number 2 of 4.');
    await page.locator('.dash-card[data-card="1"][data-chart="gauge"].chosen').waitFor();
    await page.locator('.properties').getByLabel('Move Visit to').selectOption('0');
    await page.locator('.dash-card[data-card="0"][data-chart="gauge"].chosen').waitFor();
    await calm(page);
    // As somebody who reads only their own.
    await page.getByLabel('View as').fill('sam');
    await page.keyboard.press('Enter');
    await card(page, 1).getByText('1', { exact: true }).first().waitFor();
    await page.getByLabel('View as').fill('nobody');
    await page.keyboard.press('Enter');
    await page.locator('.canvas-frame .note', { hasText: 'nobody' }).waitFor();
    await card(page, 1).getByText('1', { exact: true }).waitFor({ state: 'detached' });     // no one else's numbers
    assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), []);
});

test('wrong input is refused at its card and key; another chart keeps what fits', async () => {
    const page = await design('/hand');
    await card(page, 1).click();
    const properties = page.locator('.properties');
    await properties.locator('[data-key="filter"] textarea').fill('hourz > 2');
    await properties.locator('[data-key="filter"] .issue', { hasText: 'hourz' }).first().waitFor();
    await page.locator('.dash-card[data-card="1"].bad .issue', { hasText: 'hourz' }).waitFor();
    await card(page, 0).getByText('3', { exact: true }).first().waitFor();              // the other one stands as it was
    // The list of mistakes leads back to it.
    await page.locator('.design-parts').getByRole('button', { name: 'Roles' }).click();
    await page.locator('.issues summary').click();
    await page.locator('.issues .menu-box button').first().click();
    await page.locator('.dash-card[data-card="1"].chosen').waitFor();
    await assert.rejects(root.call('POST', '/definitions/publish', {}), /422/);
    await properties.locator('[data-key="filter"] textarea').fill('hours > 1');
    await calm(page);
    await properties.locator('[data-key="value"] textarea').fill('sum(name)');
    await properties.locator('[data-key="value"] .issue').first().waitFor();
    await properties.locator('[data-key="value"] textarea').fill('sum(hours)');
    await calm(page);
    const go = await hold(page);                                            // made of what the one before leaves, not of what is drawn
    await properties.locator('select').nth(1).selectOption('heatmap');
    await properties.locator('select').nth(1).selectOption('pie');
    go();
    await properties.locator('[data-key="filter"] textarea').fill('hours > 2');
    await says(async () => (await cards('dashboards/hand.yaml'))[1], { chart: 'pie', form: 'visit', by: 'kind', value: 'sum(hours)', filter: 'hours > 2' });
    await properties.locator('[data-key="filter"] textarea').fill('hours > 1');
    await properties.locator('select').nth(1).selectOption('heatmap');
    await says(async () => (await cards('dashboards/hand.yaml'))[1], { chart: 'heatmap', form: 'visit', by: ['kind', 'owner'], value: 'sum(hours)', filter: 'hours > 1' });
    await properties.locator('select').nth(1).selectOption('pie');
    await says(async () => (await cards('dashboards/hand.yaml'))[1], { chart: 'pie', form: 'visit', by: 'kind', value: 'sum(hours)', filter: 'hours > 1' });
    // A filter above the cards, and a card that hangs on it: it does not go unasked.
    await page.locator('.dash-canvas').evaluate((x) => x.click());
    const filters = properties.locator('[data-key="filters"]');
    await filters.locator('> summary').click();
    await filters.getByLabel('Name', { exact: true }).fill('What kind');
    await filters.getByRole('button', { name: 'Add' }).click();
    await filters.locator('.keys-item > summary').click();
    await filters.locator('.keys-item select').first().selectOption('choice');
    await filters.locator('[data-key="form"] select').selectOption('visit');
    await filters.locator('[data-key="field"] select').selectOption('kind');
    await filters.locator('[data-key="default"] select').selectOption('trip');
    await says(async () => (await file('dashboards/hand.yaml')).tree.filters, { what_kind: { type: 'choice', label: 'What kind', form: 'visit', field: 'kind', default: 'trip' } });
    await card(page, 0).click();
    await properties.locator('[data-key="filter"] textarea').pressSequentially('kind = what');
    await properties.locator('[role="option"]', { hasText: 'what_kind' }).click();
    await calm(page);
    await card(page, 0).getByText('2', { exact: true }).first().waitFor();
    await page.locator('.dash-canvas form select').selectOption('call');
    await card(page, 0).getByText('1', { exact: true }).first().waitFor();
    await page.locator('.dash-canvas').evaluate((x) => x.click());
    await filters.locator('.keys-item > summary').click();
    await filters.locator('.keys-item').getByRole('button', { name: 'Remove' }).click();
    await page.locator('dialog[open] .uses', { hasText: 'what_kind' }).waitFor();
    await page.locator('dialog[open] .actions button').last().click();
    const { text } = await file('dashboards/hand.yaml');
    for (const kept of ['# Written by hand.', '# short', '  # How many.', '# first', '# by kind']) assert.ok(text.includes(kept), text);
    assert.match(text, /- \{chart: metric, form: visit, value: "count\(\)", filter: kind = what_kind\} {3}# first/);
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('a ranking says what it ranks by', async () => {
    const page = await design();
    await page.getByLabel('What is it called?').fill('Ranking');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.locator('.dash-canvas .empty').waitFor();
    await page.getByLabel('New cards show records of').selectOption('visit');
    await chart(page, 'leaderboard').click();
    await says(() => cards('dashboards/ranking.yaml'), [{ chart: 'leaderboard', label: 'Hours by owner', form: 'visit', by: 'owner', value: 'sum(hours)' }]);
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('the list: duplicated, in the menu, renamed, removed with what leads to it', async () => {
    await root.call('PATCH', '/definitions/app.yaml', { etag: (await file('app.yaml')).etag, ops: [{ op: 'set', path: 'menu', value: [{ section: 'Work', items: ['visit'] }, { section: 'Figures', items: ['dashboard.hand'] }] }] });
    const page = await design();
    const menu = () => file('app.yaml').then((f) => f.tree.menu.flatMap((m) => m.items));
    await page.getByRole('button', { name: 'Duplicate Visits by hand' }).click();
    await page.locator('[data-dash="hand_2"]').waitFor();
    await says(menu, ['visit', 'dashboard.hand', 'dashboard.hand_2']);
    assert.match((await file('dashboards/hand_2.yaml')).text, /^# Written by hand\.\ndashboard: hand_2\nlabel: "Visits by hand 2"\n/);
    await page.locator('[data-dash="hand_2"] a').click();
    await page.locator('.properties summary', { hasText: 'Name in the files' }).click();
    await page.locator('.properties .keys-more').last().locator('input').fill('other');
    await page.locator('.properties .keys-more').last().locator('input').press('Enter');
    await page.waitForURL('**/design/app/dashboards/other');
    await says(menu, ['visit', 'dashboard.hand', 'dashboard.other']);
    await page.locator('.design-top').getByRole('button', { name: 'Undo' }).click();
    await says(menu, ['visit', 'dashboard.hand', 'dashboard.hand_2']);
    await page.locator('.dash-head a').first().click();
    await page.getByRole('button', { name: 'Remove Visits by hand 2?' }).click();
    await page.locator('[data-dash="hand_2"]').waitFor({ state: 'detached' });
    await says(menu, ['visit', 'dashboard.hand']);
    await page.locator('.design-parts').getByRole('button', { name: 'Menu' }).click();
    await page.locator('.menu-entry', { hasText: 'Visits by hand' }).waitFor();
    assert.deepEqual(page.errors, []);
});

test('by a finger: held, a card goes elsewhere; its edge makes it wider', async () => {
    await root.call('DELETE', '/definitions/draft');
    const page = await design('/hand', { ...WIDE, hasTouch: true });
    await card(page, 1).locator('> .dash-handle').waitFor({ state: 'attached' });
    await fingerDrag(page, card(page, 1).locator('h2'), card(page, 0), 0.2, true, 'x');
    await says(async () => (await cards('dashboards/hand.yaml')).map((c) => c.chart), ['pie', 'metric']);
    await page.locator('.dash-card[data-card="0"][data-chart="pie"] > .dash-handle').waitFor({ state: 'attached' });
    const box = await card(page, 0).boundingBox();
    await fingerPull(page, card(page, 0).locator('> .dash-handle'), box.width, 0);
    await says(async () => (await cards('dashboards/hand.yaml'))[0].w, 8);
    await announced(page, '8 of 12 columns');
    assert.deepEqual(page.errors, []);
});

test('what another admin publishes is merged into the draft, and asked for where both touched it', async () => {
    await root.call('DELETE', '/definitions/draft');
    const page = await design('/hand');
    const boss = await client(app.url, 'boss');
    const theirs = async (...ops) => {
        const { etag } = await boss.call('GET', '/definitions/dashboards/hand.yaml');
        await boss.call('PATCH', '/definitions/dashboards/hand.yaml', { etag, ops });
        await boss.call('POST', '/definitions/publish', {});
    };
    await card(page, 0).click();
    await page.locator('.properties [data-key="label"] input').first().fill('Mine');
    await calm(page);
    await theirs({ op: 'set', path: 'cards.1.label', value: 'Their pie' });
    await card(page, 1).getByText('Their pie').first().waitFor();
    await card(page, 0).getByText('Mine').first().waitFor();
    await theirs({ op: 'set', path: 'cards.0.label', value: 'Theirs' });
    await page.getByText('Dashboard Visits by hand').first().waitFor();
    await page.getByRole('group', { name: 'Cards › Theirs › Label' }).waitFor();
    await page.getByRole('button', { name: 'Keep all of mine' }).click();
    await page.getByRole('button', { name: 'Go on with this' }).click();
    await card(page, 0).getByText('Mine').first().waitFor();
    assert.deepEqual((await cards('dashboards/hand.yaml')).map((c) => c.label), ['Mine', 'Their pie']);
    assert.match((await file('dashboards/hand.yaml')).text, /# Written by hand\.[^]*# first/);
    assert.deepEqual(page.errors.filter((e) => !/409/.test(e)), []);
});
