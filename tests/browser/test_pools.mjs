// Pools and buttons on the pages: a tab of the list, claim beside each record, put back with a
// reason; buttons that ask first; what is done to several that are ticked.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';
import { mistakes } from './lib/markup.mjs';

let app, browser, root;
before(async () => {
    app = await serve('tests/apps/contract', [
        { login: 'li', name: 'Li Li', roles: 'sales' },
        { login: 'qi', name: 'Qi Qi', roles: 'sales' }, { login: 'ma', name: 'Ma Ma', roles: 'sales' },
        { login: 'root', name: 'Ada Admin', roles: 'admin' },
    ]);
    root = await client(app.url, 'root');
    for (const name of ['Lake', 'Hill']) await root.create('prospect', { name, area: 'east', phone: '13812345678' });
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

for (const width of [360, 1440]) {
    test(`a record is claimed from the list and put back, at ${width} px`, async () => {
        const page = await signIn(browser, app.url, 'li', { viewport: { width, height: 800 } });
        const look = async (what) => {
            assert.deepEqual(await axe(page), [], what);
            assert.deepEqual(await mistakes(await page.content()), [], what);
            assert.equal(await overflow(page), '', what);
            if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${what}-${width}.png`, fullPage: true });
        };
        await page.goto(`${app.url}/f/prospect?view=pool_east`);
        await page.locator('tr', { hasText: 'Lake' }).waitFor();
        await look('pool');
        await Promise.all([page.waitForNavigation(), page.locator('tr', { hasText: 'Lake' }).getByRole('button', { name: 'Claim' }).click()]);
        assert.match(await page.locator('p.note[role=status]').textContent(), /claimed by Li Li from “East”/);
        await look('record');
        await page.locator('.page-head summary[aria-label="More"]').click();
        const menu = await page.locator('.page-head details[open] > .menu-box').boundingBox();
        assert.ok(menu.x >= 0 && menu.x + menu.width <= width, JSON.stringify(menu));
        await page.fill('#release-reason', 'Too far');
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/open-${width}.png` });
        await Promise.all([page.waitForNavigation(), page.locator('form[action$="/release"] button').click()]);
        const { records } = await root.call('GET', `/forms/prospect/records?filter=${encodeURIComponent("name = 'Lake'")}`);
        assert.equal(records[0].pool, 'east');
        assert.equal(records[0].agent, null);
        // So soon it is not Li's again: the page says why and until when.
        await page.goto(`${app.url}/f/prospect?view=pool_east`);
        await Promise.all([page.waitForNavigation(), page.locator('tr', { hasText: 'Lake' }).getByRole('button', { name: 'Claim' }).click()]);
        assert.match(await page.locator('main').textContent(), /you may claim it again from/);
        await look('refused');
        await root.call('POST', `/forms/prospect/records/${records[0].id}/release`, {}).catch(() => 0);
        await root.create('prospect', { name: 'Lake', area: 'east', phone: '13812345678' });
        await root.call('DELETE', `/forms/prospect/records/${records[0].id}`);
    });

    test(`several are ticked and claimed at once, at ${width} px`, async () => {
        const page = await signIn(browser, app.url, width < 500 ? 'qi' : 'ma', { viewport: { width, height: 800 } });
        for (const name of ['Reed', 'Moss']) await root.create('prospect', { name: name + width, area: 'east', phone: '13812345678' });
        await page.goto(`${app.url}/f/prospect?view=pool_east`);
        for (const name of ['Reed', 'Moss']) await page.getByLabel(`Select: ${name}${width}`).check();
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/tick-${width}.png`, fullPage: true });
        await page.locator('#ticked').getByRole('button', { name: 'Claim' }).click();
        await page.getByRole('heading', { name: 'Claim: done for 2 of 2' }).waitFor();
        assert.deepEqual(await axe(page), []);
        assert.deepEqual(await mistakes(await page.content()), []);
        assert.equal(await overflow(page), '');
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/claims-${width}.png`, fullPage: true });
        await page.getByRole('link', { name: 'Back to the list' }).click();
        await page.getByRole('row', { name: 'Lake' }).waitFor();
    });

    test(`a button asks first, and what it refuses stands at its input, at ${width} px`, async () => {
        const parcel = await root.create('parcel', { name: `Asked ${width}`, calls: 0 });
        const page = await signIn(browser, app.url, 'li', { viewport: { width, height: 800 } });
        await page.goto(`${app.url}/f/parcel/${parcel.id}`);
        await page.locator('.page-head').getByRole('link', { name: 'Hand out' }).click();
        const box = page.getByRole('dialog', { name: 'Hand out' });
        await box.getByLabel('times').fill('many');
        await box.getByRole('button', { name: 'Hand out' }).click();
        await box.getByRole('alert').waitFor();
        const to = box.getByLabel('Handed to');
        assert.equal(await to.getAttribute('aria-invalid'), 'true');
        assert.match(await box.locator('[data-field="to"] .issue').textContent(), /is required/);
        assert.match(await box.locator('[data-field="times"] .issue').textContent(), /a number is expected/);
        assert.equal(await box.getByLabel('times').inputValue(), 'many');
        assert.deepEqual(await axe(page), []);
        assert.deepEqual(await mistakes(await page.content()), []);
        assert.equal(await overflow(page), '');
        await box.getByRole('alert').getByRole('link', { name: 'Handed to' }).click();
        await page.keyboard.type('Max');
        await box.getByLabel('times').fill('2');
        await box.getByLabel('place').selectOption('desk');
        await Promise.all([page.waitForNavigation(), box.getByRole('button', { name: 'Hand out' }).click()]);
        assert.equal((await root.call('GET', `/forms/parcel/records/${parcel.id}`)).calls, 2);
        await page.context().close();
    });

    for (const javaScriptEnabled of [true, false])
        test(`a button is pressed on those that are ticked, at ${width} px${javaScriptEnabled ? '' : ', without scripts'}`, async () => {
            const mark = `${width}${javaScriptEnabled ? 'js' : 'no'}`;
            const ids = [];
            for (const [name, calls] of [['Oak', 0], ['Elm', 9], ['Fir', 0]])
                ids.push((await root.create('parcel', { name: `${name} ${mark}`, calls })).id);
            const page = await signIn(browser, app.url, 'li', { viewport: { width, height: 800 }, javaScriptEnabled });
            const look = async () => {
                // Without scripts the markup is all the server's; with them axe can look.
                if (!javaScriptEnabled) { assert.deepEqual(await mistakes(await page.content()), []); return; }
                assert.deepEqual(await axe(page), []);
                assert.equal(await overflow(page), '');
            };
            const bar = page.locator('#ticked');
            const list = `${app.url}/f/parcel?filter=${encodeURIComponent(`contains(name, '${mark}')`)}`;
            await page.goto(list);
            await look();
            if (javaScriptEnabled) {
                assert.equal(await bar.getByRole('button').count(), 0);
                await page.getByLabel('Select all on this page').focus();
                await page.keyboard.press('Space');
                await bar.getByText('3 selected').waitFor();
                assert.equal(await page.locator('input[name="record"]:checked').count(), 3);
                await look();
            } else {
                for (const name of ['Oak', 'Elm', 'Fir']) await page.getByLabel(`Select: ${name}`).check();
            }
            // The other button of the form is for owners.
            assert.deepEqual(await bar.getByRole('button').allTextContents(), ['Hand out…']);
            if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/ticked-${mark}.png` });
            await bar.getByRole('button', { name: 'Hand out' }).click();
            const box = page.locator(javaScriptEnabled ? 'dialog' : 'main');
            await box.getByText('On each of these records, 3:').waitFor();
            await box.getByRole('button', { name: 'Hand out' }).click();
            assert.match(await box.locator('[data-field="to"] .issue').textContent(), /is required/);
            await look();
            await box.getByLabel('Handed to').fill('All');
            await box.getByRole('button', { name: 'Hand out' }).click();
            await box.getByRole('heading', { name: 'Hand out: done for 2 of 3' }).waitFor();
            await look();
            const refused = box.locator('ul.results').first().locator('li');
            assert.match(await refused.textContent(), /Elm.*“Hand out” is possible only where calls < 5/s);
            assert.equal(await refused.getByRole('link').getAttribute('href'), `/f/parcel/${ids[1]}`);
            if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/several-${mark}.png` });
            await Promise.all([page.waitForNavigation(), box.getByRole('link', { name: 'Back to the list' }).click()]);
            assert.equal(decodeURIComponent(page.url()), decodeURIComponent(list));
            const calls = [];
            for (const id of ids) calls.push((await root.call('GET', `/forms/parcel/records/${id}`)).calls);
            assert.deepEqual(calls, [1, 9, 1]);
            await page.context().close();
        });
}
