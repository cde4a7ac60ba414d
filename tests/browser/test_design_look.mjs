// Every panel of the designer over the app that ships, in both languages, light and dark: axe finds
// nothing (in one language), nothing is wider than the window, no script complains. With $TENON_SHOTS a picture of
// each is left there: those of docs/ are made so, by ./dev docs --pictures.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';

const SHOTS = process.env.TENON_SHOTS;
let app, browser, root;
/** A button for a new part that reaches out of the window. */
const cut = (page) => page.locator('.new-part button').evaluateAll((all) => all.filter((b) => b.getBoundingClientRect().right > innerWidth).map((b) => `${b.textContent} is cut off`).join());
before(async () => {
    app = await serve('.', [{ login: 'root', name: 'Ada Admin', roles: 'admin' }]);
    root = await client(app.url, 'root');
    const { id } = await root.create('customer', { name: 'Lakeside Mills' });
    for (const name of ['Pumps for the north yard', 'Yearly service', 'Spare parts'])
        await root.create('opportunity', { name, customer: id });
    for (const [n, source] of ['web', 'web', 'web', 'fair', 'fair', 'referral', 'referral', 'referral', 'referral', 'call'].entries())
        await root.create('customer', { name: `Mills of the ${['north', 'east', 'south', 'west', 'lake', 'hill', 'coast', 'wood', 'moor', 'isle'][n]}`, source,
            industry: ['pharma', 'software', 'trade'][n % 3], region: ['east', 'north', 'south', 'west'][n % 4] });
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const part = (name) => (page) => page.locator(`[data-part="${name}"]`).click();
const clicked = (selector) => async (page) => { await page.locator(selector).first().click(); };

const VISITS = `Customer,Visited on,Price,Kind,Paid\n${Array.from({ length: 24 }, (_, i) =>
    `Customer ${i + 1},2026-03-${String(i + 1).padStart(2, '0')},${(i + 1) * 40}.50,${['repair', 'check', 'sale'][i % 3]},${i % 2 ? 'yes' : 'no'}`).join('\n')}\n`;

/** name → {at: where it begins, go: steps to it, seen: what it shows when it is there} */
const PANELS = {
    start: { at: '/design', seen: '.design-list a' },
    templates: { at: '/design', go: [clicked('.from-template > summary')], seen: '.from-template label, .from-template button' },
    sheet: { at: '/design', go: [(page) => page.locator('.sheet-drop input[type="file"]').setInputFiles({ name: 'visits.csv', mimeType: 'text/csv', buffer: Buffer.from(VISITS) })], seen: '.design-sheet table, .sheet-columns' },
    form: { at: '/design/customer', go: [clicked('#canvas .field:nth-child(2)')], seen: '.properties [data-key="label"] input' },
    stages: { at: '/design/opportunity', go: [part('stages'), clicked('.flow-map [data-node]')], seen: '.flow-map [data-way]' },
    permissions: { at: '/design/customer', go: [part('permissions')], seen: '[data-who="ready"]' },
    automations: { at: '/design/lead', go: [part('automations'), clicked('.card-title'), clicked('.step-name')], seen: '.step-body' },
    reminders: { at: '/design/lead', go: [part('reminders'), clicked('.card-title')], seen: '.trial' },
    views: { at: '/design/opportunity', go: [part('views')], seen: '.view-canvas [data-view] > *' },
    dashboards: { at: '/design/app/dashboards', seen: '[data-dash] a' },
    dashboard: { at: '/design/app/dashboards/customers', go: [clicked('.dash-card[data-card="5"]')], seen: '.dash-card.chosen svg' },
    rules: { at: '/design/lead', go: [part('rules')], seen: '.cm-content .cm-line' },
    seen_as: { at: '/design/customer', go: [(page) => page.locator('.canvas-frame input').first().fill('root'), (page) => page.locator('.canvas-frame input').first().press('Enter'), clicked('.canvas-frame nav.tabs button:nth-child(4)')], seen: '.preview-frame' },
    publish: { at: '/design/customer', go: [clicked('#canvas .field:nth-child(2)'), (page) => page.locator('.properties [data-key="label"] input').first().fill('Kind of customer'),
        (page) => page.locator('.design-top button.main:enabled').click()], seen: 'dialog[open] .diff' },
    roles: { at: '/design/app/roles', go: [clicked('.card-title')], seen: '.card-body' },
    menu: { at: '/design/app/menu', seen: '.menu-entry' },
    calendars: { at: '/design/app/calendars', seen: '.months .day' },
    channels: { at: '/design/app/channels', go: [clicked('.card-title')], seen: '.card-body' },
    text: { at: '/design/customer', go: [part('text')], seen: '.cm-content .cm-line' },
};

/** A picture as WebP, which the browser makes of what it saw. */
async function keep(page, name) {
    const png = (await page.screenshot({ animations: 'disabled', caret: 'hide' })).toString('base64');
    const blank = await browser.newPage();
    const webp = await blank.evaluate(async (data) => {
        const picture = new Image();
        picture.src = `data:image/png;base64,${data}`;
        await picture.decode();
        const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
        canvas.getContext('2d').drawImage(picture, 0, 0);
        return canvas.toDataURL('image/webp', 0.86).split(',')[1];
    }, png);
    await blank.close();
    fs.mkdirSync(SHOTS, { recursive: true });
    fs.writeFileSync(path.join(SHOTS, `${name}.webp`), Buffer.from(webp, 'base64'));
}

for (const lang of ['en', 'zh'])
    test(`each panel in ${lang}, light and dark`, async () => {
        const page = await signIn(browser, app.url, 'root', { viewport: { width: 1280, height: 800 } });
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        const found = [];
        for (const [name, { at, go = [], seen }] of Object.entries(PANELS)) {
            await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
            await page.goto(app.url + at);
            await page.locator('#design[data-live]').waitFor();
            for (const step of go) await step(page);
            await page.locator(seen).first().waitFor();
            for (const colorScheme of ['light', 'dark']) {
                await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
                // The parts of a page are the same in every language, and colours in every picture.
                const rules = lang === 'zh' ? null : colorScheme === 'dark' ? ['color-contrast'] : undefined;
                if (rules !== null) found.push(...(await axe(page, rules)).map((x) => `${name} ${colorScheme}: ${x}`));
                if (SHOTS) await keep(page, `${name}-${lang}-${colorScheme}`);
            }
            for (const width of [1024, 360]) {
                await page.setViewportSize({ width, height: 768 });
                const wide = await overflow(page) || await cut(page);
                if (wide) found.push(`${name} in ${width}px: ${wide}`);
            }
            await page.setViewportSize({ width: 1280, height: 800 });
        }
        await root.call('DELETE', '/definitions/draft');
        assert.deepEqual(found, []);
        assert.deepEqual(page.errors, []);
    });
