// Every page: valid markup, no violation that axe finds, nothing wider than a phone, no error of
// a script; in both languages, light and dark.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { PASSWORD } from './lib/app.mjs';
import { judge, launch, newPage, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser;
const pages = [];
const refused = [['/f/visit?filter=minutes+%3E+', 422], ['/f/pet/filter?n=1&f0=weight&o0=from&v0=x&apply=1', 422],
    ['/f/nothing', 404], ['/f/visit/999999', 404]];
before(async () => {
    app = await clinic();
    browser = await launch();
    const visit = await app.visit({ reason: 'Limps', treatments: [{ medicine: app.medicine.id, quantity: 2 }] });
    await app.chief.move('visit', visit.id, 'arrive');
    await app.chief.call('POST', `/forms/visit/records/${visit.id}/comments`, { text: 'Called the keeper' });
    await app.root.call('POST', `/forms/visit/records/${visit.id}/reminders`, { at: 'workday', text: 'Ring the keeper' });
    const gone = await app.visit({ reason: 'A mistake' });
    await app.root.call('DELETE', `/forms/visit/records/${gone.id}`);
    pages.push('/', '/messages', '/profile', '/admin', '/admin/jobs', '/admin/jobs?state=waiting', '/admin/runs', '/tasks?list=done', '/f/user/3/hand-over',
        '/workflows/care?from=', '/workflows/emergency', '/f/visit?passed=care,lost,waiting,2026-01-01,2030-01-01', '/f/visit', '/f/visit?view=board',
        '/f/visit?q=limps', `/f/visit/${visit.id}`, `/f/visit/${visit.id}/edit`, '/f/visit/new',
        `/f/visit/${visit.id}/move/treat`, '/bin/visit', `/f/keeper/${app.keeper.id}`, '/f/keeper/new',
        '/f/pet', '/f/pet?view=all', '/f/pet?view=cards', '/f/visit?view=plan&month=2030-03', '/f/visit?view=plan&week=2030-03-04',
        '/f/pet?view=births&month=2019-04', '/f/pet?view=all&filter=' + encodeURIComponent("species in ['dog'] and weight + 1 > 3 and keeper = 1"),
        '/f/pet/filter?view=all&filter=' + encodeURIComponent("species in ['dog'] and weight + 1 > 3 and keeper = 1 and born_on between '2019-01-01' and '2020-01-01'"),
        '/f/pet/columns?view=all', '/f/pet/views?view=all&filter=alive', `/f/pet/${app.pet.id}`, `/f/pet/${app.pet.id}/edit`, '/f/medicine', '/f/user', '/f/user/1',
        '/f/user/new', '/f/department');
});
after(async () => { await browser?.close(); await app?.stop(); });

for (const lang of ['en', 'zh']) {
    test(`every page is sound in ${lang}`, async () => {
        const page = await signIn(browser, app.url, 'root');
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        const found = [];
        for (const at of pages) found.push(...await judge(page, app.url + at, lang));
        for (const [at, status] of refused) found.push(...await judge(page, app.url + at, lang, { status }));
        assert.deepEqual(found, []);
    });

    test(`the sign-in page is sound in ${lang}`, async () => {
        const page = await newPage(browser, { locale: lang === 'zh' ? 'zh-CN' : 'en-GB' });
        assert.deepEqual(await judge(page, `${app.url}/login`, lang), []);
    });
}

test('the language is switched on the page and kept', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await page.goto(`${app.url}/f/keeper?view=all`);
    await page.click('summary.who');
    await page.click('button:has-text("中文")');
    await page.waitForURL(/\/f\/keeper\?view=all/);
    assert.equal(await page.getAttribute('html', 'lang'), 'zh');
    assert.match(await page.textContent('h1'), /主人/);
    await page.goto(`${app.url}/`);
    assert.match(await page.textContent('main'), /待跟进/);
});

test('the page of one who may less shows less: no hidden field, masks, no buttons', async () => {
    const page = await signIn(browser, app.url, 'vet');
    await page.goto(`${app.url}/f/keeper/${app.keeper.id}`);
    const facts = (await page.locator('dl.facts').allTextContents()).join();
    assert.match(facts, /AB\*{6}/);
    assert.doesNotMatch(facts, /Spent/);
    assert.equal(await page.locator('a[href$="/edit"]').count(), 0);
    assert.doesNotMatch(await page.content(), /AB123456/);
    const list = await page.goto(`${app.url}/f/keeper?view=all`);
    assert.equal(list.status(), 200);             // though its view sorts by what is hidden
    assert.doesNotMatch(await list.text(), /Spent/);
    assert.ok(await page.locator('tbody[data-rows] tr').count());
    assert.equal((await page.goto(`${app.url}/f/keeper/new`)).status(), 403);
});

for (const javaScriptEnabled of [true, false])
    test(`a wrong password says so without telling what was wrong, the right one leads on, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
        const page = await newPage(browser, { javaScriptEnabled });
        await page.goto(`${app.url}/login?next=%2Ff%2Fpet`);
        await page.fill('#login', 'chief');
        await page.fill('#password', 'not it at all');
        await page.click('form[action="/login"] button');
        assert.ok(await page.locator('[role="alert"]').isVisible());
        assert.equal(await page.inputValue('#login'), 'chief');
        assert.equal(await page.inputValue('input[name="next"]'), '/f/pet');
        await page.fill('#password', PASSWORD);
        await page.click('form[action="/login"] button');
        await page.waitForURL((u) => u.pathname === '/f/pet');
        assert.match(await page.textContent('summary.who'), /Clara Chief/);
    });
