// What the designer has as text. Rules: written with completion, tried without keeping anything, and what
// failed at work. YAML: what may stand at a place, by the tables of keys. Expressions in steps.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { completeLua, callAt } from '../../web/js/design/complete_lua.js';
import { completeYaml, explainYaml } from '../../web/js/design/complete_yaml.js';
import { client, serve, until } from './lib/app.mjs';
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

test('what may stand at a place of a definition is what the tables say, in block and flow style', async () => {
    const tables = await root.call('GET', '/definitions/tables');
    const names = { forms: env.forms, roles: env.roles, stagesOf: env.stagesOf, functions: [{ value: 'me' }],
        fieldsOf: (f) => Object.entries(FORMS[f] ?? {}).map(([value, x]) => ({ value, type: x.type ?? 'text' })) };
    const at = (text, kind = 'form') => {
        const found = completeYaml(text.replace('¦', ''), text.indexOf('¦'), kind, tables, names);
        return found && found.options.map((o) => o.value);
    };
    const has = (text, some, none = [], kind = 'form') => {
        const got = at(text, kind) ?? [];
        for (const x of some) assert.ok(got.includes(x), `${text}: ${x} is not in ${got}`);
        for (const x of none) assert.ok(!got.includes(x), `${text}: ${x} is in ${got}`);
    };
    const head = 'form: order\n';
    has(`${head}la¦`, ['label', 'layout'], ['form', 'stages']);
    has(`la¦\nlabel: x\nlayout: []`, ['title'], ['label', 'layout']);
    has(`${head}fields:\n  a: {type: ¦`, ['text', 'choice']);
    has(`${head}fields:\n  a: {type: choice, ¦}`, ['options'], ['type', 'pattern']);
    has(`${head}fields:\n  a:\n    ¦\n    type: subform`, ['fields'], ['type', 'options']);
    has(`${head}fields:\n  a:\n    type: choice\n    options:\n      - value: x\n        color: ¦`, ['red']);
    has(`${head}fields:\n  a: {type: choice, options: [{value: x, ¦`, ['label', 'color'], ['value']);
    has(`${head}layout:\n- section: A\n  fields:\n  - ¦`, ['source', 'owner']);
    has(`${head}layout: [{section: A, fields: [owner, ¦`, ['source']);
    has(`${head}permissions:\n  ¦`, ['clerk']);
    has(`${head}permissions:\n  clerk: {read: ¦`, ['own', 'all']);
    has(`${head}automations:\n  x:\n    do:\n      - ¦`, ['set', 'notify']);
    has(`${head}automations:\n  x:\n    do:\n      - create: {form: item, values: {¦`, ['order'], ['source']);
    has(`${head}automations:\n  x:\n    if: "owner = m¦`, ['me', 'owner']);
    has(`workflow: w\n${head}transitions:\n  a: {from: [¦`, ['sent'], [], 'workflow');
    has(`workflow: w\n${head}stages:\n  a:\n    status: ¦`, ['open', 'won'], [], 'workflow');
    has('app: x\nroles:\n  a: {includes: [¦', ['clerk'], [], 'app');
    // Where it is not known, or nothing more may come, nothing.
    for (const text of [`${head}# la¦`, `${head}label: "x¦`, `${head}fields:\n  a: {type: text} ¦`, `${head}nothing:\n  x: ¦`, `${head}fields: x\n  ¦`,
        `${head}fields:\n  ¦`, `${head}help: |\n  ¦`, `${head}fields:\n  a: {type: text}¦`, `${head}\tla¦`, `${head}title: some words ¦`, `${head}automations:\n  x:\n    do:\n      - set: {}\n        ¦`])
        assert.equal(at(text), null, text);
    assert.match(explainYaml(`${head}layout:\n  - {section: A, columns: 2}`, 40, 'form', tables).title, /^columns/);
    assert.equal(explainYaml(`${head}fields:\n  owner: {type: user}`, 23, 'form', tables), null);
    // Every key of hand-written files has its place.
    for (const path of ['forms/visit.yaml', 'workflows/care.yaml']) {
        const { text } = await root.call('GET', `/definitions/${path}`);
        for (const m of text.matchAll(/(?<=[{,]\s*|\n\s*)(type|label|fields|from|to|if|do|required|options|by|require|sort|filter): /g))
            assert.ok(explainYaml(text, m.index + 1, path.split('s/')[0], tables), `${path}: ${text.slice(m.index, m.index + 40)}`);
    }
});

test('YAML is completed and explained where one types, and a mistake is marked', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await page.goto(`${app.url}/design/keeper`);
    await page.locator('#design[data-live]').waitFor();
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    const text = page.locator('.cm-content');
    await text.waitFor();
    await text.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('remin');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'reminders' }).waitFor();
    await page.locator('.cm-completionInfo').waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Enter');
    await page.keyboard.type('{call: {at: since, whom: x');
    await page.locator('.cm-lintRange-error').first().waitFor();
    await page.locator('.design-top summary', { hasText: 'mistakes' }).waitFor();
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors.filter((e) => !/status of 4/.test(e)), []);
});

test('an expression in a step knows the names of the steps before it, and what is wrong with it', async () => {
    const now = await root.call('GET', '/definitions/forms/keeper.yaml');
    await root.call('PUT', '/definitions/forms/keeper.yaml', { etag: now.etag, text: `${now.text}automations:
  seen:
    event: button(seen)
    given: {reason: {type: text}}
    do:
      - find: {form: visit, where: "payer = this", as: latest}
      - let: {days: "=1"}
      - when: {if: "days > 1", do: [{let: {inside: "=2"}}, {set: {note: "x"}}]}
      - let: {later: "=3"}
` });
    const page = await signIn(browser, app.url, 'root', WIDE);
    await page.goto(`${app.url}/design/keeper`);
    await page.locator('#design[data-live]').waitFor();
    await page.locator('[data-part="automations"]').click();
    await page.locator('.card-part[data-item="seen"] .card-title').click();
    const step = page.locator('.step[data-step="when"]');
    await step.locator('.step-name').first().click();
    const box = step.locator('[data-key="if"] textarea');
    const options = async (text) => {
        await box.fill('');
        await box.pressSequentially(text);
        await page.keyboard.press('Control+Space');
        const list = await step.locator('[role="option"] code').allInnerTexts();
        await page.keyboard.press('Escape');
        return list;
    };
    for (const [text, some] of [['lat', 'latest'], ['da', 'days'], ['latest.pay', 'payer'], ['given.', 'reason']]) assert.ok((await options(text)).includes(some), text);
    assert.ok(!(await options('ins')).includes('inside') && !(await options('lat')).includes('later'));
    await box.fill('days > 1 and nope = 2');
    await step.locator('[data-key="if"] .issue', { hasText: 'has no field nope' }).waitFor();
    assert.deepEqual(await axe(page), []);
    await box.fill('days > 2');
    await step.locator('[data-key="if"] .issue').waitFor({ state: 'detached' });
    await until(async () => JSON.stringify((await root.call('GET', '/definitions/forms/keeper.yaml')).tree).includes('"if":"days > 2"'));
    await root.call('DELETE', '/definitions/draft');
    assert.deepEqual(page.errors, []);
});

test('a rule is begun, completed, tried and published; what fails at work is shown beside it', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    page.on('dialog', (d) => d.accept());
    await rules(page);
    assert.deepEqual(await axe(page), []);

    // By the keyboard alone: what it begins with, its name, its text.
    await page.getByLabel('It begins with').selectOption('keeper.before_save');
    await page.getByLabel('What is it called?').focus();
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
    // Nothing to try it on.
    await page.getByLabel('What happens').selectOption('delete');
    await page.getByLabel('Record', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await page.locator('.properties [role="alert"]', { hasText: 'choose a record' }).waitFor();
    await page.getByLabel('What happens').selectOption('create');
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
