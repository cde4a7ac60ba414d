// The designer's automations and reminders: read as sentences, built from lists, tried on records.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, says, serve } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';
import { drag, fingerDrag } from './lib/design.mjs';

const VISIT = `form: visit
label: {en: Visit, zh: 拜访}
title: "{name}"
owner: owner
fields:
  name: {type: text, required: true, label: {en: Whom, zh: 客户}}
  owner: {type: user, default: "=me()"}
  day: {type: date, label: {en: Visited on, zh: 拜访日期}}
  hours: {type: number, label: {en: Hours, zh: 时长}}
  kind: {type: choice, label: {en: Kind, zh: 类型}, options: [{value: call, label: {en: Phone call, zh: 电话}}, {value: trip, label: {en: Trip, zh: 外出}}]}
permissions:
  staff: {create: true, read: all, update: all}
automations:
  note:                      # the first
    label: {en: Note the call, zh: 记录电话}
    event: updated(hours)
    if: "kind = 'call' and hours > 2"
    do:
      - set: {name: "{name}, long"}   # kept
reminders:
  soon:
    at: "day - 3d"
    to: owner
    text: {en: "Visit {name}", zh: "拜访 {name}"}
`;
const PATH = 'forms/visit.yaml';
const WIDE = { viewport: { width: 1440, height: 1400 } };
let app, browser, root, ids;
before(async () => {
    app = await serve('tests/apps/workshop', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }, { login: 'sam', name: 'Sam Staff', roles: 'staff' }]);
    root = await client(app.url, 'root');
    await root.call('PUT', `/definitions/${PATH}`, { text: VISIT, etag: null });
    await root.call('POST', '/definitions/publish', { note: 'visits' });
    const sam = await client(app.url, 'sam');
    ids = [];
    for (const values of [{ name: 'Lake', kind: 'call', hours: 1, day: '2999-05-10' }, { name: 'Hill', kind: 'trip', hours: 5, day: '2999-05-08' }, { name: 'Past', day: '2001-01-01' }])
        ids.push((await sam.create('visit', values)).id);
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const file = () => root.call('GET', `/definitions/${PATH}`);
const part = (page, name) => page.locator('.design-parts button', { hasText: name }).click();
const card = (page, name) => page.locator(`.card-part[data-item="${name}"]`);
const calm = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
async function design(page, name) {
    await page.goto(`${app.url}/design/visit`);
    await page.locator('#design[data-live]').waitFor();
    await part(page, name);
}

test('an automation reads as a sentence; one is built from lists, put in order and tried', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page, 'Automations');
    const said = await card(page, 'note').locator('.card-said').innerText();
    assert.match(said.replace(/\s+/g, ' '), /When… Hours changes If Kind = Phone call and Hours > 2 Do Set fields Whom/);
    await page.getByPlaceholder('New automation').fill('Long trip');
    await page.locator('.new-part').getByRole('button', { name: 'Add', exact: true }).click();
    const one = card(page, 'long_trip');
    await one.locator('.card-body').waitFor();
    await page.locator('.issues').waitFor();                                 // it has no steps yet
    await one.locator('.step-add').selectOption('set');
    await one.getByLabel('Add a field').selectOption('hours');
    const value = one.locator('.map-value[data-key="hours"]');
    await value.locator('select').first().selectOption('computed');
    await value.locator('textarea').fill('hours + 1');
    await one.locator('.step-add').last().selectOption('when');
    const when = one.locator('[data-step="when"]');
    await when.locator('[data-key="if"] textarea').fill("kind = 'trip'");
    await when.locator('.steps-inner').first().locator('.step-add').selectOption('notify');
    const notify = when.locator('[data-step="notify"]');
    await notify.locator('[data-key="to"] summary').click();
    await notify.getByLabel('The owner', { exact: true }).check();
    await notify.locator('[data-key="text"] textarea').first().fill('{name} took {hours} h');
    await calm(page);
    const steps = () => file().then((f) => f.tree.automations.long_trip.do);
    assert.deepEqual(await steps(), [{ set: { hours: '=hours + 1' } }, { when: { if: "kind = 'trip'", do: [{ notify: { to: 'owner', text: '{name} took {hours} h' } }] } }]);
    assert.deepEqual(await axe(page), []);
    // By keys, and back by Move….
    const grips = one.locator('.block > .steps > .sortable > li > .step-head > .grip');
    await grips.nth(1).focus();
    await page.keyboard.press('ArrowUp');
    await says(async () => (await steps()).map((s) => Object.keys(s)[0]), ['when', 'set']);
    await one.getByLabel('Move 1. By condition to').selectOption({ label: 'To the end' });
    await says(async () => (await steps()).map((s) => Object.keys(s)[0]), ['set', 'when']);
    assert.match((await file()).text, /- set: \{name: "\{name\}, long"\} {3}# kept/);
    // On the record of the trip both steps do something; on another one the condition holds nothing.
    const trial = one.locator('.trial');
    await trial.getByLabel('Record', { exact: true }).selectOption(String(ids[1]));
    await trial.getByRole('button', { name: 'Try on this record' }).click();
    await trial.locator('.trial-steps').waitFor();
    const out = (await trial.locator('.trial-out').innerText()).replace(/\s+/g, ' ');
    assert.match(out, /Would be done.*Nothing of it was kept\. Set fields Hours: 6 By condition Where it holds Send a message text: Hill took 6 h people: 1/);
    assert.equal((await root.call('GET', `/forms/visit/records/${ids[1]}`)).hours, 5);
    // What it would set off without end is said before anybody meets it.
    await one.locator('.event-row select').first().selectOption('updated');
    await trial.locator('.trial-out').waitFor({ state: 'detached' });
    await trial.getByRole('button', { name: 'Try on this record' }).click();
    await trial.getByText('set each other off').waitFor();
    assert.deepEqual(page.errors, []);
});

test('a card is switched off, duplicated, put in order, renamed and removed; a mistake is told at its step', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page, 'Automations');
    await card(page, 'note').locator('.card-title').click();
    await card(page, 'note').getByRole('button', { name: 'Switch off' }).click();
    await card(page, 'note').getByText('off', { exact: true }).waitFor();
    await card(page, 'note').getByRole('button', { name: 'Duplicate' }).click();
    await card(page, 'note_2').locator('.card-body').waitFor();
    const names = () => file().then((f) => Object.keys(f.tree.automations));
    await says(names, ['note', 'note_2', 'long_trip']);
    await calm(page);
    await drag(page, card(page, 'long_trip').locator('> .card-head .grip'), card(page, 'note'), 0.1);
    await says(names, ['long_trip', 'note', 'note_2']);
    const copy = card(page, 'note_2');
    await copy.locator('[data-step="set"] .step-name').click();
    await copy.getByLabel('Add a field').selectOption('hours');
    await copy.locator('.map-value[data-key="hours"] select').first().selectOption('computed');
    await copy.locator('.map-value[data-key="hours"] textarea').fill('hourz + 1');
    await copy.locator('.map-value[data-key="hours"] .issue', { hasText: 'hourz' }).waitFor();
    await copy.locator('.step.bad .chip.bad').waitFor();
    await copy.locator('.card-tools').getByRole('button', { name: 'Remove' }).click();
    await copy.waitFor({ state: 'detached' });
    await calm(page);
    await says(names, ['long_trip', 'note']);
    assert.equal((await file()).tree.automations.note.active, false);
    assert.match((await file()).text, /note: {22}# the first/);
    assert.deepEqual(page.errors, []);
});

const STEPS = `automations:
  note:
    event: updated(hours)
    do:
      # says so
      - set: {name: "long"}   # kept
      - when:
          if: "hours > 100"
          do:
            - stop: {}
            - notify: {to: owner, text: "Much"}   # told
      - for_each:
          form: visit
          where: "hours > 5"
          do: [{set: {hours: 5}}]
  second:
    event: created
    do: {set: {hours: 0}}
reminders:`;

test('a step goes from list to list: dragged, by keys, by its menu; its comments with it', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 1800 }, hasTouch: true });
    await root.call('DELETE', '/definitions/draft');
    const { text, etag } = await file();
    await root.call('PUT', `/definitions/${PATH}`, { etag, text: text.replace(/automations:[^]*reminders:/, STEPS) });
    await design(page, 'Automations');
    const one = card(page, 'note');
    await one.locator('.card-title').click();
    const step = (at) => one.locator(`.step[data-at="automations/note/do/${at}"]`);
    const grip = (at) => step(at).locator('> .step-head > .grip');
    const name = (at) => step(at).locator('> .step-head .step-name');
    const shape = (list) => list.map((s) => { const [[k, v]] = Object.entries(s); return v?.do ? [k, shape(v.do), ...(v.else ? [shape(v.else)] : [])] : k; });
    const steps = () => file().then((f) => shape(f.tree.automations.note.do));
    const heard = (what) => page.locator('#design-said', { hasText: what }).waitFor({ state: 'attached' });
    const focused = (at) => page.waitForFunction((x) => document.activeElement?.closest('.step')?.dataset.at === `automations/note/do/${x}`, at);
    const first = await steps();
    assert.deepEqual(first, ['set', ['when', ['stop', 'notify']], ['for_each', ['set']]]);
    await name('1').click();
    await drag(page, grip('0'), step('1/when/do/1'), 0.2);
    await says(steps, [['when', ['stop', 'set', 'notify']], ['for_each', ['set']]]);
    await heard('Set fields was moved: note › 1. By condition hours > 100 › Where it holds');
    assert.match((await file()).text, / {12}# says so\n {12}- set: \{name: "long"\} {3}# kept\n {12}- notify: .* # told/);
    // What was open is open where it is now; one act is one to undo.
    await step('0/when/do/2').waitFor();
    await page.getByRole('button', { name: /Undo/ }).click();
    await says(steps, first);
    await page.getByRole('button', { name: /Redo/ }).click();
    await says(steps, [['when', ['stop', 'set', 'notify']], ['for_each', ['set']]]);
    // Out behind the step it is in, into the one before; out at the end, into what is closed.
    await grip('0/when/do/1').focus();
    await page.keyboard.press('ArrowLeft');
    await focused('1');
    await says(steps, [['when', ['stop', 'notify']], 'set', ['for_each', ['set']]]);
    await page.keyboard.press('ArrowRight');
    await focused('0/when/do/2');
    await page.keyboard.press('ArrowDown');
    await focused('1');
    await page.keyboard.press('ArrowDown');
    await focused('2');
    await page.keyboard.press('ArrowRight');
    await focused('1/for_each/do/1');
    await says(steps, [['when', ['stop', 'notify']], ['for_each', ['set', 'set']]]);
    assert.deepEqual(await axe(page), []);
    // By the menu, into what is not there yet; with a finger; never into itself.
    await name('0').click();
    await name('0/when/do/1').click();
    const menu = (at) => step(at).locator('> .step-body > .row select[aria-label^="Move"]');
    await menu('0/when/do/1').selectOption({ label: 'Into: note › 1. By condition hours > 100 › Otherwise' });
    await says(steps, [['when', ['stop'], ['notify']], ['for_each', ['set', 'set']]]);
    await fingerDrag(page, grip('1'), step('0/when/else/0'), 0.8, false);
    await says(steps, [['when', ['stop'], ['notify', ['for_each', ['set', 'set']]]]]);
    const places = (at) => menu(at).locator('option').allInnerTexts();
    await says(() => places('0'), ['Move to…', 'Into: second']);
    await menu('0').selectOption({ label: 'Into: second' });
    await says(() => file().then((f) => [f.tree.automations.note.do, shape(f.tree.automations.second.do)]), [[], ['set', ['when', ['stop'], ['notify', ['for_each', ['set', 'set']]]]]]);
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('a reminder in words, and who is told next', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page, 'Reminders');
    const soon = card(page, 'soon');
    const said = async () => (await soon.locator('.card-said').innerText()).replace(/\s+/g, ' ');
    assert.match(await said(), /^3 days before “Visited on” → The owner, Inbox “Visit \{name\}”$/);
    await soon.locator('.card-title').click();
    assert.deepEqual(await axe(page), []);
    await soon.getByLabel('Before or after').selectOption('after');
    await soon.getByLabel('How long', { exact: true }).fill('5');
    await soon.getByLabel('How long', { exact: true }).press('Enter');
    await says(() => file().then((f) => f.tree.reminders.soon.at), 'day + 5d');
    await soon.getByRole('button', { name: 'Who is told next?' }).click();
    const rows = soon.locator('.trial tbody tr');
    await rows.first().waitFor();
    assert.deepEqual(await rows.locator('td:first-child').allInnerTexts(), ['Hill', 'Lake']);
    assert.match(await rows.first().innerText(), /May 13, 2999.*Sam Staff/s);
    await soon.getByLabel('When…').selectOption('every');
    await says(() => file().then((f) => f.tree.reminders.soon), { to: 'owner', text: { en: 'Visit {name}', zh: '拜访 {name}' }, every: '1d' });
    await soon.getByRole('button', { name: 'Who is told next?' }).click();
    await soon.getByText('Records it would tell of now: 3').waitFor();
    await page.getByPlaceholder('New reminder').fill('Write the report');
    await page.locator('.new-part').getByRole('button', { name: 'Add', exact: true }).click();
    await card(page, 'write_the_report').locator('.card-body').waitFor();
    await says(() => file().then((f) => f.tree.reminders.write_the_report), { at: 'day', to: 'owner', text: 'Write the report' });
    await calm(page);
    assert.deepEqual(page.errors, []);
});

test('views on real records: columns in order, sorted, filtered; a board, a calendar, their order', async () => {
    const page = await signIn(browser, app.url, 'root', { ...WIDE, hasTouch: true });
    await root.call('DELETE', '/definitions/draft');
    await design(page, 'Views');
    const seen = page.locator('.view-canvas');
    await seen.locator('table tbody tr').nth(2).waitFor();                  // all records, before there is a view
    const make = async (kind, label) => {
        await page.locator('.palette select').selectOption(kind);
        await page.getByPlaceholder('What the tab is called').fill(label);
        await page.locator('.new-part button').click();
        await page.locator('.properties h2', { hasText: label }).waitFor();
    };
    await make('table', 'Long ones');
    const view = () => file().then((f) => f.tree.views.long_ones);
    const heads = () => seen.locator('thead .head > span').allInnerTexts();
    const columns = page.locator('.properties [data-key="columns"]');
    for (const name of ['Visited on', 'Kind', 'owner']) await columns.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
    await says(async () => (await view()).columns, ['name', 'hours']);
    await columns.getByLabel('Add a field: Columns').selectOption('kind');
    await columns.locator('.menu-entry[data-item="kind"]').waitFor();
    await columns.locator('.menu-entry[data-item="kind"] .grip').press('ArrowUp');
    await says(async () => (await view()).columns, ['name', 'kind', 'hours']);
    await says(async () => (await heads()).map((x) => x.trim()), ['Whom', 'Kind', 'Hours']);
    const sort = page.locator('.properties [data-key="sort"]');
    await sort.getByLabel(/^Add a field/).selectOption('hours');
    await sort.getByRole('button', { name: 'Hours: ascending' }).click();
    await says(async () => (await view()).sort, '-hours');
    await page.locator('.properties [data-key="filter"] textarea').fill('hours > 0');
    const rows = () => seen.locator('tbody td:nth-child(1)').allInnerTexts();
    await says(async () => (await rows()).map((x) => x.trim()), ['Hill', 'Lake']);
    await page.locator('.properties [data-key="filter"] textarea').fill('hourz > 0');
    await page.locator('.properties [data-key="filter"] .issue').first().waitFor();
    await page.locator('.properties [data-key="filter"] textarea').fill('hours > 0');
    await calm(page);
    assert.deepEqual(await axe(page), []);
    // On the page itself: a head is dragged by mouse and finger, moved by keys and by its menu, removed, added.
    const head = (key) => seen.locator(`thead th[data-item="${key}"]`);
    const shown = async (keys, cells) => {
        await says(async () => (await view()).columns, keys);
        await says(async () => (await seen.locator('tbody tr').first().locator('td').allInnerTexts()).map((x) => x.trim()), cells);
        await says(() => columns.locator('.menu-entry').evaluateAll((all) => all.map((x) => x.dataset.item)), keys);
    };
    await drag(page, head('hours').locator('.grip'), head('name'), 0.2, 'x');
    await shown(['hours', 'name', 'kind'], ['5', 'Hill', 'Trip']);
    await page.locator('#design-said', { hasText: 'Hours was moved.' }).waitFor({ state: 'attached' });
    await fingerDrag(page, head('hours').locator('.grip'), head('kind'), 0.8, false, 'x');
    await shown(['name', 'kind', 'hours'], ['Hill', 'Trip', '5']);
    await head('hours').locator('.grip').focus();
    await page.keyboard.press('ArrowLeft');
    await shown(['name', 'hours', 'kind'], ['Hill', '5', 'Trip']);
    await page.waitForFunction(() => document.activeElement?.closest('th')?.dataset.item === 'hours');
    await head('kind').getByLabel('Move Kind to').selectOption({ label: 'Before Whom' });
    await shown(['kind', 'name', 'hours'], ['Trip', 'Hill', '5']);
    await head('kind').getByRole('button', { name: 'Remove Kind' }).click();
    await shown(['name', 'hours'], ['Hill', '5']);
    await seen.getByLabel('Add a field: Columns').selectOption('day');
    await shown(['name', 'hours', 'day'], ['Hill', '5', '2999-05-08']);
    await page.getByRole('button', { name: /Undo/ }).click();
    await shown(['name', 'hours'], ['Hill', '5']);
    await calm(page);
    assert.deepEqual(await axe(page), []);
    // Without records, too.
    await page.locator('.properties [data-key="filter"] textarea').fill('hours > 999');
    await seen.getByText('Nothing in this view.').waitFor();
    await says(async () => (await heads()).map((x) => x.trim()), ['Whom', 'Hours ↓']);
    await drag(page, head('hours').locator('.grip'), head('name'), 0.2, 'x');
    await says(async () => (await view()).columns, ['hours', 'name']);
    await seen.getByLabel('Add a field: Columns').selectOption('kind');
    await says(async () => (await view()).columns, ['hours', 'name', 'kind']);
    await says(async () => (await heads()).map((x) => x.trim()), ['Hours ↓', 'Whom', 'Kind']);
    await calm(page);
    assert.deepEqual(await axe(page), []);
    await make('kanban', 'By kind');
    await seen.locator('.board').waitFor();
    assert.match(await seen.locator('.board').innerText(), /Phone call[\s\S]*Lake[\s\S]*Trip[\s\S]*Hill/);
    const line = (key) => seen.locator(`.head-lines [data-item="${key}"]`);
    await seen.getByLabel('Add a field: Fields on a card').selectOption('hours');
    const card = () => file().then((f) => f.tree.views.by_kind.card);
    await says(async () => (await card()).at(-1), 'hours');
    const [first] = await card();
    await drag(page, line('hours').locator('.grip'), line(first), 0.2);
    await says(async () => (await card()).slice(0, 2), ['hours', first]);
    await says(() => seen.locator('.card').nth(1).locator('dl > div').first().getAttribute('data-field'), 'hours');
    await calm(page);
    assert.deepEqual(await axe(page), []);
    await make('calendar', 'Days');
    await says(() => file().then((f) => f.tree.views.days), { type: 'calendar', label: 'Days', date: 'day' });
    await seen.locator('[data-calendar]').waitFor();
    await page.locator('.properties').getByLabel('Kind').first().selectOption('gallery');
    await says(() => file().then((f) => f.tree.views.days), { type: 'gallery', label: 'Days' });
    await page.getByLabel('Move Days to').last().selectOption({ label: 'Before Long ones' });
    await says(() => file().then((f) => Object.keys(f.tree.views)), ['days', 'long_ones', 'by_kind']);
    await page.locator('.properties').getByRole('button', { name: 'Remove', exact: true }).click();
    await says(() => file().then((f) => Object.keys(f.tree.views)), ['long_ones', 'by_kind']);
    assert.deepEqual(page.errors, []);
});
