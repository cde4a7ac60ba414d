// The stages of a form in the designer: drawn with the mouse, gone through by keys alone, renamed
// with their records, shown where they are wrong; and what is arranged by hand stays out of the text.
import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, letGo, signIn } from './lib/browser.mjs';

let app, root, browser, page, properties;

before(async () => {
    app = await serve('tests/apps/clinic', [{ login: 'root', name: 'Ada Admin', roles: 'admin' },
        { login: 'chief', name: 'Clara Chief', roles: 'chief' }]);
    root = await client(app.url, 'root');
    browser = await launch();
});
beforeEach(async () => {
    page = await signIn(browser, app.url, 'root', { viewport: { width: 1280, height: 900 }, hasTouch: true });
    properties = page.locator('.properties');
});
after(async () => { await browser?.close(); await app?.stop(); });

const text = async (path) => (await root.call('GET', `/definitions/${path}`)).text;
const tree = async (path) => (await root.call('GET', `/definitions/${path}`)).tree;
const node = (key) => page.locator(`.flow-map [data-node="${key}"]`);
const way = (key) => page.locator(`.flow-map [data-way="${key}"]`);
const button = (name) => page.getByRole('button', { name, exact: true });
const chosen = (name) => properties.getByRole('heading', { name }).waitFor();

async function open(form) {
    await page.goto(`${app.url}/design/${form}`);
    await page.locator('#design[data-live]').waitFor();
    await button('Stages').click();
}

const saved = () => page.locator('.design-top [role=status]', { hasText: 'No mistakes' }).waitFor();

async function drag(from, to) {
    const [a, b] = [await from.boundingBox(), await to.boundingBox()];
    await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
    await page.mouse.down();
    await page.mouse.move(a.x + a.width / 2 + 12, a.y + a.height / 2 + 12, { steps: 3 });
    await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 8 });
    await letGo(page);
}

async function finger(from, to) {
    const [a, b] = [await from.boundingBox(), await to.boundingBox()].map((r) => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 }));
    const cdp = await page.context().newCDPSession(page);
    const touch = (type, ...touchPoints) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', a);
    for (const n of [0.3, 0.6, 1]) await touch('touchMove', { x: a.x + (b.x - a.x) * n, y: a.y + (b.y - a.y) * n });
    await touch('touchEnd');
}

test('stages are drawn with the mouse or a finger, published, and records go through them', async () => {
    const path = 'workflows/keeper_flow.yaml';
    await open('keeper');
    await button('Add stages').click();
    await node('new').waitFor();
    await page.getByRole('textbox', { name: 'Name of the new stage' }).fill('Called back');
    await button('Add stage').click();
    await chosen('Called back');
    await page.locator('#design-said', { hasText: 'Called back was added.' }).waitFor({ state: 'attached' });
    await properties.locator('[data-key=status] select').selectOption('lost');
    await page.locator('.flow-map .stage.lost[data-node="called_back"]').waitFor();
    await drag(node('new').locator('.knob'), node('called_back'));
    await chosen('Called back');
    await way('called_back').waitFor();
    assert.deepEqual((await tree(path)).transitions.called_back,
        { label: 'Called back', from: 'new', to: 'called_back', by: 'owner' });
    await finger(node('done').locator('.knob'), node('new'));
    await way('new').waitFor();
    await button('↶ Undo').click();
    await button('↶ Undo').click();
    await way('called_back').waitFor({ state: 'detached' });
    await button('↷ Redo').click();
    await way('called_back').waitFor();
    await way('called_back').locator('.way-box').click();
    await properties.locator('[data-key=require] summary').click();
    await properties.getByRole('checkbox', { name: 'Mobile' }).check();
    await way('called_back').locator('.mark', { hasText: 'required: 1' }).waitFor();
    await saved();
    await root.call('POST', '/definitions/publish', {});
    const chief = await client(app.url, 'chief');
    const made = await chief.create('keeper', { name: 'Anna', insurance: 'none' });
    assert.equal(made.stage, 'new');
    await assert.rejects(chief.move('keeper', made.id, 'called_back', {}), /required/);
    assert.equal((await chief.move('keeper', made.id, 'called_back', { mobile: '030 1234567' })).stage, 'called_back');
    assert.deepEqual(page.errors.splice(0), []);
});

test('by keys alone: from stage to stage, a transition, a stage with its transitions removed and back', async () => {
    const path = 'workflows/care.yaml';
    const before = await text(path);
    await open('visit');
    await button('Care').click();
    await node('booked').focus();
    await page.keyboard.press('ArrowDown');
    await node('waiting').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.properties select:focus').waitFor();
    await page.keyboard.type('Emergency: B');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await chosen('Billed');
    assert.equal((await tree(path)).transitions.billed.to, 'emergency.billed');
    await page.locator('.flow-map .far', { hasText: 'Emergency' }).waitFor();
    await node('waiting').focus();
    await page.keyboard.press('Delete');
    await page.locator('#design-said', { hasText: '3' }).waitFor({ state: 'attached' });
    const now = await tree(path);
    assert.deepEqual(Object.keys(now.transitions), ['bill', 'miss']);
    assert.equal(now.transitions.miss.from, 'booked');
    await page.keyboard.press('Control+z');
    await node('waiting').waitFor();
    await page.keyboard.press('Control+z');
    await way('billed').waitFor({ state: 'detached' });
    assert.equal(await text(path), before);
    assert.deepEqual(page.errors.splice(0), []);
});

test('a step of a transition goes into another one', async () => {
    const path = 'workflows/care.yaml';
    const file = await root.call('GET', `/definitions/${path}`);
    await root.call('PATCH', `/definitions/${path}`, { etag: file.etag, ops: [{ op: 'set', path: 'transitions.treat.do', value: [{ set: { minutes: 5 } }] }] });
    await open('visit');
    await button('Care').click();
    await way('bill').locator('.way-box').click();
    await properties.locator('[data-key=do] .step-name', { hasText: 'Make a record' }).click();
    await properties.getByLabel('Move 2. Make a record to').selectOption({ label: 'Into: Treat' });
    await page.locator('#design-said', { hasText: 'Make a record was moved: Treat' }).waitFor({ state: 'attached' });
    const { treat, bill } = (await tree(path)).transitions;
    assert.deepEqual([treat.do, bill.do].map((list) => list.map((x) => Object.keys(x)[0])), [['set', 'create'], ['set', 'notify']]);
    await button('↶ Undo').click();
    await properties.locator('[data-key=do] .step-name', { hasText: 'Make a record' }).waitFor();
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors.splice(0), []);
});

test('a stage that was published takes its records along to another name', async () => {
    const visit = 'workflows/care.yaml';
    const keeper = await root.create('keeper', { name: 'Bert', insurance: 'none' });
    const pet = await root.create('pet', { name: 'Rex', keeper: keeper.id, species: 'cat', weight: 4 });
    const made = await root.create('visit', { pet: pet.id, starts_at: '2030-03-04T09:30' });
    await open('visit');
    await button('Care').click();
    await node('booked').click();
    await properties.locator('details', { hasText: 'Take its records along' }).locator('summary').click();
    await properties.locator('details').getByLabel('Name in the files').fill('reserved');
    await page.keyboard.press('Enter');
    await node('reserved').waitFor();
    const now = await tree(visit);
    assert.deepEqual([now.migrate, now.transitions.arrive.from, now.transitions.miss.from],
        [{ booked: 'reserved' }, 'reserved', ['reserved', 'waiting']]);
    await page.locator('.flow-map').click({ position: { x: 3, y: 3 } });
    assert.equal(await properties.getByLabel('Booked (booked)').inputValue(), 'reserved');
    // What counts the stage elsewhere is told, and mended there.
    await page.locator('.issues', { hasText: 'Ins and outs' }).waitFor();
    const practice = await root.call('GET', '/definitions/dashboards/practice.yaml');
    await root.call('PUT', '/definitions/dashboards/practice.yaml', { etag: practice.etag, text: practice.text.replace("stage = 'booked'", "stage = 'reserved'") });
    await open('visit');
    await saved();
    await root.call('POST', '/definitions/publish', {});
    assert.equal((await root.call('GET', `/forms/visit/records/${made.id}`)).stage, 'reserved');
    assert.deepEqual(page.errors.splice(0), []);
});

test('mistakes stand at their stage, what is arranged by hand stays here, and all is sound', async () => {
    const path = 'workflows/emergency.yaml';
    const file = await root.call('GET', `/definitions/${path}`);
    await root.call('PUT', `/definitions/${path}`, { etag: file.etag, text: file.text.replace('by: everyone', 'by: evryone').replace('probability: 90', 'probability: 900') });
    await open('visit');
    await page.getByRole('button', { name: /^Emergency/ }).first().click();
    await page.locator('.flow-map .stage.wrong[data-node="treated"]').waitFor();
    await page.locator('.flow-map .way.wrong[data-way="bill"]').waitFor();
    await node('treated').click();
    await properties.getByText('“Probability” is 0 to 100').first().waitFor();
    const draft = await text(path);
    const at = await node('billed').boundingBox();
    await page.mouse.move(at.x + 20, at.y + 12);
    await page.mouse.down();
    await page.mouse.move(at.x + 160, at.y + 40, { steps: 6 });
    await letGo(page);
    const moved = await node('billed').boundingBox();
    assert.ok(moved.x > at.x + 100, `moved from ${at.x} to ${moved.x}`);
    assert.equal(await text(path), draft);
    await open('visit');
    await page.getByRole('button', { name: /^Emergency/ }).first().click();
    await node('billed').waitFor();
    assert.ok(Math.abs((await node('billed').boundingBox()).x - moved.x) < 2, 'it stays where it was put');
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await axe(page), []);
    }
    await button('Arrange anew').click();
    await button('Arrange anew').waitFor({ state: 'detached' });
    await root.call('PUT', `/definitions/${path}`, { text: 'form: visit\nstages: [', etag: (await root.call('GET', `/definitions/${path}`)).etag });
    await open('visit');
    await page.getByText(`${path} cannot be read.`).waitFor();
    assert.equal(await page.locator('nav.tabs[aria-label=Pipelines] button').count(), 1);
    assert.deepEqual(page.errors.splice(0).filter((e) => !e.includes('422')), []);
});
