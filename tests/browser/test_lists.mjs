// Fields of several values and options that hang on others, with and without script.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { client, serve } from './lib/app.mjs';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';
import { mistakes } from './lib/markup.mjs';

let app, browser, root, ids;
before(async () => {
    app = await serve('tests/apps/contract', [
        { login: 'boss', name: 'Bo Boss', roles: 'manager' },
        { login: 'li', name: 'Li Li', roles: 'sales' },
        { login: 'wu', name: 'Wu Wu', roles: 'sales' },
        { login: 'root', name: 'Ada Admin', roles: 'admin' },
    ]);
    root = await client(app.url, 'root');
    await root.create('department', { name: 'East' });
    await root.create('department', { name: 'West' });
    ids = {};
    for (const [name, province, worth] of [['Lake', 'zhejiang', 5], ['Hill', 'zhejiang', 7.5], ['Garden', 'jiangsu', 20]])
        ids[name] = (await root.create('place', { name, province, worth })).id;
    browser = await launch();
});
after(async () => { await browser?.close(); await app?.stop(); });

const open = async (page, at) => { const answer = await page.goto(app.url + at); await page.locator('form[data-live]').waitFor(); return answer; };
const save = (page) => Promise.all([page.waitForNavigation(), page.click('.actions button.main')]);
const field = (page, name) => page.locator(`.field[data-field="${name}"]`);
const saved = async (page) => root.call('GET', `/forms/bundle/records/${/bundle\/(\d+)/.exec(page.url())[1]}`);
const titles = (list) => list.map((x) => x.title);
const chips = (page, name) => field(page, name).locator('.chips .chip').allTextContents();

async function choose(page, name, text, title) {
    const box = field(page, name).locator('[role="combobox"]');
    await box.fill(text);                        // opens the list, with what matches alone
    await field(page, name).locator('[role="option"][data-at="0"]', { hasText: title }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
}

test('people, records and words are chosen by keyboard and stand as chips', async () => {
    const page = await signIn(browser, app.url, 'root');
    await open(page, '/f/bundle/new');
    await page.fill('#f-name', 'First');
    assert.deepEqual(await chips(page, 'team'), ['Ada Admin×']);
    await choose(page, 'team', 'wu', 'Wu Wu');
    await choose(page, 'team', 'li', 'Li Li');
    await field(page, 'team').locator('[role="combobox"]').press('Backspace');
    assert.deepEqual(await chips(page, 'team'), ['Ada Admin×', 'Wu Wu×']);
    await choose(page, 'places', 'lak', 'Lake');
    await choose(page, 'places', 'hil', 'Hill');
    await field(page, 'areas').locator('[role="combobox"]').click();
    await field(page, 'areas').locator('[role="option"]', { hasText: 'West' }).click();
    const words = page.locator('#f-words');
    await words.fill('north');
    await words.press('Enter');
    await words.pressSequentially('hot,');
    await choose(page, 'words', 'vi', 'VIP');
    await field(page, 'words').locator('button[aria-label="Remove hot"]').click();
    await page.waitForFunction(() => document.querySelector('#f-worth').textContent === '¥12.50');
    await save(page);
    const r = await saved(page);
    assert.deepEqual(titles(r.team).sort(), ['Ada Admin', 'Wu Wu']);
    assert.deepEqual(titles(r.places).sort(), ['Hill', 'Lake']);
    assert.deepEqual(titles(r.areas), ['West']);
    assert.deepEqual(r.words, ['north', 'vip']);
    assert.equal(await page.locator(`a.chip[href="/f/place/${ids.Lake}"]`).count(), 1);
    assert.deepEqual(page.errors, []);
});

test('a chosen value narrows what hangs on it, and takes back what no longer goes with it', async () => {
    const page = await signIn(browser, app.url, 'root');
    await open(page, '/f/bundle/new');
    await page.fill('#f-name', 'Cascade');
    const offered = () => page.$$eval('#f-city option', (all) => all.map((o) => o.value).filter(Boolean));
    assert.deepEqual(await offered(), []);
    await page.fill('#f-zone', 'Zhejiang');
    await page.press('#f-zone', 'Tab');
    assert.deepEqual(await offered(), ['hangzhou', 'ningbo']);
    await page.selectOption('#f-city', 'hangzhou');
    await field(page, 'district').getByLabel('Yuhang').check();
    await choose(page, 'base', 'lak', 'Lake');
    await page.waitForFunction(() => document.querySelector('#f-paid').value === '5.00');
    await page.fill('#f-zone', 'Jiangsu');
    await page.press('#f-zone', 'Tab');
    assert.deepEqual(await offered(), ['nanjing', 'suzhou']);
    assert.equal(await page.inputValue('#f-city'), '');
    assert.equal(await field(page, 'district').locator('input:checked').count(), 0);
    assert.equal(await field(page, 'district').getByLabel('Yuhang').isVisible(), false);
    assert.equal(await page.inputValue('#f-base'), '');
    await page.selectOption('#f-city', 'suzhou');
    await field(page, 'district').getByLabel('Gusu').check();
    await save(page);
    const r = await saved(page);
    assert.deepEqual([r.zone, r.city, r.district, r.base], ['jiangsu', 'suzhou', ['gusu'], null]);
    assert.deepEqual(page.errors, []);
});

test('choosing another record fills anew, in an old record and in its rows', async () => {
    const { id } = await root.create('bundle', { name: 'Fill', base: ids.Lake, rows: [{ part: ids.Lake, count: 2 }] });
    const page = await signIn(browser, app.url, 'root');
    await open(page, `/f/bundle/${id}/edit`);
    assert.equal(await page.inputValue('#f-paid'), '5.00');
    await choose(page, 'base', 'hil', 'Hill');
    await page.waitForFunction(() => document.querySelector('#f-paid').value === '7.50');
    await page.selectOption('#f-rows-0-part', { label: 'Garden' });
    await page.waitForFunction(() => document.querySelector('#f-rows-0-cost').value === '20.00');
    await page.waitForFunction(() => document.querySelector('#f-total').textContent === '¥40.00');
    await save(page);
    const r = await saved(page);
    assert.deepEqual([r.paid, r.rows[0].cost, r.total], [7.5, 20, 40]);
    assert.deepEqual(page.errors, []);
});

test('a table from a spreadsheet becomes rows, links and lists by their titles', async () => {
    const page = await signIn(browser, app.url, 'root');
    await open(page, '/f/bundle/new');
    await page.fill('#f-name', 'Pasted');
    await page.click('[data-add]');
    const table = 'Lake\t5\t2\tLi Li, Wu Wu\tred, blue\tA1\tleft\r\nHill\t7.5\t4\t\t"say ""hi"""\tA2\tright\r\n';
    await page.locator('#f-rows-0-part').focus();
    await page.evaluate((text) => {
        const data = new DataTransfer();
        data.setData('text/plain', text);
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, table);
    await page.waitForFunction(() => document.querySelector('#f-total').textContent === '¥40.00');
    await page.locator('td[data-field="people"] .chip', { hasText: 'Wu Wu' }).waitFor();
    // Enter and the arrows go from row to row, Ctrl-D takes the cell above.
    await page.locator('#f-rows-0-code').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-rows-1-code');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-rows-2-code');
    await page.locator('#f-rows-2-count').fill('');
    await page.locator('#f-rows-2-count').press('Control+d');
    assert.equal(await page.inputValue('#f-rows-2-count'), '4');
    await save(page);
    const r = await saved(page);
    assert.deepEqual(r.rows.map((x) => x.part?.title ?? null), ['Lake', 'Hill', null]);
    assert.deepEqual(titles(r.rows[0].people), ['Li Li', 'Wu Wu']);
    assert.deepEqual(r.rows[1].marks, ['say "hi"']);
    assert.deepEqual([r.rows[0].marks, r.rows[0].side, r.total], [['red', 'blue'], 'left', 40]);
    assert.deepEqual(page.errors, []);
});

test('without script: boxes to tick, words in a line, groups of options', async () => {
    const page = await signIn(browser, app.url, 'root', { javaScriptEnabled: false });
    await page.goto(`${app.url}/f/bundle/new`);
    await page.fill('#f-name', 'Plain');
    await field(page, 'team').getByLabel('Li Li').check();
    await field(page, 'places').getByLabel('Garden').check();
    await page.fill('#f-words', '贵宾、slow, VIP');
    await page.fill('#f-zone', 'Jiangsu');
    await page.selectOption('#f-city', 'suzhou');
    await field(page, 'district').getByLabel('Yuhang').check();
    await field(page, 'spots').getByLabel('Lake').check();
    await field(page, 'spots').locator('input[type="text"]').fill('one, two');
    await page.selectOption('#f-base', { label: 'Garden' });
    await page.click('button[name="_add"]');
    await field(page, 'rows').getByLabel('Wu Wu').check();
    await page.fill('#f-rows-0-marks', 'a, b');
    await page.selectOption('#f-rows-0-part', { label: 'Hill' });
    await page.click('.actions button.main');
    assert.match(await page.textContent('#f-district-issue'), /does not go with City/);
    assert.equal(await page.inputValue('#f-words'), '贵宾、slow, VIP');
    assert.ok(await field(page, 'team').getByLabel('Li Li').isChecked());
    await field(page, 'district').getByLabel('Yuhang').uncheck();
    await field(page, 'district').getByLabel('Gusu').check();
    await page.click('.actions button.main');
    const r = await saved(page);
    assert.deepEqual(titles(r.team).sort(), ['Ada Admin', 'Li Li']);
    assert.deepEqual([r.words, r.spots, r.paid], [['vip', 'slow'], ['Lake', 'one', 'two'], 20]);
    assert.deepEqual(titles(r.rows[0].people), ['Wu Wu']);
    assert.deepEqual([r.rows[0].marks, r.rows[0].cost], [['a', 'b'], 7.5]);
    await page.goto(`${page.url().split('?')[0]}/edit`);
    await field(page, 'places').getByLabel('Garden').uncheck();
    await page.selectOption('#f-rows-0-part', { label: 'Lake' });
    await page.click('.actions button.main');
    const again = await saved(page);
    assert.deepEqual([again.places, again.rows[0].cost, again.words], [[], 5, ['vip', 'slow']]);
});

test('a draft brings back chips, words and boxes', async () => {
    const page = await signIn(browser, app.url, 'root');
    await open(page, '/f/bundle/new');
    await choose(page, 'places', 'gar', 'Garden');
    await choose(page, 'spots', 'hil', 'Hill');
    await field(page, 'spots').locator('[role="combobox"]').fill('elsewhere');
    await page.keyboard.press('Enter');
    await page.fill('#f-words', 'kept');
    await page.press('#f-words', 'Enter');
    page.on('dialog', (d) => d.accept());
    await open(page, '/f/bundle/new');
    assert.deepEqual(await chips(page, 'places'), []);
    await page.click('.note button >> nth=0');
    assert.deepEqual(await chips(page, 'places'), ['Garden×']);
    assert.deepEqual((await chips(page, 'spots')).sort(), ['Hill×', 'elsewhere×']);
    assert.deepEqual(await chips(page, 'words'), ['kept×']);
    assert.deepEqual(page.errors, []);
});

test('a field takes the part of its section that its width says', async () => {
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 1440, height: 900 } });
    await open(page, '/f/bundle/new');
    const width = async (name) => (await field(page, name).boundingBox()).width;
    const [name, city, district] = await Promise.all(['name', 'city', 'district'].map(width));
    assert.ok(Math.abs(city / name - 2 / 3) < 0.05 && Math.abs(city - district) < 1, `${name} ${city} ${district}`);
    await page.setViewportSize({ width: 360, height: 900 });
    assert.ok(Math.abs(await width('name') - await width('city')) < 1);
});

test('what is late says so beside its time, on a phone in the line of text it is of', async () => {
    const { id } = await root.create('promise', { name: 'Called back', day: '2020-01-01' });
    await root.move('promise', id, 'to_day', {});
    const page = await signIn(browser, app.url, 'root', { viewport: { width: 360, height: 740 } });
    await page.goto(`${app.url}/f/promise?view=late`);
    const late = await page.locator('td .chip', { hasText: 'Late' }).boundingBox();
    assert.ok(late.height < 30 && late.width < 80, JSON.stringify(late));
    assert.equal(await overflow(page), '');
});

test('the record page of what lists point to shows who points there', async () => {
    const page = await signIn(browser, app.url, 'root');
    await page.goto(`${app.url}/f/place/${ids.Lake}`);
    assert.match(await page.textContent('main'), /Bundle · Places/);
});

for (const [lang, looks] of [['en', [['light', 1440], ['dark', 360]]], ['zh', [['light', 360], ['dark', 1440]]]])
    test(`form, record and list in ${lang}, ${looks.map((l) => l.join(' at ')).join(' and ')} px: valid, accessible, no wider than the window`, async () => {
        const { records } = await root.call('GET', '/forms/bundle/records?limit=1&sort=id');
        const page = await signIn(browser, app.url, 'root', { locale: lang === 'zh' ? 'zh-CN' : 'en-GB' });
        for (const at of ['/f/bundle/new', `/f/bundle/${records[0].id}/edit`, `/f/bundle/${records[0].id}`, '/f/bundle']) {
            const answer = await page.goto(app.url + at);
            assert.equal(await page.getAttribute('html', 'lang'), lang);
            assert.deepEqual(await mistakes(await answer.text()), [], at);
            if (/new|edit/.test(at)) {
                await page.locator('form[data-live]').waitFor();
                await page.click('[data-add]');
            }
            for (const [colorScheme, width] of looks) {
                await page.setViewportSize({ width, height: 900 });
                await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
                assert.deepEqual(await axe(page), [], `${at} ${colorScheme} ${width}`);
                assert.equal(await overflow(page), '', `${at} ${width}`);
                if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${lang}-${colorScheme}-${width}${at.replaceAll('/', '_')}.png`, fullPage: true });
            }
            await page.setViewportSize({ width: 1280, height: 900 });
        }
        assert.deepEqual(page.errors, []);
    });
