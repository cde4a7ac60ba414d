// The board: dragging makes moves, asks for what they require, says why not; without a mouse too.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { card, drag, inColumn, openBoard } from './lib/board.mjs';
import { launch, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser;
before(async () => { app = await clinic(); browser = await launch(); });
after(async () => { await browser?.close(); await app?.stop(); });

const BOARD = '/f/visit?view=board&workflow=care';
const stageOf = (page, id) => card(page, id).evaluate((e) => e.closest('[data-stage]').dataset.stage);

// What the dialog still says when it does not close.
const leftOpen = (page) => page.locator('dialog').waitFor({ state: 'detached' })
    .then(() => '', () => page.locator('dialog').first().textContent());

async function board(visit, options) {
    const page = await signIn(browser, app.url, 'chief', { viewport: { width: 1600, height: 900 }, ...options });
    if (options?.javaScriptEnabled === false) await page.goto(app.url + BOARD);
    else await openBoard(page, app.url + BOARD);
    await card(page, visit.id).waitFor();
    return page;
}

const stored = async (visit) => (await app.chief.call('GET', `/forms/visit/records/${visit.id}`)).stage;

test('a card dropped on a stage has moved there', async () => {
    const visit = await app.visit({ reason: 'Check-up' });
    const page = await board(visit);
    await drag(page, visit.id, 'waiting');
    await inColumn(page, visit.id, 'waiting');
    await page.locator('.toast').waitFor();
    await page.reload();
    assert.equal(await stageOf(page, visit.id), 'waiting');
    assert.equal(await stored(visit), 'waiting');
    assert.deepEqual(page.errors, []);
});

test('a move that requires a field asks for it in a dialog, and goes back when one gives up', async () => {
    const visit = await app.visit({});
    await app.chief.move('visit', visit.id, 'arrive');
    const page = await board(visit);
    await drag(page, visit.id, 'treated');
    await page.locator('dialog').waitFor();
    assert.equal(await page.locator('[data-dnd-dragging]').count(), 0, 'a page takes no text while a card lands');
    await page.click('dialog [data-close]');
    await inColumn(page, visit.id, 'waiting');
    assert.equal(await stored(visit), 'waiting');
    await drag(page, visit.id, 'treated');
    await page.locator('dialog').waitFor();
    await page.click('dialog button.main');
    await page.locator('dialog #f-reason-issue').waitFor();
    await page.fill('dialog #f-reason', 'Coughs at night');
    await page.click('dialog button.main');
    assert.equal(await leftOpen(page), '');
    await inColumn(page, visit.id, 'treated');
    assert.equal(await stored(visit), 'treated');
});

test('a closed gate refuses with its reason, and the card stays', async () => {
    const visit = await app.visit({ reason: 'Nothing', fee: 0 });
    await app.chief.move('visit', visit.id, 'arrive');
    await app.chief.move('visit', visit.id, 'treat', {});
    await app.chief.call('PATCH', `/forms/visit/records/${visit.id}`, { findings: 'none' });
    const page = await board(visit);
    await drag(page, visit.id, 'billed');
    await page.locator('.toast', { hasText: 'Nothing to bill yet' }).waitFor();
    await page.locator('[data-dnd-dragging]').waitFor({ state: 'detached' });
    assert.equal(await stageOf(page, visit.id), 'treated');
    await drag(page, visit.id, 'booked');
    await page.locator('.toast', { hasText: 'There is no move' }).waitFor();
    assert.equal(await stored(visit), 'treated');
});

test('the card\'s menu makes the same move without a mouse', async () => {
    const visit = await app.visit({ reason: 'Check-up' });
    const page = await board(visit);
    await card(page, visit.id).locator('summary').focus();
    await page.keyboard.press('Enter');
    await card(page, visit.id).locator('a[data-move="arrive"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog button.main').focus();
    await page.keyboard.press('Enter');
    await inColumn(page, visit.id, 'waiting');
    assert.equal(await stored(visit), 'waiting');
});

test('without script the menu leads to a page that moves and comes back', async () => {
    const visit = await app.visit({ reason: 'Check-up' });
    const page = await board(visit, { javaScriptEnabled: false });
    await card(page, visit.id).locator('summary').click();
    await card(page, visit.id).locator('a[data-move="arrive"]').click();
    await page.fill('#_comment', 'came early');
    await page.click('form[data-rules] button.main');
    assert.match(page.url(), /\/f\/visit\?view=board/);
    assert.equal(await stageOf(page, visit.id), 'waiting');
    await page.goto(`${app.url}/f/visit/${visit.id}`);
    assert.match(await page.textContent('.timeline'), /Booked → Waiting[\s\S]*came early/);
});

test('columns tell how many records and how much, and the pipeline can be changed', async () => {
    const page = await board(await app.visit({ reason: 'x' }));
    const count = await page.locator('[data-stage="booked"] [data-count]').textContent();
    assert.equal(Number(count), await page.locator('[data-stage="booked"] .card').count());
    assert.match(await page.locator('[data-stage="booked"] [data-sum]').textContent(), /^€/);
    await page.click('nav[aria-label="Pipelines"] >> text=Emergency');
    assert.ok(await page.locator('[data-stage="treated"]').count());
    assert.equal(await page.locator('[data-stage="booked"]').count(), 0);
});
