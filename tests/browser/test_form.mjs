// Forms: live while one types, and the same without script.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { launch, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';

let app, browser;
before(async () => { app = await clinic(); browser = await launch(); });
after(async () => { await browser?.close(); await app?.stop(); });

const save = (page) => Promise.all([page.waitForNavigation(), page.click('.actions button.main')]);
// A form whose script has taken hold of it.
const open = async (page, at) => { const answer = await page.goto(app.url + at); await page.locator('form[data-live]').waitFor(); return answer; };
const option = (page, select, label) => page.selectOption(select, { label });

test('a condition shows, hides and requires a field while one types', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await open(page, '/f/keeper/new');
    const policy = page.locator('.field[data-field="policy"]');
    assert.equal(await policy.isVisible(), false);
    await page.selectOption('#f-insurance', 'basic');
    await policy.waitFor({ state: 'visible' });
    assert.equal(await policy.locator('.must').count(), 0);
    await page.selectOption('#f-insurance', 'full');
    await policy.locator('.must').waitFor();
    assert.equal(await page.locator('#f-policy').getAttribute('required'), '');
    await page.selectOption('#f-insurance', 'none');
    await policy.waitFor({ state: 'hidden' });
    assert.deepEqual(page.errors, []);
});

test('what the server refuses comes back beside the fields with all that was typed', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await open(page, '/f/keeper/new');
    await page.selectOption('#f-insurance', 'full');
    await page.fill('#f-policy', 'nonsense');
    await page.fill('#f-note', 'first line\nsecond line');
    const [answer] = await save(page);
    assert.equal(answer.status(), 422);
    assert.equal(await page.inputValue('#f-policy'), 'nonsense');
    assert.equal(await page.inputValue('#f-note'), 'first line\nsecond line');
    assert.match(await page.textContent('#f-name-issue'), /required/);
    assert.ok(await page.locator('#f-policy-issue').isVisible());
    await page.waitForFunction(() => document.activeElement.matches('[data-summary]'));
    await page.fill('#f-name', 'Bert Brandt');
    await page.fill('#f-policy', 'XY654321');
    await save(page);
    assert.match(page.url(), /\/f\/keeper\/\d+\?created=1$/);
    assert.match(await page.textContent('h1'), /Bert Brandt/);
});

test('rows, defaults that follow and totals are there while one types', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await open(page, '/f/visit/new');
    await option(page, '#f-pet', 'Rex (Anna Schmidt)');
    await page.waitForFunction(() => document.querySelector('#f-payer')?.selectedOptions?.[0]?.label === 'Anna Schmidt');
    await page.fill('#f-starts_at', '2030-05-06T10:00');
    await page.click('[data-add]');
    await option(page, '#f-treatments-0-medicine', 'Amoxicillin');
    await page.waitForFunction(() => document.querySelector('#f-treatments-0-price').value === '12.50');
    await page.fill('#f-treatments-0-quantity', '3');
    await page.waitForFunction(() => document.querySelector('#f-treatments-0-sum').textContent === '€37.50');
    // (37.50 + 45.00) less the payer's 10 %
    await page.waitForFunction(() => document.querySelector('#f-total').textContent === '€74.25');
    await page.click('[data-add]');
    await page.click('tr[data-row="1"] [data-remove]');
    await save(page);
    assert.match(page.url(), /\/f\/visit\/\d+\?created=1$/);
    const text = await page.textContent('main');
    for (const part of ['Amoxicillin', '€37.50', '€74.25', 'Anna Schmidt', '2030-05-06 10:00'])
        assert.ok(text.includes(part), part);
    assert.deepEqual(page.errors, []);
});

test('the same without script: issues, rows added and taken away by buttons', async () => {
    const page = await signIn(browser, app.url, 'chief', { javaScriptEnabled: false });
    await page.goto(`${app.url}/f/visit/new`);
    await page.click('button[name="_add"]');
    assert.equal(await page.locator('tr[data-row]').count(), 1);
    await option(page, '#f-pet', 'Rex (Anna Schmidt)');
    await option(page, '#f-treatments-0-medicine', 'Meloxicam');
    await page.fill('#f-treatments-0-quantity', '2');
    await page.click('.actions button.main');
    assert.match(await page.textContent('#f-starts_at-issue'), /required/);
    assert.equal(await page.inputValue('#f-treatments-0-quantity'), '2');
    await page.fill('#f-starts_at', '2030-05-07T11:00');
    await page.click('.actions button.main');
    assert.match(page.url(), /created=1/);
    assert.ok((await page.textContent('main')).includes('€17.80'));     // 2 × 8.90, the list price
    await page.click('a[href$="/edit"]');
    await page.click('button[name="_add"]');
    await option(page, '#f-treatments-1-medicine', 'Amoxicillin');
    await page.check('input[name="treatments.0._remove"]');
    await page.click('.actions button.main');
    const text = await page.textContent('main');
    assert.ok(text.includes('Amoxicillin') && !/Treatments.*Meloxicam.*Bill/s.test(text.split('Timeline')[0]));
});

test('two people on one record merge by field, and see where both changed the same', async () => {
    const visit = await app.visit({ reason: 'Check-up', minutes: 30 });
    const at = `/f/visit/${visit.id}/edit`;
    const one = await signIn(browser, app.url, 'chief'), two = await signIn(browser, app.url, 'chief');
    await open(one, at);
    await open(two, at);
    await one.fill('#f-minutes', '40');
    await save(one);
    await two.fill('#f-reason', 'Limping');
    await save(two);
    assert.match(two.url(), /saved=1/);
    let now = await app.chief.call('GET', `/forms/visit/records/${visit.id}`);
    assert.deepEqual([Number(now.minutes), now.reason], [40, 'Limping']);
    await open(one, at);
    await open(two, at);
    await one.fill('#f-minutes', '50');
    await save(one);
    await two.fill('#f-minutes', '60');
    const [answer] = await save(two);
    assert.equal(answer.status(), 412);
    assert.equal(await two.inputValue('#f-minutes'), '60');
    assert.match(await two.textContent('.field[data-field="minutes"]'), /Now stored: 50/);
    await save(two);
    now = await app.chief.call('GET', `/forms/visit/records/${visit.id}`);
    assert.equal(Number(now.minutes), 60);
});

test('a form left half filled in is offered again, and one that was sent is not', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await open(page, '/f/medicine/new');
    await page.fill('#f-name', 'Ketamine');
    await page.waitForFunction(() => Object.keys(localStorage).some((k) => k.startsWith('draft:')));
    page.on('dialog', (d) => d.accept());
    await page.fill('#f-price', '20');
    await open(page, '/f/medicine/new');             // at once
    await page.click('text=Put it back');
    assert.equal(await page.inputValue('#f-name'), 'Ketamine');
    assert.equal(await page.inputValue('#f-price'), '20');
    await save(page);
    assert.match(page.url(), /created=1/);
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('draft:')).length), 0);
});

test('what was sent and not taken is offered again: the session had ended, the line was cut', async () => {
    const page = await signIn(browser, app.url, 'chief');
    const cookies = await page.context().cookies();
    await open(page, '/f/medicine/new');
    await page.fill('#f-name', 'Lidocaine');
    await page.context().clearCookies();
    await save(page);
    assert.doesNotMatch(await page.textContent('main'), /Lidocaine/);
    await page.context().addCookies(cookies);
    await open(page, '/f/medicine/new');
    await page.click('text=Put it back');
    await page.fill('#f-price', '7');
    await page.route('**/f/medicine/new', (route) => route.abort(), { times: 1 });
    await Promise.all([page.waitForEvent('requestfailed'), page.click('.actions button.main')]);
    await page.waitForURL(/^chrome-error:/);
    await open(page, '/f/medicine/new');
    await page.click('text=Put it back');
    assert.deepEqual([await page.inputValue('#f-name'), await page.inputValue('#f-price')], ['Lidocaine', '7.00']);
});

test('a copy brings the values, a related list its link, save-and-new another form', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await open(page, `/f/pet/new?copy=${app.pet.id}`);
    assert.equal(await page.inputValue('#f-name'), 'Rex');
    assert.equal(await page.locator('input[name="allergies[]"]:checked').getAttribute('value'), 'pollen');
    await page.goto(`${app.url}/f/keeper/${app.keeper.id}`);
    await page.click(`a[href="/f/pet/new?keeper=${app.keeper.id}"]`);
    assert.equal(await page.locator('select[name="keeper"]').inputValue(), String(app.keeper.id));
    await page.fill('#f-name', 'Mia');
    await page.selectOption('#f-species', 'cat');
    await Promise.all([page.waitForNavigation(), page.click('button[name="_more"]')]);
    assert.match(page.url(), /\/f\/pet\/new\?created=1$/);
    assert.equal(await page.inputValue('#f-name'), '');
});
