// Dashboards: every chart from its numbers, every mark opens the records it counts, filters, and what
// one may not see; with and without script.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { judge, launch, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser;
const wide = { viewport: { width: 1400, height: 1000 } };
const plain = { ...wide, javaScriptEnabled: false };

// Visits of three months, some of them further on; pets of all kinds.
async function practice() {
    const pet = (name, species, weight) => app.chief.create('pet', { name, keeper: app.keeper.id, species, weight });
    const [tom] = await Promise.all([pet('Tom', 'cat', 4), pet('Mia', 'cat', 5), pet('Lop', 'rabbit', 2)]);
    const other = await app.chief.create('keeper', { name: 'Bernd Braun', mobile: '030 7654321' });
    await app.chief.create('pet', { name: 'Bo', keeper: other.id, species: 'bird', weight: 0.3 });
    const starts = ['2030-03-04T09:30', '2030-03-05T10:00', '2030-04-08T09:00', '2030-05-06T09:00', '2030-05-07T15:00'];
    const visits = [];
    for (const [i, at] of starts.entries())
        visits.push(await app.visit({ starts_at: at, reason: 'check', pet: i % 2 ? tom.id : app.pet.id }));
    for (const v of visits.slice(0, 3)) await app.chief.move('visit', v.id, 'arrive');
}

before(async () => { app = await clinic(); browser = await launch(); await practice(); });
after(async () => { await browser?.close(); await app?.stop(); });

const card = (page, label) => page.locator('.dash-card', { has: page.locator('h2', { hasText: new RegExp(`^${label}$`) }) });
const drawn = (page) => page.waitForFunction(() => {
    const all = [...document.querySelectorAll('.dash-card:has(> figure.chart)')];
    return all.length && all.every((c) => 'live' in c.dataset);
});

async function open(login, query = '', options = wide) {
    const page = await signIn(browser, app.url, login, options);
    await page.goto(`${app.url}/dashboards/practice${query}`);
    if (options.javaScriptEnabled !== false) await drawn(page);
    return page;
}

/** How many records a list shows that a mark leads to. */
async function listed(page, href) {
    const answer = await page.request.get(app.url + href);
    assert.equal(answer.status(), 200, href);
    return ((await answer.text()).match(/<tr data-id=/g) ?? []).length;
}

test('the menu leads to a dashboard with a chart of every kind', async () => {
    const page = await signIn(browser, app.url, 'chief', wide);
    await page.goto(app.url);
    await page.click('.side a.item:text-is("Practice")');
    await drawn(page);
    assert.equal(await page.title(), 'Practice · Paws Veterinary Clinic');
    assert.equal(await page.getAttribute('.side a[aria-current]', 'href'), '/dashboards/practice');
    for (const kind of ['gauge', 'bar', 'line', 'area', 'pie', 'funnel', 'radar', 'heatmap', 'leaderboard'])
        assert.ok(await page.locator(`[data-chart="${kind}"] figure.chart a.mark`).count(), `${kind} has marks`);
    assert.equal(await page.locator('.dash-problem').count(), 0);
    assert.equal(await page.locator('[data-chart="text"] strong').textContent(), 'Ask');
    assert.equal(await page.locator('.dash [style]:not(.chart-tip)').count(), 0, 'no style attributes');
    assert.deepEqual(page.errors, []);
});

test('every mark of every chart counts what its list shows', async () => {
    const page = await open('chief');
    const marks = await page.locator('.dash-card:is([data-card="5"], [data-card="6"], [data-card="7"], [data-card="10"], [data-card="12"], [data-card="4"]) a.mark')
        .evaluateAll((all) => all.map((a) => ({ what: a.dataset.what, n: Number(a.dataset.value.split(' ')[0]), href: a.getAttribute('href') })));
    assert.ok(marks.length > 15, `${marks.length} marks`);
    for (const m of marks) assert.equal(await listed(page, m.href), m.n, `${m.what}: ${m.href}`);
    const stages = await page.locator('[data-chart="funnel"] a.mark').evaluateAll((all) => all.map((a) => ({ n: Number(a.dataset.value.split(' ')[0]), href: a.getAttribute('href') })));
    assert.deepEqual(stages.map((s) => s.n).slice(0, 2), [5, 3]);
    for (const s of stages) if (s.href) assert.equal(await listed(page, s.href), s.n);
    const visits = card(page, 'Visits').locator('.metric a');
    assert.equal(await visits.textContent(), '5');
    assert.equal(await listed(page, await visits.getAttribute('href')), 5);
});

test('Tab reaches a chart, arrows go along its marks, Enter opens the records', async () => {
    const page = await open('chief');
    const first = card(page, 'Pets by species').locator('a.mark').first();
    await card(page, 'Pets by species').locator('.dash-full').focus();
    await page.keyboard.press('Tab');
    assert.ok(await first.evaluate((a) => a === document.activeElement), 'one Tab to the first mark');
    await page.keyboard.press('ArrowRight');
    const said = await page.evaluate(() => document.activeElement.dataset);
    assert.equal(said.what, 'Cat');
    assert.equal(said.value, '2');
    assert.equal(await page.locator('.chart-tip').innerText(), 'Cat\n2');
    await page.keyboard.press('Tab');
    assert.ok(!await page.evaluate(() => document.activeElement.matches('.mark')), 'one stop a chart');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/f\/pet\?/);
    assert.equal(await page.locator('tbody tr[data-id]').count(), 2);
    assert.deepEqual(page.errors, []);
});

test('filters change the numbers in place, and the address says so', async () => {
    const page = await open('chief');
    await page.selectOption('[name="kind"]', 'cat');
    await page.waitForFunction(() => document.querySelector('[data-card="2"] .metric').textContent.trim() === '2');
    assert.match(page.url(), /kind=cat/);
    assert.equal(await card(page, 'Pets by species').locator('a.mark').count(), 1, 'drawn anew');
    await page.getByRole('status').filter({ hasText: 'brought up to date' }).waitFor();
    await page.selectOption('[name="period"]', 'custom');
    await page.fill('[name="period.from"]', '2030-03-01');
    await page.fill('[name="period.to"]', '2030-03-31');
    await page.waitForFunction(() => document.querySelector('[data-card="0"] .metric').textContent.trim() === '2');
    assert.match(page.url(), /period\.from=2030-03-01/);
    assert.match(await card(page, 'Visits').locator('.metric-change').innerText(), /not comparable/);
    await page.goBack();
    await page.waitForFunction(() => document.querySelector('[data-card="0"] .metric').textContent.trim() === '5');
    assert.deepEqual(page.errors, []);
});

test('where a period holds no records a card says so and leads to any time', async () => {
    const page = await open('chief', '?period=last_year');
    const empty = card(page, 'Visits by month');
    await empty.getByText('No records to count.').waitFor();
    assert.equal(await card(page, 'Pets by species').locator('a.mark').count() > 0, true, 'pets have no period');
    await empty.getByRole('link', { name: 'Look at any time' }).click();
    await drawn(page);
    assert.equal(await card(page, 'Visits').locator('.metric').innerText(), '5');
});

test('without script the numbers are open and the filters are a form', async () => {
    const page = await open('chief', '', plain);
    assert.ok(await card(page, 'Pets by species').locator('td', { hasText: '2' }).first().isVisible());
    await page.selectOption('[name="kind"]', 'cat');
    await page.click('.dash-apply');
    assert.equal(await card(page, 'Pets').first().locator('.metric').innerText(), '2');
    assert.equal(await page.locator('[data-print]').isVisible(), false);
});

test('what others do is counted while one looks, and the chart keeps the focus', async () => {
    const page = await open('vet');
    await page.locator('html[data-followed]').waitFor({ state: 'attached' });
    await card(page, 'Pets by species').locator('summary').click();
    const dog = card(page, 'Pets by species').locator('a.mark').first();
    const before = Number(await dog.getAttribute('data-value'));
    await dog.focus();
    const one = await app.chief.create('pet', { name: 'Ben', keeper: app.keeper.id, species: 'dog', weight: 20 });
    await page.waitForFunction((n) => document.activeElement.dataset?.value === String(n + 1), before);
    assert.ok(await card(page, 'Pets by species').locator('details').evaluate((d) => d.open), 'what is open stays open');
    await app.chief.call('PATCH', `/forms/pet/records/${one.id}`, { species: 'cat' });
    await page.waitForFunction((n) => document.activeElement.dataset?.value === String(n), before);
    await app.chief.call('PATCH', `/forms/pet/records/${one.id}`, { species: 'dog', alive: false });
    assert.deepEqual(page.errors, []);
});

test('a card of what one may not read says so, and an empty dashboard what to do', async () => {
    const page = await signIn(browser, app.url, 'root', wide);
    await page.goto(`${app.url}/dashboards/empty`);
    await page.getByRole('link', { name: 'Build it in the designer' }).waitFor();
    const desk = await signIn(browser, app.url, 'desk', wide);
    assert.equal((await desk.goto(`${app.url}/dashboards/none`)).status(), 404);
    await desk.goto(`${app.url}/dashboards/stock`);
    assert.match(await desk.locator('.note.warn').innerText(), /may not read/);
    assert.equal(await desk.locator('.dash-problem').count(), 1);
});

test('full screen, one card or all of it', async () => {
    const page = await open('chief');
    await card(page, 'Species').locator('.dash-full').click();
    await page.waitForFunction(() => document.fullscreenElement?.dataset.chart === 'pie'
        && document.querySelector('[data-chart="pie"] svg.drawing').clientHeight > 400);
    await page.evaluate(() => document.exitFullscreen());
    await page.waitForFunction(() => !document.fullscreenElement);
    await page.click('.page-head [data-full]');
    await page.waitForFunction(() => document.fullscreenElement?.id === 'live-dash');
});

test('a chart is drawn anew for another width, its words as large as before', async () => {
    const page = await open('chief');
    const drawing = page.locator('[data-card="4"] svg.drawing');
    const before = (await drawing.boundingBox()).width;
    await page.setViewportSize({ width: 390, height: 800 });
    // It is squeezed first, and drawn for what room there is in the next frame.
    await page.waitForFunction((w) => {
        const s = document.querySelector('[data-card="4"] svg.drawing');
        const seen = s.getBoundingClientRect().width;
        return seen < w / 2 && Math.abs(seen - s.viewBox.baseVal.width) < 1;
    }, before);
});

test('a long figure is never cut: what is left would be another one', async () => {
    const page = await open('chief');
    const hidden = await page.locator('[data-card="1"] .metric').evaluate((metric) => {
        metric.closest('.dash-card').style.width = '180px';
        metric.textContent = '¥40,279,608,800,000.00';
        return metric.scrollWidth - metric.clientWidth;
    });
    assert.ok(hidden <= 0, `${hidden} px of it are hidden`);
});

test('on paper there are the charts and no controls', async () => {
    const page = await open('chief');
    await page.emulateMedia({ media: 'print' });
    for (const gone of ['.dash-filters', '.side', '.chart-data summary', '.dash-full'])
        assert.equal(await page.locator(gone).first().isVisible(), false, gone);
    assert.ok(await page.locator('[data-chart="bar"] svg.drawing').first().isVisible());
    assert.ok(await page.locator('[data-chart="bar"] text', { hasText: 'Mar' }).isVisible(), 'with its axes');
    assert.ok(await page.locator('[data-chart="pivot"] table').isVisible());
    assert.equal(await page.locator('.dash-asked').innerText(), 'Period: Any time · Vet: All · Species: All');
});

test('what is below nought is told as it is, and each unit has its scale', async () => {
    const page = await open('chief');
    const shares = card(page, 'Fed and feeding').locator('.chart-shares li');
    assert.equal(await shares.count(), 4, 'cats, too');
    assert.equal(await shares.last().locator('.share').textContent(), '–');
    assert.equal(await card(page, 'Fed and feeding').locator('.middle-number').count(), 0, 'no sum of a part');
    const heights = (stage) => card(page, 'Ins and outs').locator(`a.mark[data-what$="${stage}"]:not([data-value="0"]) .dot`)
        .evaluateAll((all) => all.map((dot) => Number(dot.getAttribute('cy'))));
    const [below, above] = [await heights('Booked'), await heights('Waiting')];
    assert.ok(below.length && above.length && Math.min(...below) > Math.max(...above), `${below} ${above}`);
    for (const label of ['Number and weight', 'Count and weight', 'Visits and income']) {
        const named = await card(page, label).locator('.chart-legend li').allInnerTexts();
        assert.ok(named.length === 2 && named.every((name) => / \(0 – \d+\)$/.test(name)), `${label}: ${named}`);
    }
    const bars = await card(page, 'Count and weight').locator('a.mark').evaluateAll((all) => all.map((a) => ({ of: a.dataset.what.split(' · ')[1], high: a.getBoundingClientRect().height })));
    const highest = (of) => Math.max(...bars.filter((b) => b.of === of).map((b) => b.high));
    assert.ok([...new Set(bars.map((b) => b.of))].every((of) => highest(of) > 80), JSON.stringify(bars));
    await page.selectOption('[name="kind"]', 'cat');
    await page.waitForFunction(() => !document.querySelector('[data-chart="radar"] .radar-area'));
    await card(page, 'Number and weight').locator('a.mark').first().waitFor({ state: 'attached' });
    assert.deepEqual(page.errors, []);
});

test('the page is in order in both languages, light, dark and narrow', async () => {
    const found = [];
    const page = await signIn(browser, app.url, 'chief');
    for (const lang of ['en', 'zh']) {
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        for (const at of ['practice', 'practice?period=last_year', 'empty'])
            found.push(...await judge(page, `${app.url}/dashboards/${at}`, lang, {
                look: async () => { if (!at.includes('empty')) await page.waitForFunction(() => [...document.querySelectorAll('figure.chart')].every((f) => f.childElementCount)); },
            }));
    }
    assert.deepEqual(found, []);
});
