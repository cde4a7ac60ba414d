// Taking back, boards by a choice, putting off, the profile: with and without script.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { card, drag, inColumn, openBoard } from './lib/board.mjs';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';
import { mistakes } from './lib/markup.mjs';

let app, browser;
before(async () => { app = await clinic(); browser = await launch(); });
after(async () => { await browser?.close(); await app?.stop(); });

const wide = { viewport: { width: 1600, height: 900 } };

const species = async (id) => (await app.chief.call('GET', `/forms/pet/records/${id}`)).species;

async function pet(name) {
    return app.chief.create('pet', { name, keeper: app.keeper.id, species: 'dog', weight: 12 });
}

test('a card dropped on an option has that value, and the toast takes it back', async () => {
    const one = await pet('Bello');
    const page = await signIn(browser, app.url, 'chief', wide);
    await openBoard(page, `${app.url}/f/pet?view=board`);
    await drag(page, one.id, 'cat');
    await inColumn(page, one.id, 'cat');
    await page.locator('.toast button').waitFor();
    assert.equal(await species(one.id), 'cat');
    await page.click('.toast button');
    await inColumn(page, one.id, 'dog');
    await page.waitForFunction(() => document.querySelector('.toast')?.textContent.length);
    assert.equal(await species(one.id), 'dog');
    assert.deepEqual(page.errors, []);
});

test('a card that somebody changed meanwhile is not moved blindly', async () => {
    const one = await pet('Hasso');
    const page = await signIn(browser, app.url, 'chief', wide);
    await openBoard(page, `${app.url}/f/pet?view=board`);
    await page.locator('[data-board]').evaluate((box) => { box.dataset.busy = ''; });    // does not follow
    await app.chief.call('PATCH', `/forms/pet/records/${one.id}`, { weight: 13 });
    await drag(page, one.id, 'cat');
    await page.locator('.toast', { hasText: 'changed meanwhile' }).waitFor();
    await inColumn(page, one.id, 'dog');
    assert.equal(await species(one.id), 'dog');
});

test('the menu of a card changes the field without a mouse', async () => {
    const one = await pet('Waldi');
    const page = await signIn(browser, app.url, 'chief', wide);
    await openBoard(page, `${app.url}/f/pet?view=board`);
    await card(page, one.id).locator('summary').focus();
    await page.keyboard.press('Enter');
    await card(page, one.id).locator('a[data-move="cat"]').focus();
    await page.keyboard.press('Enter');
    await inColumn(page, one.id, 'cat');
    await page.locator('.toast').waitFor();
    assert.equal(await species(one.id), 'cat');
});

test('a deletion is taken back by a button that needs no script', async () => {
    const visit = await app.visit({ reason: 'Limps' });
    const page = await signIn(browser, app.url, 'root', { javaScriptEnabled: false });
    await page.goto(`${app.url}/f/visit/${visit.id}`);
    await page.click('details.menu summary[aria-label="More"]');
    await page.click('form[action$="/delete"] button');
    await page.waitForURL(/deleted=/);
    await page.click('button[data-undo]');
    await page.waitForURL(/restored=1/);
    assert.equal((await app.chief.call('GET', `/forms/visit/records/${visit.id}`)).reason, 'Limps');
});

test('the profile page and the page of a password are sound, also on a phone', async () => {
    const page = await signIn(browser, app.url, 'root');
    for (const at of ['/profile', '/f/user/1/password']) {
        const answer = await page.goto(app.url + at);
        assert.deepEqual(await mistakes(await answer.text()), [], at);
        for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            assert.deepEqual(await axe(page), [], `${at} ${colorScheme}`);
        }
        await page.setViewportSize({ width: 360, height: 740 });
        assert.equal(await overflow(page), '', at);
    }
});
