// Wrong input in each part of the designer: said at the place it concerns, in words of the reader's
// language, kept as it was typed, and not published.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';
import { hold } from './lib/design.mjs';

const FORM = `form: job
label: Job
title: "{name}"
owner: owner
fields:
  name:   {type: text, label: Name}
  owner:  {type: user, label: Owner}
  hours:  {type: number, label: Hours, min: 1}
  double: {type: formula, label: Double, of: number, formula: hours * 2}
  due:    {type: date, label: Due}
  kind:   {type: choice, label: Kind, options: [small, large]}
permissions:
  staff: {read: all, create: true, update: all}
reminders:
  soon: {at: due - 1d, to: owner, text: "{name} is due"}
automations:
  mark: {event: created, do: [{set: {hours: "=1"}}]}
views:
  large: {columns: [name, hours], filter: "kind = 'large'"}
`;
const FLOW = `workflow: job_flow
form: job
stages:
  open: {label: Open, status: open, within: 2d}
  done: {label: Done, status: done}
transitions:
  finish: {label: Finish, from: open, to: done, by: owner, require: [hours]}
`;
let app, browser, root;
before(async () => {
    app = await serve('tests/apps/workshop', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }], { 'forms/job.yaml': FORM, 'workflows/job_flow.yaml': FLOW });
    root = await client(app.url, 'root');
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const part = (page, name) => page.locator(`[data-part="${name}"]`).click();
const key = (page, name) => page.locator(`.design-parts ~ * [data-key="${name}"]`).first();
const field = (name) => (page) => page.locator(`#canvas .field[data-field="${name}"]`).click();
const all = (page) => page.locator('.keys-more').evaluateAll((list) => { for (const e of list) e.open = true; });
const fill = (name, text) => async (page) => {
    await key(page, name).waitFor();
    await all(page);
    const box = key(page, name).locator('input:visible, textarea:visible').first();
    await box.fill(text);
    await box.blur();
};

/** what → [steps to it, the key it is said at, what is said] */
const WRONG = {
    'a limit that is no number': [[field('hours'), fill('min', 'many')], 'min', /number/],
    'limits the wrong way round': [[field('hours'), fill('max', '0')], 'min', /more than/],
    'a check of a field there is not': [[field('hours'), fill('check', 'weight > 2')], 'check', /weight/],
    'a formula of itself': [[field('double'), fill('formula', 'double + 1')], null, /ring.*double/],
    'a stage with no time': [[(p) => part(p, 'stages'), (p) => p.locator('.flow-list button').first().click(), fill('within', 'soon')], 'within', /soon|time|duration/],
    'a condition that is none': [[(p) => part(p, 'stages'), (p) => p.locator('.flow-list li li button').first().click(), fill('if', 'hours +')], 'if', /./],
    'a reminder to nobody known': [[(p) => part(p, 'reminders'), (p) => p.locator('.card-title').first().click(), fill('if', 'due < someday')], 'if', /someday/],
    'an automation of an unknown field': [[(p) => part(p, 'automations'), (p) => p.locator('.card-title').first().click(), fill('if', 'colour = 1')], 'if', /colour/],
    'an automation without steps': [[(p) => part(p, 'automations'), (p) => p.locator('.new-part input').fill('Tell'), (p) => p.keyboard.press('Enter'), (p) => p.locator('.card-part.open').waitFor()], null, /^“[^`]+” needs steps$/],
    'a view of records there cannot be': [[(p) => part(p, 'views'), (p) => p.locator('.view-name button.grow').first().click(), fill('filter', 'kind > size')], 'filter', /size/],
    'a right by a condition that is none': [[(p) => part(p, 'permissions'), (p) => p.getByLabel('Staff: Delete', { exact: true }).selectOption({ label: 'when…' }),
        async (p) => { const box = p.locator('.rights-when textarea'); await box.fill('hours > nobody'); await box.blur(); }], null, /nobody/],
    'text that is no YAML': [[(p) => part(p, 'text'), async (p) => { await p.locator('.cm-content').click(); await p.keyboard.press('ControlOrMeta+End'); await p.keyboard.type('fields: [1, {'); }], null, /./],
};

for (const [what, [steps, at, said]] of Object.entries(WRONG))
    test(`${what} is refused where it is`, async () => {
        const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
        await page.goto(`${app.url}/design/job`);
        await page.locator('#canvas .field').first().waitFor();
        for (const step of steps) await step(page);
        await (at ? key(page, at) : page).locator('.issue, .cm-lintRange-error').filter({ hasText: said }).first().waitFor();
        // The list says where as people call it, and leads there.
        await page.locator('.issues summary').click();
        assert.match(await page.locator('.issues .menu-box button strong').first().textContent(), /^(Form Job|Pipeline job_flow) › |^forms\/job\.yaml:\d+$/);
        await page.locator('.issues .menu-box button').first().click();
        await page.locator('.issues[open]').waitFor({ state: 'detached' });
        assert.equal((await root.call('GET', '/definitions')).version, 1);
        if (at) assert.notEqual(await key(page, at).locator('input, textarea').first().inputValue(), '');
        await assert.rejects(root.call('POST', '/definitions/publish', {}), /422/);
        await root.call('DELETE', '/definitions/draft');
        assert.deepEqual(page.errors.filter((e) => !/422/.test(e)), []);
    });

test('a name that is none, or another one\'s, is said at its place and not sent', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    await page.goto(`${app.url}/design/job`);
    await field('hours')(page);
    await all(page);
    const box = page.locator('.properties').getByLabel('Name in the files', { exact: true });
    for (const [name, said] of [['工时', /small letters/], ['due', /“due” is there already/], ['Hours!', /small letters/]]) {
        await box.fill(name);
        await page.locator('.properties [role="alert"]').filter({ hasText: said }).waitFor();
    }
    await box.fill('time_taken');
    await page.locator('#canvas .field[data-field="time_taken"]').waitFor();
    assert.equal(await page.locator('.properties [role="alert"]').count(), 0);
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('presses quicker than the server are all kept', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    await page.goto(`${app.url}/design/job`);
    await page.locator('#canvas .field').first().waitFor();
    await part(page, 'stages');
    await page.locator('.flow-list li li button').first().click();
    await key(page, 'require').locator('summary').click();
    const go = await hold(page);
    for (const name of ['Due', 'Kind', 'Name']) await key(page, 'require').getByRole('checkbox', { name, exact: true }).check();
    go();
    await page.locator('.flow-map .mark', { hasText: 'required: 4' }).waitFor();
    await page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
    const flow = await root.call('GET', '/definitions/workflows/job_flow.yaml');
    assert.deepEqual(flow.tree.transitions.finish.require, ['hours', 'due', 'kind', 'name']);
    // A label in two languages, a time of a number, a unit, a side.
    const answer = await hold(page);
    const label = key(page, 'label').locator('input');
    await label.nth(0).fill('Ready');
    await label.nth(1).fill('完成');
    await label.nth(1).blur();
    await part(page, 'reminders');
    await page.locator('.card-title').first().click();
    await page.getByLabel('How long', { exact: true }).fill('3');
    await page.getByLabel('How long: unit').selectOption('w');
    await page.getByLabel('Before or after').selectOption('after');
    answer();
    await page.locator('.card-said', { hasText: '3 weeks after' }).waitFor();
    await page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
    assert.deepEqual((await root.call('GET', '/definitions/workflows/job_flow.yaml')).tree.transitions.finish.label, { en: 'Ready', zh: '完成' });
    assert.equal((await root.call('GET', '/definitions/forms/job.yaml')).tree.reminders.soon.at, 'due + 3w');
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('publishing asks for the values it needs, and refuses wrong ones at their input', async () => {
    for (const name of ['One', 'Two']) await root.call('POST', '/forms/job/records', { name });
    await root.call('PATCH', '/definitions/forms/job.yaml', { etag: (await root.call('GET', '/definitions/forms/job.yaml')).etag, ops: [
        { op: 'set', path: 'fields.kind.required', value: true }, { op: 'set', path: 'fields.due.required', value: true },
        { op: 'set', path: 'fields.weight', value: { type: 'number', label: 'Weight', required: true, max: 50 } }] });
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    await page.goto(`${app.url}/design/job`);
    await page.locator('#canvas .field').first().waitFor();
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.locator('dialog.publish');
    const now = dialog.getByRole('button', { name: 'Publish', exact: true });
    await dialog.getByText('Job: Weight is required, and 2 records have none.').waitFor();
    assert.ok(await now.isDisabled());
    const weight = dialog.getByLabel('Weight of the 2 records without one');
    await weight.fill('99');
    await dialog.locator('[data-fill="job.weight"] .issue').filter({ hasText: /50/ }).waitFor();
    assert.equal(await weight.inputValue(), '99');
    assert.equal(await weight.getAttribute('aria-invalid'), 'true');
    assert.deepEqual(await axe(page), []);
    await weight.fill('4');
    await dialog.locator('[data-fill="job.weight"] .bad').waitFor({ state: 'detached' });
    await dialog.getByLabel('Kind of the 2 records without one').selectOption('large');
    await dialog.getByLabel('Due of the 2 records without one').fill('2031-05-06');
    await dialog.getByText('Some records lack a value').waitFor({ state: 'detached' });
    await now.click();
    await dialog.waitFor({ state: 'detached' });
    const { records } = await root.call('GET', '/forms/job/records');
    assert.deepEqual(records.map((r) => [r.weight, r.kind, r.due]), [[4, 'large', '2031-05-06'], [4, 'large', '2031-05-06']]);
    assert.deepEqual(page.errors.filter((e) => !/422/.test(e)), []);
});
