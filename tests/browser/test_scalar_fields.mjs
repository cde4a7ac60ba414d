// Controls of ratings, times, durations, addresses and places; Markdown and buttons on a record.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';
import { mistakes } from './lib/markup.mjs';

let app, browser, ann, record;
before(async () => {
    app = await serve('tests/apps/contract', [{ login: 'ann', name: 'Ann', roles: 'sales' }]);
    browser = await launch();
    ann = await client(app.url, 'ann');
    record = await ann.create('visit', { name: 'Long visit', score: 4, lasts: '90m', starts: '14:30', mood: 2,
        report: '# Findings\n\n**All** fine, see [the plan](https://example.com/plan) and `x`.\n\n- one\n- two\n\n| part | state |\n|---|--:|\n| pump | 3 |\n\n> said the client\n',
        place: { country: 'China', region: 'Shanghai', city: 'Shanghai', street: 'Century Avenue 100' },
        spot: { lat: 31.2304, lon: 121.4737, name: 'Front gate' }, stops: [{ stop: { city: 'Wuxi' }, stay: '20m' }] });
});
after(async () => { await browser?.close(); await app?.stop(); });

const open = async (page, at) => { const answer = await page.goto(app.url + at); await page.locator('form[data-live]').waitFor(); return answer; };
const save = (page) => Promise.all([page.waitForNavigation(), page.click('.actions button.main')]);
const stored = async (page) => ann.call('GET', `/forms/visit/records/${/\/f\/visit\/(\d+)/.exec(page.url())[1]}`);

test('the form and the record are sound, light and dark, wide and narrow', async () => {
    const found = [];
    const page = await signIn(browser, app.url, 'ann');
    for (const [where, at] of [['form', `/f/visit/${record.id}/edit`], ['record', `/f/visit/${record.id}`], ['list', '/f/visit'], ['button', `/f/visit/${record.id}/action/finish`]]) {
        const answer = await page.goto(app.url + at);
        for (const m of await mistakes(await answer.text())) found.push(`${where} markup ${m}`);
        for (const width of [360, 1440]) {
            await page.setViewportSize({ width, height: 900 });
            for (const colorScheme of ['light', 'dark']) {
                await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
                for (const v of await axe(page)) found.push(`${where} ${colorScheme} ${width} ${v}`);
                const wide = await overflow(page);
                if (wide) found.push(`${where} ${colorScheme} ${width} ${wide}`);
                if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${where}-${width}-${colorScheme}.png`, fullPage: true });
            }
        }
        found.push(...page.errors.splice(0));
    }
    assert.deepEqual(found, []);
});

test('stars are chosen by keyboard and by pointer, and taken back', async () => {
    const page = await signIn(browser, app.url, 'ann');
    await open(page, '/f/visit/new');
    await page.fill('#f-name', 'Stars');
    await page.focus('input[name="score"][value=""]');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator('input[name="score"]:checked').inputValue(), '1');
    // One star asks for the mood.
    await page.locator('.field[data-field="mood"] .must').waitFor();
    await page.click('input[name="score"][value="4"]');
    await page.locator('.field[data-field="mood"] .must').waitFor({ state: 'detached' });
    await save(page);
    assert.equal((await stored(page)).score, 4);
    assert.equal(await page.locator('.starred').getAttribute('aria-label'), '4/5');
    await open(page, `${new URL(page.url()).pathname}/edit`);
    await page.click('input[name="score"][value=""]');
    await save(page);
    assert.equal((await stored(page)).score, null);
    assert.deepEqual(page.errors, []);
});

test('durations and parts of an address take part in formulas and conditions while one types', async () => {
    const page = await signIn(browser, app.url, 'ann');
    await open(page, '/f/visit/new');
    const total = page.locator('output[data-computed="total"]');
    await page.fill('#f-name', 'Live');
    await page.fill('#f-lasts', '1h 30m');
    await page.fill('#f-travel', '45 min');
    assert.equal(await total.textContent(), '2h 15m');
    await page.fill('#f-travel', '1天');
    assert.equal(await total.textContent(), '1d 1h 30m');
    const hint = page.locator('.field[data-field="hint"]');
    assert.equal(await hint.isVisible(), false);
    await page.fill('#f-place-city', 'Urumqi');
    await hint.waitFor({ state: 'visible' });
    assert.equal(await page.locator('output[data-computed="town"]').textContent(), 'Urumqi');
    await page.fill('#f-place-city', '');
    await hint.waitFor({ state: 'hidden' });
    await page.fill('#f-spot-name', 'Gate');
    assert.equal(await page.locator('output[data-computed="town"]').textContent(), 'Gate');
    await page.fill('#f-spot-name', '');
    await page.fill('#f-place-country', 'France');
    await page.fill('#f-starts', '10:15');
    await save(page);
    const now = await stored(page);
    assert.deepEqual([now.total, now.place.country, now.spot, now.starts, now.abroad], ['1530m', 'France', null, '10:15', true]);
    assert.deepEqual(page.errors, []);
});

test('a place takes the position of the device, and says when there is none', async () => {
    const page = await signIn(browser, app.url, 'ann', { geolocation: { latitude: 48.85837, longitude: 2.294481, accuracy: 12 }, permissions: ['geolocation'] });
    await open(page, '/f/visit/new');
    await page.fill('#f-name', 'Here');
    await page.click('[data-locate="spot"]');
    await page.waitForFunction(() => document.querySelector('#f-spot-lat').value !== '');
    await save(page);
    const { spot } = await stored(page);
    assert.deepEqual(spot, { lat: 48.85837, lon: 2.294481, name: null, accuracy: 12 });
    const other = await signIn(browser, app.url, 'ann', { permissions: [] });
    await open(other, '/f/visit/new');
    await other.click('[data-locate="spot"]');
    await other.getByText('Your position could not be found').waitFor();
});

test('all of it is typed and sent without script', async () => {
    const page = await signIn(browser, app.url, 'ann', { javaScriptEnabled: false });
    await page.goto(`${app.url}/f/visit/new`);
    assert.equal(await page.locator('[data-locate]').isVisible(), false);
    await page.fill('#f-name', 'Plain');
    await page.check('input[name="score"][value="2"]');
    await page.fill('#f-starts', '11:45');
    await page.fill('#f-lasts', '2h');
    await page.fill('#f-report', '**bold**');
    await page.fill('#f-place-city', 'Xiamen');
    await page.fill('#f-spot-lat', '1');
    await page.fill('#f-spot-lon', '2');
    await save(page);
    const now = await stored(page);
    assert.deepEqual([now.score, now.starts, now.lasts, now.place.city, now.spot.lon], [2, '11:45', '2h', 'Xiamen', 2]);
    assert.equal(await page.locator('.markdown strong').textContent(), 'bold');
    await page.click('a.button:has-text("Finish")');
    await Promise.all([page.waitForNavigation(), page.click('form.panel button.main')]);
    assert.equal((await stored(page)).done, true);
    assert.equal(await page.locator('a.button:has-text("Finish")').count(), 0);
});
