// A spreadsheet becomes a form: its columns as somebody sees them who has never seen the designer, by
// keyboard, in English and Chinese; then its rows.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';

let app, browser, root;
before(async () => {
    app = await serve('tests/apps/workshop', [
        { login: 'root', name: 'Ada Admin', roles: 'admin' },
        { login: 'sam', name: 'Sam Staff', roles: 'staff' },
    ]);
    root = await client(app.url, 'root');
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const WIDE = { viewport: { width: 1440, height: 900 } };
const definition = async (at) => (await root.call('GET', `/definitions/${at}`)).tree;
const row = (page, i) => page.locator('.sheet-table tbody tr').nth(i);

async function design(page) {
    await page.goto(`${app.url}/design`);
    await page.locator('#design[data-live]').waitFor();
}
const choose = (page, name, text) => page.locator('.sheet-drop input[type="file"]')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

/** Presses keys until what is focused has that name. */
async function tabTo(page, name) {
    for (let i = 0; i < 80; i += 1) {
        await page.keyboard.press('Tab');
        const now = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
        if (now.trim().startsWith(name)) return;
    }
    assert.fail(`the focus never came to ${name}`);
}

async function publish(page) {
    await tabTo(page, 'Publish');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open] .diff').waitFor();
    const button = page.locator('dialog[open] button.main');
    await button.focus();
    await page.keyboard.press('Enter');
}

const parts = () => ['Part,Price,Since,Kind,Spare',
    ...Array.from({ length: 60 }, (_, i) => `Wheel ${i},"¥1,0${String(i).padStart(2, '0')}.50",${i === 7 ? 'long ago' : `2026/3/${(i % 28) + 1}`},${['new', 'used', 'odd'][i % 3]},${i}`)].join('\n');

test('a spreadsheet becomes a form by the keyboard, and its rows are loaded and taken back', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page);
    assert.deepEqual(await axe(page), []);
    await choose(page, 'spare_parts.csv', parts());
    await row(page, 4).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H2');
    assert.deepEqual(await axe(page), []);
    assert.equal(await page.getByLabel('What is it called?').inputValue(), 'spare parts');
    assert.deepEqual(await page.locator('.sheet-table select').evaluateAll((all) => all.map((x) => x.value)), ['text', 'money', 'date', 'choice', 'number']);
    assert.match(await row(page, 2).innerText(), /1 of 60 values do not fit: row 9 “long ago”/);
    await tabTo(page, 'Label of Price');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Net price');
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.querySelector('#column-1 + input').value === 'net_price');
    await tabTo(page, 'Take Spare');
    await page.keyboard.press('Space');
    await tabTo(page, 'Create form');
    await page.keyboard.press('Enter');
    await page.locator('#canvas .field[data-field="net_price"]').waitFor();
    const made = await definition('forms/spare_parts.yaml');
    assert.deepEqual(Object.keys(made.fields), ['part', 'net_price', 'since', 'kind']);
    assert.deepEqual(made.fields.kind, { label: 'Kind', type: 'choice', options: ['new', 'used', 'odd'], required: true });
    assert.equal(made.title, '{part}');
    await page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
    await design(page);
    await page.locator('.design-list').getByText('60 rows wait to be loaded').waitFor();
    await page.getByRole('link', { name: 'spare parts', exact: true }).click();
    await page.locator('#canvas .field[data-field="net_price"]').waitFor();
    await Promise.all([page.waitForURL('**/admin/imports/1'), publish(page)]);
    assert.deepEqual(await axe(page), []);
    await tabTo(page, 'Load the rows');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Loaded', exact: true }).waitFor();
    assert.deepEqual(await axe(page), []);
    assert.match(await page.locator('#import').innerText(), /Rows of the sheet\s+60\s+Loaded\s+59\s+Refused\s+1/i);
    assert.match(await page.locator('main').innerText(), /9\s+Since: is no date/);
    const sam = await client(app.url, 'sam');
    const list = await sam.call('GET', `/forms/spare_parts/records?count=exact&filter=${encodeURIComponent("part = 'Wheel 3'")}`);
    assert.equal(list.records[0].net_price, 1003.5);
    await tabTo(page, 'Take the import back');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Taken back', exact: true }).waitFor();
    assert.deepEqual((await sam.call('GET', '/forms/spare_parts/records')).records, []);
    assert.deepEqual(page.errors, []);
});

test('names are proposed for any label, and what cannot be one is said in place', async () => {
    const page = await signIn(browser, app.url, 'root', { ...WIDE, locale: 'zh-CN' });
    await design(page);
    await choose(page, '客户 台账.csv', '客户名称,名称,select,🎉🎉,version,total V,客户名称,,签约日期,联系电话,装备那辆桌\n甲,a,b,c,d,e,f,g,2026年3月5日,1,2\n');
    await row(page, 10).waitFor();
    const names = await page.locator('.sheet-table th .code-line').evaluateAll((all) => all.map((x) => x.value));
    assert.deepEqual(names, ['ke_hu_ming_cheng', 'ming_cheng', 'select', 'field', 'version_2', 'total_v_2', 'ke_hu_ming_cheng_2', 'di_h_lie', 'qian_yue_ri_qi', 'lian_xi_dian_hua', 'zhuang_bei_na_liang_zhuo']);
    assert.deepEqual(await axe(page), []);
    assert.equal(await overflow(page), '');
    const name = row(page, 0).locator('.code-line');
    for (const [typed, said] of [['Bad Name', '小写字母'], ['stage', '保留']]) {
        await name.fill(typed);
        await name.press('Tab');
        await row(page, 0).locator('.issue').getByText(said).waitFor();
        assert.ok(await page.getByRole('button', { name: '创建表单' }).isDisabled());
    }
    await name.fill('ming_cheng');
    await name.press('Tab');
    await page.waitForFunction(() => document.querySelector('#column-1 + input').value === 'ming_cheng_2');
    await name.fill('customer');
    await name.press('Tab');
    await page.getByRole('button', { name: '创建表单' }).click();
    await page.locator('#canvas .field[data-field="customer"]').waitFor();
    await page.locator('.design-top [role="status"]', { hasText: '没有错误' }).waitFor();
    assert.deepEqual(page.errors, []);
});

test('a file that is no table is refused in words, and another one can be chosen', async () => {
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page);
    await choose(page, 'a.xlsx', '\0\0\0\0');
    await page.locator('.sheet-drop [role="alert"]').waitFor();
    await choose(page, 'b.csv', '\n\n');
    await page.locator('.sheet-drop [role="alert"]', { hasText: 'the sheet is empty' }).waitFor();
    assert.deepEqual(await axe(page), []);
    await choose(page, 'c.csv', 'Title line\n\nName,Amount\nx,1\n');
    await row(page, 1).waitFor();
    await page.getByLabel('Names of the columns are in row').fill('1');
    await page.getByLabel('Names of the columns are in row').press('Tab');
    await page.waitForFunction(() => document.querySelector('#column-0')?.value === 'Title line');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.sheet-drop').waitFor();
});

test('a new form has its place in a menu that is written out, and leaves it', async () => {
    const app_yaml = await root.call('GET', '/definitions/app.yaml');
    await root.call('PUT', '/definitions/app.yaml', { etag: app_yaml.etag, text: `${app_yaml.text}menu:\n  - section: Work\n    items: [spare_parts]\n` });
    const page = await signIn(browser, app.url, 'root', WIDE);
    await design(page);
    for (const [label, key] of [['User', 'user_2'], ['🎉', 'form'], ['Stage', 'stage_2']]) {
        await page.getByLabel('What is it called?').fill(label);
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        await page.locator('#canvas .field[data-field="phone"]').waitFor();
        await page.locator('.design-top [role="status"]', { hasText: 'No mistakes' }).waitFor();
        assert.match(page.url(), new RegExp(`/design/${key}$`));
        await page.locator('.design-top select').selectOption('');
        await page.getByLabel('What is it called?').waitFor();
    }
    assert.deepEqual((await definition('app.yaml')).menu, [{ section: 'Work', items: ['spare_parts', 'user_2', 'form', 'stage_2'] }]);
    await page.getByRole('button', { name: 'Remove User?' }).click();
    await page.locator('.design-list a', { hasText: 'User' }).waitFor({ state: 'detached' });
    assert.deepEqual((await definition('app.yaml')).menu, [{ section: 'Work', items: ['spare_parts', 'form', 'stage_2'] }]);
    assert.deepEqual(page.errors, []);
});
