// The page of jobs: dead letters, what is tried again, receivers that rest; sound in both languages,
// light and dark, on a phone; an admin's word on them without any script.
import assert from 'node:assert/strict';
import http from 'node:http';
import test, { after, before } from 'node:test';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';
import { mistakes } from './lib/markup.mjs';

let app, browser, gone;
const until = async (what) => {
    for (let i = 0; i < 400; i++) {
        const got = await what();
        if (got) return got;
        await new Promise((r) => setTimeout(r, 25));
    }
    throw new Error(`waited in vain for ${what}`);
};
const put = async (file, change) => {
    const old = await app.root.call('GET', `/definitions/${file}`);
    await app.root.call('PUT', `/definitions/${file}`, { etag: old.etag, text: change(old.text) });
};
const jobs = async (state) => (await app.root.call('GET', `/jobs?state=${state}`)).jobs;

before(async () => {
    app = await clinic();
    browser = await launch();
    gone = http.createServer((q, r) => { r.statusCode = q.url === '/gone' ? 410 : 404; r.end(); });
    await new Promise((r) => gone.listen(0, '127.0.0.1', r));
    const port = gone.address().port;
    await put('app.yaml', (t) => `${t}\ninternal: ["127.0.0.1:${port}", "localhost:${port}"]\n`);
    await put('forms/medicine.yaml', (t) => t.replace(/^fields:\n/m, `fields:
  call: {type: button, run: [{webhook: {url: "http://127.0.0.1:1/inside"}}, {webhook: {url: "http://localhost:${port}/none"}}, {webhook: {url: "http://127.0.0.1:${port}/gone"}}]}\n`));
    await app.root.call('POST', '/definitions/publish', { note: 'calls' });
    await app.root.call('POST', `/forms/medicine/records/${app.medicine.id}/actions/call`, {});
    await until(async () => (await jobs('dead')).length === 1 && (await jobs('failing')).length === 2);
});
after(async () => { await browser?.close(); await app?.stop(); gone?.close(); });

async function judge(page, at, lang) {
    const found = [];
    const answer = await page.goto(app.url + at);
    if (answer.status() !== 200) found.push(`status ${answer.status()}`);
    for (const m of await mistakes(await answer.text())) found.push(`markup ${m}`);
    if (await page.getAttribute('html', 'lang') !== lang) found.push('wrong language');
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const v of await axe(page)) found.push(`${colorScheme} ${v}`);
    }
    for (const width of [360, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await overflow(page);
        if (wide) found.push(`at ${width} px wider by ${wide}`);
        if (process.env.SHOTS)
            await page.screenshot({ path: `${process.env.SHOTS}/${lang}-${width}${at.replace(/\W+/g, '-')}.png`, fullPage: true });
    }
    return found.map((x) => `${at} (${lang}): ${x}`);
}

for (const lang of ['en', 'zh']) {
    test(`jobs are shown soundly in ${lang}`, async () => {
        const page = await signIn(browser, app.url, 'root');
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        const found = [];
        for (const state of ['dead', 'failing', 'waiting'])
            found.push(...await judge(page, `/admin/jobs?state=${state}`, lang));
        assert.deepEqual(found, []);
        await page.context().close();
    });
}

test('a dead letter is dropped and a receiver resumed, without scripts', async () => {
    const page = await signIn(browser, app.url, 'root', { javaScriptEnabled: false });
    await page.goto(`${app.url}/admin/jobs`);
    assert.match(await page.textContent('main'), /lies inside this network/);
    await page.click('form[action$="/drop"] button');
    await page.waitForURL(/state=dead/);
    assert.match(await page.textContent('main'), /No dead letters/);
    await page.click('form[action="/admin/jobs/resume"] button');
    await page.waitForURL(/admin\/jobs/);
    await page.goto(`${app.url}/admin/jobs?state=failing`);
    assert.equal(await page.locator('form[action$="/retry"]').count(), 2);
    await page.context().close();
});
