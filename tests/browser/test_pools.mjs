// Pools on the pages: a tab of the list, claim beside each record, put back with a reason.
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
        await page.getByRole('button', { name: 'Claim the selected' }).click();
        await page.getByRole('heading', { name: 'Claimed:' }).waitFor({ timeout: 5000 }).catch(() => 0);
        assert.match(await page.locator('main').textContent(), /Claimed: 2 of 2/);
        assert.deepEqual(await axe(page), []);
        assert.deepEqual(await mistakes(await page.content()), []);
        assert.equal(await overflow(page), '');
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/claims-${width}.png`, fullPage: true });
        await page.getByRole('link', { name: 'Back to the list' }).click();
        await page.getByRole('row', { name: 'Lake' }).waitFor();
    });
}
