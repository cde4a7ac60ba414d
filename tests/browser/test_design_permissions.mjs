// Rights in the designer: roles by what they do and by fields, who can do what, and the form as another sees it.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve, until } from './lib/app.mjs';
import { axe, launch, signIn } from './lib/browser.mjs';

let app, browser, root;
before(async () => {
    app = await serve('tests/apps/clinic', [
        { login: 'root', name: 'Ada Admin', roles: 'admin' },
        { login: 'vet', name: 'Victor Vet', roles: 'vet' },
        { login: 'desk', name: 'Dora Desk', roles: 'reception' },
    ]);
    root = await client(app.url, 'root');
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const grants = async () => (await root.call('GET', '/definitions/forms/keeper.yaml')).tree.permissions;
const cell = (page, name) => page.getByLabel(name, { exact: true });
const settled = (page) => page.locator('[data-who="ready"]').waitFor();

test('rights are given and taken, proved and looked at as another', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    await page.goto(`${app.url}/design/keeper`);
    await page.locator('#design[data-live]').waitFor();
    await page.getByRole('button', { name: 'Permissions' }).click();
    await settled(page);

    assert.equal(await page.getByText('Only admins see').count(), 0);
    // No entry, no right: the first choice makes it, the last one taken away removes it.
    await cell(page, 'Everyone: Read').selectOption('own');
    await until(async () => (await grants()).everyone?.read === 'own');
    await cell(page, 'Everyone: Read').selectOption('');
    await until(async () => !(await grants()).everyone);

    // An expression, by keyboard.
    await cell(page, 'Veterinarian: Update').selectOption('when');
    await page.keyboard.type('contact = me() and name <> 1');
    await page.locator('tr[data-role="vet"] td.bad .issue').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('contact = me()');
    await until(async () => (await grants()).vet.update === 'contact = me()');
    await page.locator('tr[data-role="vet"] td.bad').waitFor({ state: 'detached' });

    // Fields: only what differs is written.
    await cell(page, 'Veterinarian: Spent').selectOption('');
    await cell(page, 'Veterinarian: Mobile').selectOption('hidden');
    await until(async () => (await grants()).vet.fields.mobile === 'hidden');
    assert.deepEqual((await grants()).vet.fields, { policy: 'masked', mobile: 'hidden' });
    await settled(page);
    const who = page.locator('.proof tr', { hasText: 'Victor Vet' });
    await who.filter({ hasText: 'hidden: Mobile' }).waitFor();
    assert.match(await who.innerText(), /masked: Policy/);
    assert.match(await who.locator('td').nth(2).innerText(), /contact = me\(\)/);

    // A role that was not there.
    const add = page.getByRole('button', { name: 'Add the role' });
    await page.getByLabel('A new role').fill('Everyone');
    await page.getByText('“Everyone” is there already.').waitFor();
    assert.ok(await add.isDisabled());
    await page.getByLabel('A new role').fill('Night nurse');
    await add.click();
    await cell(page, 'Night nurse: Create').selectOption('all');
    await until(async () => (await grants()).night_nurse?.create === true);
    assert.deepEqual((await grants()).night_nurse, { read: 'own', create: true });
    await page.getByRole('button', { name: 'Undo' }).click();
    await until(async () => !(await grants()).night_nurse.create);

    await settled(page);
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await axe(page), []);
    }

    // As another: what is hidden from them is gone; nothing of it is served.
    await page.getByRole('button', { name: 'Form', exact: true }).click();
    await page.getByLabel('View as').fill('vet');
    await page.keyboard.press('Enter');
    const seen = page.locator('[data-as="vet"] #canvas');
    await seen.locator('[data-field="name"]').waitFor();
    assert.equal(await seen.locator('[data-field="mobile"]').count(), 0);
    await seen.getByText('Victor Vet may make no record of it').waitFor();
    assert.deepEqual(await axe(page), []);
    await page.getByRole('button', { name: 'Back to the form' }).click();
    await page.locator('#canvas .field[data-field="mobile"]').waitFor();

    // A form that nobody has a right on is published so only knowingly.
    await root.call('DELETE', '/definitions/draft');
    await root.call('PUT', '/definitions/forms/shelf.yaml', { text: 'form: shelf\nfields:\n  name: {type: text}\n', etag: null });
    await page.goto(`${app.url}/design/shelf`);
    await page.locator('#design[data-live]').waitFor();
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.locator('.toast', { hasText: 'Only admins see these records so far.' }).getByRole('button', { name: 'Permissions' }).click();
    const told = page.getByText('Only admins see these records so far: no role has a right.');
    await told.waitFor();
    await cell(page, 'Veterinarian: Read').selectOption('all');
    await told.waitFor({ state: 'detached' });
    assert.deepEqual(page.errors, []);
});
