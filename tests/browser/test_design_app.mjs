// The designer of what belongs to no form: roles, the menu, working calendars, channels, the rest.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import test, { after, before } from 'node:test';
import { client, says, serve } from './lib/app.mjs';
import { axe, launch, letGo, signIn } from './lib/browser.mjs';
import { hold } from './lib/design.mjs';

const form = (name) => `form: ${name}\ntitle: "{name}"\nfields:\n  name: {type: text}\npermissions:\n  staff: {create: true, read: all}\n`;
const WIDE = { viewport: { width: 1440, height: 1400 } };
let app, browser, root;
before(async () => {
    app = await serve('tests/apps/workshop', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }]);
    root = await client(app.url, 'root');
    for (const name of ['alpha', 'beta', 'gamma']) await root.call('PUT', `/definitions/forms/${name}.yaml`, { text: form(name), etag: null });
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const tree = () => root.call('GET', '/definitions/app.yaml').then((f) => f.tree);
const card = (page, name) => page.locator(`.card-part[data-item="${name}"]`);
const calm = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
async function open(page, part) {
    await page.goto(`${app.url}/design/app/${part}`);
    await page.locator('#design[data-live]').waitFor();
}
async function drag(page, from, to, part) {
    const a = await from.boundingBox();
    await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
    await page.mouse.down();
    await page.mouse.move(a.x + 20, a.y + 20, { steps: 4 });
    const b = await to.boundingBox();
    await page.mouse.move(b.x + 60, b.y + b.height * part, { steps: 12 });
    await page.mouse.move(b.x + 62, b.y + b.height * part, { steps: 2 });
    await letGo(page);
}

test('roles: new, with what they include, where they have rights; one in use is not removed unasked', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await page.goto(`${app.url}/design`);
    await page.getByRole('link', { name: 'Roles' }).click();
    await page.waitForURL('**/design/app/roles');
    await card(page, 'staff').getByRole('link', { name: 'alpha' }).waitFor();
    await page.getByPlaceholder('A new role').fill('Team lead');
    await page.locator('.new-part button').click();
    const lead = card(page, 'team_lead');
    await lead.locator('[data-key="includes"] summary').click();
    await lead.locator('[data-key="includes"]').getByLabel('Staff').check();
    await lead.getByText('Has also the rights of: Staff').waitFor();
    await says(async () => (await tree()).roles.team_lead, { label: 'Team lead', includes: ['staff'] });
    assert.deepEqual(await axe(page), []);
    await card(page, 'staff').locator('.card-title').click();
    await card(page, 'staff').getByRole('button', { name: 'Remove' }).click();
    await page.locator('dialog[open] .uses li').first().waitFor();
    await page.locator('dialog[open]').getByRole('button', { name: 'Cancel' }).click();
    assert.ok('staff' in (await tree()).roles);
    // Another name: what names the role follows in the one act, and comes back with it.
    const rights = async () => Object.keys((await root.call('GET', '/definitions/forms/alpha.yaml')).tree.permissions);
    await card(page, 'staff').locator('summary', { hasText: 'Name in the files' }).click();
    await card(page, 'staff').getByLabel('Name in the files').fill('crew');
    await card(page, 'staff').getByLabel('Name in the files').press('Enter');
    await card(page, 'crew').getByRole('link', { name: 'alpha' }).waitFor();
    assert.deepEqual([(await tree()).roles.crew.was, (await tree()).roles.team_lead.includes, await rights()], ['staff', ['crew'], ['crew']]);
    await calm(page);
    await page.getByRole('button', { name: /Undo/ }).click();
    await card(page, 'staff').getByRole('link', { name: 'alpha' }).waitFor();
    assert.deepEqual([Object.keys((await tree()).roles), await rights()], [['staff', 'team_lead'], ['staff']]);
    // One that is not published yet has no former name.
    await card(page, 'team_lead').locator('.card-title').click();
    await card(page, 'team_lead').locator('summary', { hasText: 'Name in the files' }).click();
    await card(page, 'team_lead').getByLabel('Name in the files').fill('lead');
    await card(page, 'team_lead').getByLabel('Name in the files').press('Enter');
    await card(page, 'lead').waitFor();
    assert.deepEqual((await tree()).roles.lead, { label: 'Team lead', includes: ['staff'] });
    await card(page, 'staff').getByRole('link', { name: 'beta' }).click();
    await page.waitForURL('**/design/beta');
    await page.getByRole('heading', { name: 'What roles may do' }).waitFor();
    assert.deepEqual(page.errors, []);
});

test('the menu: begun, groups and forms put in order by mouse, keys and Move to', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await open(page, 'menu');
    await page.getByRole('button', { name: 'Set the menu up' }).click();
    const items = async () => ((await tree()).menu ?? []).map((m) => m.items);
    await says(items, [['alpha', 'beta', 'gamma']]);
    const entry = (name) => page.locator(`.menu-entry[data-item="${name}"]`);
    await drag(page, entry('gamma').locator('.grip'), entry('alpha'), 0.2);
    await says(items, [['gamma', 'alpha', 'beta']]);
    // Two on before the first was answered.
    let go = await hold(page);
    for (let i = 0; i < 2; i += 1) await entry('gamma').locator('.grip').press('ArrowDown');
    go();
    await says(items, [['alpha', 'beta', 'gamma']]);
    await entry('gamma').locator('.grip').press('ArrowUp');
    await says(items, [['alpha', 'gamma', 'beta']]);
    await page.getByPlaceholder('New group').fill('Rest');
    await page.locator('.new-part button').click();
    await page.locator('.cards-parts > li').nth(1).waitFor();
    await page.getByLabel('Group of beta').selectOption({ label: 'Rest' });
    await says(items, [['alpha', 'gamma'], ['beta']]);
    await page.locator('.cards-parts > li').nth(1).getByLabel('Add a form').selectOption('user');
    await says(items, [['alpha', 'gamma'], ['beta', 'user']]);
    await page.locator('.cards-parts > li').nth(1).locator('> .card-head .grip').press('ArrowUp');
    await says(items, [['beta', 'user'], ['alpha', 'gamma']]);
    await page.getByPlaceholder('New group').fill('Short');
    await page.getByPlaceholder('New group').press('Enter');
    await page.locator('.cards-parts > li').nth(2).waitFor();
    await page.locator('.cards-parts > li').nth(2).locator('> .card-head .grip').press('ArrowUp');
    await says(items, [['beta', 'user'], [], ['alpha', 'gamma']]);
    await page.waitForFunction(() => document.querySelector('.cards-parts > li:nth-child(2) .card-head input')?.value === 'Short');
    // Taken away by two presses: the one behind it stays.
    go = await hold(page);
    await page.locator('.cards-parts > li').nth(1).locator('> .card-head').getByRole('button', { name: 'Remove' }).dblclick();
    go();
    await page.locator('.cards-parts > li').nth(2).waitFor({ state: 'detached' });
    await calm(page);
    await says(items, [['beta', 'user'], ['alpha', 'gamma']]);
    await calm(page);
    assert.deepEqual(await axe(page), []);
    // A new form gets its place in it.
    await page.goto(`${app.url}/design`);
    await page.getByLabel('What is it called?').fill('Delta');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL('**/design/delta');
    await says(items, [['beta', 'user', 'delta'], ['alpha', 'gamma']]);
    await calm(page);
    assert.deepEqual(page.errors, []);
});

test('a working calendar: hours of the week, holidays and worked weekends by pressing days', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await open(page, 'calendars');
    await page.getByPlaceholder('New calendar').fill('Office');
    await page.locator('.new-part button').click();
    const office = card(page, 'office');
    const cal = async () => (await tree()).calendars.office;
    await says(cal, { hours: { 'mon-fri': ['09:00-18:00'] } });
    await office.locator('.week').evaluate(async (box) => {                 // faster than any answer
        const until = box.querySelectorAll('[data-day="fri"] input')[1];
        until.value = '16:30';
        until.dispatchEvent(new Event('change', { bubbles: true }));
        await new Promise((go) => { setTimeout(go, 0); });
        [...box.querySelectorAll('[data-day="sat"] button')].find((b) => b.textContent === 'as Friday').click();
    });
    await says(async () => (await cal()).hours, { 'mon-thu': ['09:00-18:00'], 'fri-sat': ['09:00-16:30'] });
    await office.locator('[data-day="sat"]').getByRole('button', { name: /^Remove/ }).click();
    const year = Number(await office.locator('.year > .row strong').innerText());
    for (let y = year; y !== 2027; y += y < 2027 ? 1 : -1) await office.getByRole('button', { name: y < 2027 ? `${y + 1} ›` : `‹ ${y - 1}` }).click();
    const day = (d) => office.locator(`button[data-day="${d}"]`);
    await office.locator('.months').evaluate((box) => { for (const d of ['2027-05-03', '2027-05-04', '2027-05-05']) box.querySelector(`[data-day="${d}"]`).click(); });   // faster than any answer
    await says(async () => (await cal()).holidays, ['2027-05-03..2027-05-05']);
    await day('2027-05-04').click();
    await says(async () => (await cal()).holidays, ['2027-05-03', '2027-05-05']);
    await day('2027-05-08').click();                                        // a Saturday
    await says(async () => (await cal()).workdays, ['2027-05-08']);
    await page.getByRole('button', { name: /May 8, 2027: worked all the same/ }).waitFor();
    await day('2027-05-08').press('ArrowRight');
    await page.waitForFunction(() => document.activeElement?.dataset.day === '2027-05-09');
    await page.keyboard.press('Enter');
    await says(async () => (await cal()).workdays, ['2027-05-08..2027-05-09']);
    await office.getByLabel('Day', { exact: true }).fill('2027-12-31');
    await office.locator('form').last().getByRole('button', { name: 'Add' }).click();
    const own = office.getByLabel('Hours: 2027-12-31');
    await own.fill('9-12');
    await own.press('Enter');
    await office.locator('.own-day .issue').waitFor();                     // refused in place
    await own.fill('09:00-11:00');
    await own.press('Enter');
    await says(async () => (await cal()).days, { '2027-12-31': ['09:00-11:00'] });
    await office.locator('[data-key="time_zone"] input').fill('Europe/Berlin');
    await office.locator('[data-key="time_zone"] input').press('Enter');
    await says(async () => (await cal()).time_zone, 'Europe/Berlin');
    await calm(page);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(page.errors, []);
});

test('a channel sends a test message to oneself, and says what became of it', async () => {
    const got = [];
    const robot = http.createServer((q, r) => {
        let body = '';
        q.on('data', (x) => { body += x; });
        q.on('end', () => { got.push(JSON.parse(body)); r.end(got.length > 1 ? '{"errcode": 40001, "errmsg": "no such robot"}' : '{"errcode": 0}'); });
    }).listen(0, '127.0.0.1');
    await once(robot, 'listening');
    const { etag } = await root.call('GET', '/definitions/app.yaml');
    const post = { webhook: `http://127.0.0.1:${robot.address().port}/robot`, format: 'wecom' };
    await root.call('PATCH', '/definitions/app.yaml', { etag, ops: [{ op: 'set', path: 'channels', value: { office: post, mail: { smtp: 'smtp://127.0.0.1:9', from: 'a@example.com' } } }] });
    const page = await signIn(browser, app.url, 'root', WIDE);
    await open(page, 'channels');
    const send = async (name) => {
        if (!await card(page, name).locator('.card-body').count()) await card(page, name).locator('.card-title').click();
        await card(page, name).getByRole('button', { name: 'Send me a test message' }).click();
    };
    await send('office');
    await card(page, 'office').getByText('The test message was taken, for Ada Admin.').waitFor();
    assert.match(got[0].text.content, /@Ada Admin .*office/);
    await send('office');
    await card(page, 'office').getByRole('alert').filter({ hasText: '40001 no such robot' }).waitFor();
    assert.deepEqual(await axe(page), []);
    await send('mail');
    await card(page, 'mail').getByRole('alert').filter({ hasText: 'you have no e-mail address' }).waitFor();
    robot.close();
    await root.call('DELETE', '/definitions/draft?path=app.yaml');
    assert.deepEqual(page.errors.filter((e) => !/422/.test(e)), []);
});

test('channels name their secrets, general settings are inputs, and what is wrong is said in place', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await open(page, 'channels');
    await page.locator('.design-flows > .row > select').selectOption('webhook');
    await page.getByPlaceholder('New channel').fill('Team');
    await page.locator('.new-part button').click();
    const team = card(page, 'team');
    await team.locator('[data-key="format"] select').selectOption('wecom');
    await team.locator('[data-key="secret"] input').fill('ROBOT_KEY');
    await team.locator('[data-key="secret"] input').press('Enter');
    await says(async () => (await tree()).channels.team, { webhook: 'https://example.com/robot', format: 'wecom', secret: '${env:ROBOT_KEY}' });
    await team.getByRole('button', { name: 'Send me a test message' }).click();
    await team.getByRole('alert').filter({ hasText: 'the environment variable ROBOT_KEY is not set' }).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.locator('.design-parts button', { hasText: 'General' }).click();
    const currency = page.locator('[data-key="currency"]');
    await currency.locator('input').fill('euro');
    await currency.locator('input').press('Enter');
    await currency.locator('.issue').waitFor();
    await currency.locator('input').fill('EUR');
    await currency.locator('input').press('Enter');
    await currency.locator('.issue').waitFor({ state: 'detached' });
    await says(async () => (await tree()).currency, 'EUR');
    assert.deepEqual(await axe(page), []);
    await page.locator('.design-parts button', { hasText: 'Text' }).click();
    await page.locator('.cm-content', { hasText: 'ROBOT_KEY' }).waitFor();
    assert.deepEqual(page.errors.filter((e) => !/422/.test(e)), []);
});
