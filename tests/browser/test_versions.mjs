// The pages of published versions: sound markup and colours, both languages, a phone's width; and
// going back, applying what waits, by mouse and without any script.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { judge, launch, signIn } from './lib/browser.mjs';
import { until } from './lib/app.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser, form;
const state = () => app.root.call('GET', '/definitions');
const put = async (change, note) => {
    const file = await app.root.call('GET', '/definitions/forms/medicine.yaml');
    await app.root.call('PUT', '/definitions/forms/medicine.yaml', { etag: file.etag, text: change(file.text) });
    return app.root.call('POST', '/definitions/publish', { note });
};

before(async () => {
    app = await clinic();
    browser = await launch();
    form = path.join(app.folder, 'forms/medicine.yaml');
    await put((t) => t.replace(/^fields:\n/m, 'fields:\n  batch: {type: text, label: {en: A batch with a rather long label that must scroll, zh: 批次}}\n'),
        'batches are known');
    await app.chief.create('medicine', { name: 'Odd', price: 1, batch: 'not a number' });
});
after(async () => { await browser?.close(); await app?.stop(); });

test('the pages are sound, whatever waits', async () => {
    const found = [];
    for (const lang of ['en', 'zh']) {
        const page = await signIn(browser, app.url, 'root');
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        for (const at of ['/admin', '/admin/versions', '/admin/versions/2', '/admin/versions/1',
            '/admin/versions/1/revert', '/admin/versions/2/revert']) found.push(...await judge(page, app.url + at, lang));
        const good = fs.readFileSync(form, 'utf8');
        fs.writeFileSync(form, good.replace('batch: {type: text', 'batch: {type: number'));
        await until(async () => (await state()).waiting);
        found.push(...await judge(page, `${app.url}/admin/versions`, lang));
        fs.writeFileSync(form, good.replace('batch: {type: text', 'batch: {type: txet'));
        await until(async () => /txet/.test((await state()).waiting ?? ''));
        found.push(...await judge(page, `${app.url}/admin/versions`, lang));
        fs.writeFileSync(form, good);
        await until(async () => !(await state()).waiting);
    }
    assert.deepEqual(found, []);
});

for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';
    test(`what waits is applied and taken back ${how} script`, async () => {
        const page = await signIn(browser, app.url, 'root', { javaScriptEnabled });
        const before = (await state()).version;
        const good = fs.readFileSync(form, 'utf8');
        fs.writeFileSync(form, good.replace('batch: {type: text', 'batch: {type: number'));
        await until(async () => (await state()).waiting);
        await page.goto(`${app.url}/admin`);
        await page.click('main a:has-text("See what waits")');
        assert.match(await page.textContent('main'), /not a number/);          // what would be lost
        await page.fill('#note', 'numbers now');
        await page.click('button:has-text("Apply the folder")');
        assert.ok(await page.locator('[role="alert"]').isVisible());            // nobody allowed the loss
        assert.equal((await state()).version, before);
        await page.check('input[name="allow_loss"]');
        await page.fill('#note', 'numbers now');
        await page.click('button:has-text("Apply the folder")');
        await page.waitForURL(/versions\?published/);
        assert.equal((await state()).version, before + 1);
        const row = await page.textContent('tbody tr:first-child');
        assert.match(row, /root/);
        assert.match(row, /numbers now/);
        assert.match(row, /forms\/medicine\.yaml/);

        await page.click(`a[href="/admin/versions/${before}"]`);
        assert.match(await page.textContent('main'), new RegExp(`Version ${before}`));
        await page.click('a:has-text("Back to this version")');
        assert.match(await page.textContent('.diff .come'), /type: text/);
        await page.click('button:has-text("Publish this version again")');
        await page.waitForURL(/versions\?published/);
        assert.equal((await state()).version, before + 2);
        assert.equal(fs.readFileSync(form, 'utf8'), good);
    });
}

test('two versions are compared', async () => {
    const page = await signIn(browser, app.url, 'root');
    await page.goto(`${app.url}/admin/versions/2`);
    assert.match(await page.textContent('.diff .come'), /batch/);
    await page.fill('#with', '2');
    await page.click('button:has-text("Compare")');
    assert.equal(await page.locator('.diff .come').count(), 0);
});

test('it is for admins only', async () => {
    const page = await signIn(browser, app.url, 'vet');
    for (const at of ['/admin/versions', '/admin/versions/1', '/admin/versions/1/revert'])
        assert.equal((await page.goto(app.url + at)).status(), 403);
});

test('open records are taken along to a changed workflow', async () => {
    const file = path.join(app.folder, 'workflows/care.yaml');
    const good = fs.readFileSync(file, 'utf8');
    const before = (await state()).version;
    fs.writeFileSync(file, good.replaceAll('waiting', 'seated').replace('zh: 候诊', 'zh: 就座'));
    await until(async () => (await state()).version > before);
    const found = [];
    for (const lang of ['en', 'zh']) {
        const page = await signIn(browser, app.url, 'root');
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        found.push(...await judge(page, `${app.url}/admin/versions`, lang));
        found.push(...await judge(page, `${app.url}/admin/versions/${before}/revert`, lang));
        if (process.env.SHOTS) {
            await page.goto(`${app.url}/admin/versions`);
            await page.screenshot({ path: `${process.env.SHOTS}/versions-${lang}.png` });
            await page.setViewportSize({ width: 360, height: 740 });
            await page.goto(`${app.url}/admin/versions/${before}/revert`);
            await page.screenshot({ path: `${process.env.SHOTS}/revert-${lang}.png`, fullPage: true });
        }
    }
    assert.deepEqual(found, []);
    const page = await signIn(browser, app.url, 'root', { javaScriptEnabled: false });
    await page.goto(`${app.url}/admin/versions`);
    await page.selectOption('select[name="to.care.waiting"]', 'seated');
    await page.click('button:has-text("Take open records along")');
    assert.match(await page.textContent('[role="status"]'), /records were taken/);
    await page.goto(`${app.url}/admin/versions/${before}/revert`);
    await page.check('input[name="migrate"]');
    await page.selectOption('select[name="to.care.seated"]', 'waiting');
    await page.click('button:has-text("Publish this version again")');
    await page.waitForURL(/versions\?published/);
    assert.equal(await page.locator('select[name="to.care.waiting"]').count(), 0);
    assert.equal(fs.readFileSync(file, 'utf8'), good);
});
