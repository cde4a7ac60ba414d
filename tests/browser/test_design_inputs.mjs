// The designer's inputs: an expression is completed and tried as one types; whoever is faster than the
// server loses nothing.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { launch, signIn } from './lib/browser.mjs';
import { hold } from './lib/design.mjs';

let app, browser, root;
before(async () => {
    app = await serve('tests/apps/contract', [{ login: 'root', name: 'Ada', roles: 'admin' }]);
    root = await client(app.url, 'root');
    await root.create('visit', { name: 'Long visit', score: 4 });
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

test('an expression is completed, told what is wrong with it and tried on a record', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    await page.goto(`${app.url}/design/visit`);
    await page.locator('#canvas .field[data-field="score"]').click();
    const more = page.locator('.properties .keys-more').first();
    await more.evaluate((e) => { e.open = true; });
    const key = page.locator('.properties [data-key="check"]');
    const box = key.locator('textarea');
    await box.click();
    await page.keyboard.type('sco');
    const list = key.getByRole('listbox');
    await list.getByRole('option', { name: /score/ }).waitFor();
    const active = await box.getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' > 3');
    assert.equal(await box.inputValue(), 'score > 3');
    await key.locator('.outcome', { hasText: 'yes' }).and(key.locator(':has-text("Long visit")')).waitFor();
    await box.fill('skore > 3');
    await key.locator('.issue', { hasText: 'skore' }).waitFor();
    await box.fill('roun');
    await list.getByRole('option', { name: /round\(/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('score');
    assert.equal(await box.inputValue(), 'round(score)');
    await page.keyboard.press('Escape');
    await box.fill('score < 9');
    await box.blur();
    await page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
    const kept = await root.call('GET', '/definitions/forms/visit.yaml');
    assert.equal(kept.tree.fields.score.check, 'score < 9');
    await page.close();
});

test('what is done before the server answered is done to what stands there by then', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 1000 } });
    await page.goto(`${app.url}/design/visit`);
    const tree = async () => (await root.call('GET', '/definitions/forms/visit.yaml')).tree;
    const saved = () => page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
    const field = page.locator('#canvas .field[data-field="remark"]');
    const property = (key) => page.locator(`.properties [data-key="${key}"]`);
    await field.click();
    await property('label').waitFor();
    await page.locator('.properties .keys-more').first().evaluate((e) => { e.open = true; });
    // On and off again; a text, and what stood there before.
    let go = await hold(page);
    const ticked = property('search').locator('input');
    await ticked.check();
    await ticked.uncheck();
    const label = property('label').locator('input').first();
    await label.fill('Said');
    await label.press('Enter');
    await label.fill('');
    await label.press('Enter');
    // Two places on; two of a kind; a part, and another while that is made.
    await field.focus();
    await field.press('Alt+ArrowDown');
    await field.press('Alt+ArrowDown');
    for (let i = 0; i < 2; i += 1) await page.locator('.palette-item[data-type="text"]').click();
    go();
    await saved();
    const keys = Object.keys((await tree()).fields);
    assert.deepEqual((await tree()).fields.remark, { type: 'text' });
    assert.deepEqual(keys.slice(keys.indexOf('done') + 1), ['finish', 'rate_it', 'remark', 'secret', 'line_of_text', 'line_of_text_2']);
    await page.locator('.design-parts [data-part="views"]').click();
    const made = page.locator('.new-part input');
    go = await hold(page);
    for (const name of ['North', 'South']) {
        await made.fill(name);
        await made.press('Enter');
    }
    await made.press('Enter');
    const grip = page.locator('.view-name[data-item="all"] .grip');
    await grip.press('ArrowDown');
    await grip.press('ArrowDown');
    await grip.press('ArrowDown');
    go();
    await saved();
    assert.deepEqual(Object.keys((await tree()).views), ['towns', 'north', 'south', 'all']);
    await page.locator('.view-name[data-item="all"] .grip:focus').waitFor();
    // What is to be published is what was done, when it was on its way, too.
    go = await hold(page);
    await page.locator('.properties [data-key="label"] input').first().fill('Everything');
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.locator('dialog.publish').getByRole('status').first().waitFor();
    go();
    await page.locator('dialog.publish .diff', { hasText: 'Everything' }).first().waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(page.errors, []);
    await page.close();
});

test('in a list the one is changed that was pressed, wherever it stands by then', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 1000 } });
    await page.goto(`${app.url}/design/visit`);
    const checks = async () => (await root.call('GET', '/definitions/forms/visit.yaml')).tree.checks;
    const list = page.locator('.properties [data-key="checks"]');
    const item = (i) => list.locator('.keys-item').nth(i);
    const open = () => page.locator('.properties details').evaluateAll((all) => all.forEach((x) => { x.open = true; }));
    await page.locator('.properties [data-key="label"]').waitFor();
    await open();
    let go = await hold(page);
    for (let i = 0; i < 3; i += 1) await list.getByRole('button', { name: 'Add' }).click();
    go();
    await item(2).waitFor();
    await open();
    for (const [i, text] of ['one', 'two', 'three'].entries()) {
        await item(i).locator('[data-key="message"] textarea').first().fill(text);
        await item(i).locator('[data-key="message"] textarea').first().press('Tab');
        await item(i).locator(':scope > summary', { hasText: text }).waitFor();
    }
    // Twice in a row: the one behind it stays. What is said of that meanwhile is said of it.
    go = await hold(page);
    await item(0).getByRole('button', { name: 'Remove' }).dblclick();
    await item(1).locator('[data-key="message"] textarea').first().fill('second');
    await item(2).getByRole('button', { name: 'Up' }).click();
    go();
    await item(0).locator(':scope > summary', { hasText: 'three' }).waitFor();
    await page.locator('.design-top .issues, .design-top [role="status"]').first().waitFor();
    assert.deepEqual((await checks()).map((c) => c.message.en ?? c.message), ['three', 'second']);
    // Another tab takes the first away while one types into the other.
    const text = item(1).locator('[data-key="message"] textarea').first();
    await text.focus();
    await page.keyboard.press('End');
    const { etag } = await root.call('GET', '/definitions/forms/visit.yaml');
    await page.keyboard.type(' to');
    await root.call('PATCH', '/definitions/forms/visit.yaml', { etag, ops: [{ op: 'remove', path: 'checks.0' }] });
    await page.evaluate(() => new BroadcastChannel('tenon-draft').postMessage({ paths: ['forms/visit.yaml'] }));
    await item(1).waitFor({ state: 'detached' });
    await page.keyboard.type(' none');
    await page.keyboard.press('Tab');
    await item(0).locator(':scope > summary', { hasText: 'second to none' }).waitFor();
    assert.deepEqual((await checks()).map((c) => c.message.en ?? c.message), ['second to none']);
    // What was typed into something that is gone by its turn is told.
    go = await hold(page);
    await item(0).getByRole('button', { name: 'Remove' }).click();
    await item(0).locator('[data-key="message"] textarea').first().fill('second thoughts');
    await item(0).locator('[data-key="message"] textarea').first().press('Tab');
    go();
    await page.getByText('is not kept there: second thoughts').waitFor();
    assert.equal(await checks(), undefined);
    assert.deepEqual(page.errors, []);
    await page.close();
});
