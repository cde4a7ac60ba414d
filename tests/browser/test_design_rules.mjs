// Rules in the designer: written with completion, tried without keeping anything, and what failed at work.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { completeLua, callAt } from '../../web/js/design/complete_lua.js';
import { client, serve } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';

const FORMS = { order: { source: { options: ['web', 'shop'] }, owner: { type: 'user' }, buyer: { type: 'text' } }, item: { order: { to: 'order' } } };
const env = {
    calls: [['find', 'form, filter?'], ['create', 'form, {…}'], ['text.trim', 'text'], ['text.len', 'text']].map(([name, args]) => ({ name, args, help: `what ${name} does` })),
    events: [{ name: 'before_save', of: 'record' }, { name: 'entered', of: 'stage' }, { name: 'login', of: 'app' }],
    form: 'order', forms: Object.keys(FORMS).map((value) => ({ value })), roles: [{ value: 'clerk' }],
    fieldsOf: (f) => Object.keys(FORMS[f] ?? {}).map((value) => ({ value })), ledTo: (f, key) => FORMS[f]?.[key]?.to ?? null,
    stagesOf: (f) => (f === 'order' ? [{ value: 'sent' }] : []), transitionsOf: (f) => (f === 'order' ? [{ value: 'send' }] : []),
    optionsOf: (f, key) => (FORMS[f]?.[key]?.options ?? []).map((value) => ({ value })),
};
/** What is offered where ¦ stands. */
const offered = (text) => {
    const found = completeLua(text.replace('¦', ''), text.indexOf('¦'), env);
    return found && found.options.map((o) => o.value);
};

test('what may stand at a place of a rule is known by what is before it', () => {
    const handler = 'on("order.before_save", function(record, old)\n';
    assert.deepEqual(offered(`${handler}record.¦`).slice(0, 3), ['source', 'owner', 'buyer']);
    assert.deepEqual(offered(`${handler}old.bu¦`).slice(0, 3), ['source', 'owner', 'buyer']);
    assert.deepEqual(offered('for i in find("item") do i.order.¦').slice(0, 3), ['source', 'owner', 'buyer']);
    assert.deepEqual(offered('local x = get("item", 1)\nx.order.source == "¦'), ['web', 'shop']);
    assert.deepEqual(offered(`${handler}if record.stage == "¦`), ['sent']);
    assert.deepEqual(offered('action { form = "order", run = function(r, p) r.own¦').slice(0, 3), ['source', 'owner', 'buyer']);
    assert.deepEqual(offered('on("¦'), ['order.before_save', 'order.entered.sent', 'login']);
    assert.deepEqual(offered(`${handler}transition(record, "¦`), ['send']);
    assert.deepEqual(offered('create("item", { ¦'), ['order']);
    assert.deepEqual(offered('text.t¦'), ['trim', 'len']);
    assert.ok(offered('fin¦').includes('find') && offered('te¦').includes('text'));
    // Where it is not known, nothing.
    for (const text of ['x.¦', '-- record.¦', '"words ¦', 'x = "¦', `${handler}record.owner.name.¦`, '1.¦', 'create("item", { order = ¦']) assert.ok(!offered(text)?.includes('source'), text);
    assert.equal(offered('-- fin¦'), null);
    assert.equal(callAt('text.trim(x)', 6, env).call.name, 'text.trim');
    assert.equal(callAt('-- find', 4, env), null);
});

let app, browser, root, desk;
before(async () => {
    app = await serve('tests/apps/clinic', [
        { login: 'root', name: 'Ada Admin', roles: 'admin' },
        { login: 'desk', name: 'Dora Desk', roles: 'reception' },
    ]);
    root = await client(app.url, 'root');
    desk = await client(app.url, 'desk');
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const WIDE = { viewport: { width: 1440, height: 900 } };
const rules = async (page, name = 'Rules') => {
    await page.goto(`${app.url}/design/keeper`);
    await page.locator('#design[data-live]').waitFor();
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('[data-rules="ready"]').waitFor();
};
const outcome = (page, ok) => page.locator(`.try-outcome[data-ok="${ok}"]`);
const draft = async () => (await root.call('GET', '/definitions/plugins/guard.lua')).text;
const until = async (what) => {
    for (let i = 0; i < 400; i++) {
        if (await what().catch(() => false)) return;
        await new Promise((r) => setTimeout(r, 25));
    }
    throw new Error(`waited in vain for ${what}`);
};

test('a rule is begun, completed, tried and published; what fails at work is shown beside it', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    page.on('dialog', (d) => d.accept());
    await rules(page);
    assert.deepEqual(await axe(page), []);

    // By the keyboard alone: what it begins with, its name, its text.
    await page.getByLabel('It begins with').selectOption('keeper.before_save');
    await page.getByLabel('Name', { exact: true }).focus();
    await page.keyboard.type('Guard');
    await page.keyboard.press('Enter');
    const text = page.locator('.cm-content');
    await text.waitFor();
    await until(async () => /on\("keeper\.before_save", function\(record, old\)/.test(await draft()));
    await text.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.type('on("keeper.before_save", function(record, old)\nif record.na');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'name' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type(' == "no" then fail("name", "Not that name") en');
    // It is no Lua yet: the server says where, a trial says it too, and nothing else breaks.
    await page.locator('.rule-text .issue').waitFor();
    await page.locator('.cm-lintRange-error').waitFor();
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await page.locator('.properties [role="alert"]', { hasText: 'plugins/guard.lua:' }).waitFor();
    await text.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText('on("keeper.before_save", function(record, old)\n  if record.name == "no" then fail("name", "Not that name") end\n  if record.name == "loop" then while true do end end\n  log("saw %s", record.name)\nend)\n');
    await page.locator('.rule-text .issue').waitFor({ state: 'detached' });

    // A trial: refused with words, with a line, and one that would go well.
    const value = page.locator('.properties').getByLabel('Name', { exact: true });
    await page.getByLabel('Add a value…').selectOption('name');
    await value.fill('no');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await outcome(page, false).filter({ hasText: 'Not that name' }).waitFor();
    await value.fill('loop');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await outcome(page, false).getByRole('button', { name: /guard:3: .*longer than/ }).click();
    assert.ok(await page.locator('.cm-content').evaluate((e) => e.contains(document.activeElement) || e === document.activeElement));
    const before_ = (await root.call('GET', '/forms/keeper/records')).records.length;
    await value.fill('Fine');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await outcome(page, true).filter({ hasText: 'saw Fine' }).waitFor();
    assert.equal((await root.call('GET', '/forms/keeper/records')).records.length, before_);
    await page.getByLabel('As (yourself if blank)').fill('nobody');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await page.locator('.properties [role="alert"]', { hasText: 'nobody is no active user' }).waitFor();
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await axe(page), []);
    }

    // At work: the mistake, its line and who met it.
    await root.call('POST', '/definitions/publish', { note: 'guard' });
    await desk.call('POST', '/forms/keeper/records', { name: 'loop' }).then(() => assert.fail(), () => {});
    await rules(page);
    const failure = page.locator('.failures li', { hasText: 'before_save' });
    await failure.filter({ hasText: 'Dora Desk' }).filter({ hasText: 'guard:3:' }).waitFor();

    // Removed, and back.
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator('.rule-list button').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.rule-list button', { hasText: 'guard' }).waitFor();
    assert.deepEqual(page.errors.filter((e) => !/status of (4|500)/.test(e)), []);
});

test('the same in Chinese, with the helps of calls', async () => {
    const page = await signIn(browser, app.url, 'root', { ...WIDE, locale: 'zh-CN' });
    await rules(page, '规则');
    await page.locator('.cm-content').waitFor();
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('noti');
    await page.locator('.cm-completionInfo', { hasText: '发送消息' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '试运行一次' }).click();
    await outcome(page, false).filter({ hasText: '会被拒绝' }).or(page.locator('.properties [role="alert"]')).waitFor();
    assert.deepEqual(await axe(page), []);
});
