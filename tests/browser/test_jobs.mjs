// The page of jobs: dead letters, what is tried again, receivers that rest; sound in both languages,
// light and dark, on a phone; an admin's word on them without any script.
import assert from 'node:assert/strict';
import http from 'node:http';
import test, { after, before } from 'node:test';
import { judge, launch, signIn } from './lib/browser.mjs';
import { until } from './lib/app.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser, gone;
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

for (const lang of ['en', 'zh']) {
    test(`jobs are shown soundly in ${lang}`, async () => {
        const page = await signIn(browser, app.url, 'root');
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        const found = [];
        for (const state of ['dead', 'failing', 'waiting'])
            found.push(...await judge(page, `${app.url}/admin/jobs?state=${state}`, lang, { widths: [360, 1440],
                look: (width) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${lang}-${width}-${state}.png`, fullPage: true }) }));
        assert.deepEqual(found, []);
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
});
