// The designer's inputs: an expression is completed and tried as one types.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { launch, signIn } from './lib/browser.mjs';

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
