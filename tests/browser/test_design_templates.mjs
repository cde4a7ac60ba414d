// An app, or forms of one, from a template: what goes into the draft, what stays out of its way.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';

const WIDE = { viewport: { width: 1440, height: 900 } };
const USERS = [{ login: 'root', name: 'Ada Admin', roles: 'admin' }];
let empty, full, browser;
before(async () => {
    empty = await serve('tests/apps/workshop', USERS);
    // What recruiting has as files and roles is something else here.
    full = await serve('tests/apps/workshop', USERS, {
        'app.yaml': 'app: workshop\nlabel: Workshop\nlanguages: [en]\nroles:\n  staff: {label: Staff}\n  finance: {label: Our finance}   # ours\n'
            + 'menu:\n  - {section: Work, items: [task]}   # first\n',
        'forms/task.yaml': 'form: task\nfields: {name: {type: text}}\npermissions: {staff: {read: all}}\n',
        'forms/supplier.yaml': 'form: supplier\nfields: {name: {type: text}, approved: {type: boolean}}\npermissions: {staff: {read: all}}\n',
        'workflows/hiring.yaml': 'workflow: hiring\nform: task\nstages: {open: {}, done: {status: done}}\ntransitions: {end: {from: open, to: done, by: staff}}\n',
    });
    browser = await launch();
});
after(async () => { await browser?.close(); await empty?.stop(); await full?.stop(); });

async function design(app) {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await page.goto(`${app.url}/design`);
    await page.locator('#design[data-live]').waitFor();
    return page;
}
const settled = (page) => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
const untouched = (page) => page.locator('.design-top button:disabled', { hasText: 'Publish…' }).waitFor();
const forms = (page) => page.locator('.design-list a:not([href^="/design/app/"])');
const listed = (page) => forms(page).allTextContents();
const drafted = async (app) => (await (await client(app.url, 'root')).call('GET', '/definitions')).files.filter((f) => f.draft).map((f) => f.path);
const definition = async (app, at) => (await client(app.url, 'root')).call('GET', `/definitions/${at}`);

async function fromTemplate(page, label) {
    await page.locator('.from-template > summary').click();
    await page.getByLabel('Template').selectOption({ label });
    await page.locator('.from-template fieldset').waitFor();
}

test('an app without forms begins with any of the templates, as a whole and without mistakes', async () => {
    const page = await signIn(browser, empty.url, 'root', WIDE);
    await page.goto(empty.url);
    await page.getByRole('link', { name: 'Open the designer' }).click();
    await page.locator('#design[data-live]').waitFor();
    const offers = page.locator('.beginnings-list > li');
    await offers.first().waitFor();
    assert.deepEqual(await axe(page), []);
    const titles = await offers.locator('h3').allTextContents();
    assert.deepEqual(titles, ['Tenon CRM', 'Ideas', 'Purchase approval', 'Recruiting', 'Service desk']);
    assert.match(await offers.nth(3).textContent(), /offer approval.*Forms: Candidate, Interview, Opening\. Workflows: 2\./);
    for (const title of titles) {
        await page.getByRole('button', { name: `Use this one: ${title}` }).click();
        await page.getByText(/^\d+ forms are in your draft\.$/).waitFor({ state: 'attached' });
        await settled(page);
        assert.ok((await listed(page)).length >= 1, title);
        if (title === 'Tenon CRM') assert.ok((await drafted(empty)).includes('dashboards/sales.yaml'));
        await (await client(empty.url, 'root')).call('DELETE', '/definitions/draft');
        await page.reload();
    }
    await page.getByRole('button', { name: 'Use this one: Ideas' }).click();
    await page.getByText('1 forms are in your draft.').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await offers.first().waitFor();
    await untouched(page);
    assert.deepEqual(await drafted(empty), []);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(page.errors, []);
});

test('what was taken is published and works', async () => {
    const page = await design(empty);
    await page.getByRole('button', { name: 'Use this one: Service desk' }).click();
    await page.getByText('3 forms are in your draft.').waitFor({ state: 'attached' });
    await settled(page);
    assert.deepEqual(await listed(page), ['Knowledge article', 'Team', 'Ticket']);
    const text = (await definition(empty, 'app.yaml')).text;
    assert.match(text, /^# An app with nothing in it yet[^]*staff: \{label: \{en: Staff, zh: 员工\}\}\n {2}agent: [^]*desk_lead: [^]*calendars:[^]*items: \[ticket, article\]/);
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.locator('.toast').getByText(/Published as version/).waitFor();
    const root = await client(empty.url, 'root');
    const made = await root.create('ticket', { subject: 'VPN', category: 'network' });
    assert.equal((await root.call('GET', `/forms/ticket/records/${made.id}`)).stage, 'new');
    assert.deepEqual(page.errors, []);
});

test('single forms come with what they need; what is there already stays and is used', async () => {
    const page = await design(full);
    const before = (await definition(full, 'app.yaml')).text;
    await fromTemplate(page, 'Purchase approval');
    const box = (label) => page.locator('.from-template').getByLabel(label);
    assert.ok(await box('Supplier').isDisabled());
    await page.getByText('supplier is there already; yours stays and is used').waitFor();
    await box('Budget').check();
    assert.ok(await box('Purchase request').isChecked() && await box('Goods receipt').isDisabled());
    await page.getByText('They need, and so bring along: Goods receipt, Purchase request').waitFor();
    await page.getByText('Roles that come along: Employee, Buyer, General manager').waitFor();       // finance is there
    assert.deepEqual(await axe(page), []);
    await page.getByRole('button', { name: 'Add to the draft' }).click();
    await page.waitForURL('**/design/budget');
    await page.locator('#canvas .field[data-field="committed"]').waitFor();
    assert.deepEqual((await drafted(full)).sort(), ['app.yaml', 'forms/budget.yaml', 'forms/receipt.yaml', 'forms/request.yaml', 'workflows/purchase_flow.yaml']);
    const text = (await definition(full, 'app.yaml')).text;
    assert.ok(text.includes('  finance: {label: Our finance}   # ours\n') && text.includes('items: [task]}   # first\n'), text);
    assert.match(text, /items: \[request, receipt\][^]*items: \[budget\]/);
    await page.locator('.design-top select').first().selectOption('');
    await forms(page).first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await untouched(page);
    assert.deepEqual(await drafted(full), []);
    assert.equal((await definition(full, 'app.yaml')).text, before);
    assert.deepEqual(page.errors, []);
});

test('a form whose files would have to replace others is not taken, and that is said before', async () => {
    const page = await design(full);
    await fromTemplate(page, 'Recruiting');
    await page.locator('.from-template').getByLabel('Candidate').check();
    await page.getByText('so this cannot be taken: workflows/hiring.yaml').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Add to the draft' }).isDisabled());
    assert.deepEqual(await drafted(full), []);
});

test('forms that need no others come alone, and a new one of ones own finds its place in the menu', async () => {
    const page = await design(full);
    await fromTemplate(page, 'Tenon CRM');
    await page.locator('.from-template').getByLabel('Product').check();
    await page.getByText('Roles that come along: Sales operations, Auditor (read-only)', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Add to the draft' }).click();
    await page.waitForURL('**/design/product');
    await settled(page);
    assert.deepEqual((await drafted(full)).sort(), ['app.yaml', 'forms/product.yaml']);
    await page.goto(`${full.url}/design`);
    await page.getByLabel('What is it called?').fill('Machine');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL('**/design/machine');
    await settled(page);
    assert.match((await definition(full, 'app.yaml')).text, /items: \[task, machine\]\}   # first\n/);
    await page.locator('.design-top select').first().selectOption('');
    for (const name of ['Machine', 'Product']) {
        await page.getByRole('button', { name: `Remove ${name}` }).click();
        await forms(page).filter({ hasText: name }).waitFor({ state: 'detached' });
    }
    await settled(page);
    assert.match((await definition(full, 'app.yaml')).text, /\n {2}- \{section: Work, items: \[task\]\}   # first\n$/);
    assert.deepEqual(page.errors, []);
});
