// File fields with real uploads: chosen, dropped, pasted, drawn; removed, refused; with and
// without script.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { deflateSync, crc32 } from 'node:zlib';
import { axe, launch, overflow, signIn } from './lib/browser.mjs';
import { clinic } from './lib/clinic.mjs';
import { mistakes } from './lib/markup.mjs';

// Real pictures, made here: a gradient.
function png(width, height) {
    const chunk = (kind, data) => {
        const body = Buffer.concat([Buffer.from(kind), data]);
        const out = Buffer.alloc(body.length + 8);
        out.writeUInt32BE(data.length, 0);
        body.copy(out, 4);
        out.writeUInt32BE(sum(body), body.length + 4);
        return out;
    };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 2, 0, 0, 0], 8);
    const rows = Buffer.alloc(height * (1 + width * 3));
    for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1)
            rows.set([(x * 255) / width, (y * 200) / height, 160], y * (1 + width * 3) + 1 + x * 3);
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function sum(data) {
    if (crc32) return crc32(data);
    let c = ~0;
    for (const b of data) {
        c ^= b;
        for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    return ~c >>> 0;
}

let app, browser, place;
const file = (name, data) => {
    const at = path.join(place, name);
    fs.writeFileSync(at, data);
    return at;
};
before(async () => {
    place = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-files-'));
    app = await clinic();
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await app?.stop();
    fs.rmSync(place, { recursive: true, force: true });
});

const save = (page) => Promise.all([page.waitForNavigation(), page.click('.actions button.main')]);
const edit = async (page, form, id) => {
    await page.goto(`${app.url}/f/${form}/${id}/edit`);
    await page.locator('form[data-live]').waitFor();
};
const look = (page, name) => process.env.SHOTS
    ? page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`), fullPage: true }) : null;
const newPet = (name) => app.chief.create('pet', { name, keeper: app.keeper.id, species: 'dog' });
const box = (page, key) => page.locator(`[data-files="${key}"]`);

test('a picture is chosen, goes up, is shown, saved, and taken away again', async () => {
    const pet = await newPet('Photo');
    const page = await signIn(browser, app.url, 'chief');
    await edit(page, 'pet', pet.id);
    await page.setInputFiles('#f-photo', file('rex at home.png', png(900, 600)));
    await box(page, 'photo').locator('li[data-file] img').waitFor();
    assert.match(await box(page, 'photo').textContent(), /rex at home\.png/);
    await look(page, 'form-photo');
    await save(page);
    const shown = page.locator('dd a.file img');
    await shown.waitFor();
    await page.waitForFunction(() => { const i = document.querySelector('dd a.file img'); return i.complete && i.naturalWidth > 0; });
    await look(page, 'record-photo');
    assert.equal((await app.chief.call('GET', `/forms/pet/records/${pet.id}`)).photo.name, 'rex at home.png');
    await page.goto(`${app.url}/f/pet?view=all`);
    await page.waitForFunction(() => [...document.querySelectorAll('td a.file img')].some((i) => i.complete && i.naturalWidth > 0));
    await edit(page, 'pet', pet.id);
    await box(page, 'photo').getByRole('button', { name: /Remove rex at home/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-photo');
    await save(page);
    assert.equal((await app.chief.call('GET', `/forms/pet/records/${pet.id}`)).photo, null);
    assert.deepEqual(page.errors, []);
});

test('several files are chosen, dropped and pasted; one is removed before it is saved', async () => {
    const pet = await newPet('Papers');
    const page = await signIn(browser, app.url, 'chief');
    await edit(page, 'pet', pet.id);
    const papers = box(page, 'papers');
    await page.setInputFiles('#f-papers', [file('a.txt', 'one'), file('b.txt', 'two')]);
    await papers.locator('li[data-file]').nth(1).waitFor();
    const give = (kind, name) => page.evaluate(([type, called]) => {
        const data = new DataTransfer();
        data.items.add(new File(['text of it'], called, { type: 'text/plain' }));
        const at = document.querySelector('[data-files="papers"]');
        const event = type === 'drop' ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        at.dispatchEvent(event);
    }, [kind, name]);
    await give('drop', 'dropped.txt');
    await papers.getByRole('link', { name: 'dropped.txt' }).waitFor();
    await give('paste', '粘贴.txt');
    await papers.getByRole('link', { name: '粘贴.txt' }).waitFor();
    await papers.getByRole('button', { name: 'Remove b.txt' }).click();
    await look(page, 'form-papers');
    await save(page);
    const saved = await app.chief.call('GET', `/forms/pet/records/${pet.id}`);
    assert.deepEqual(saved.papers.map((f) => f.name), ['a.txt', 'dropped.txt', '粘贴.txt']);
    assert.match(await page.textContent('dl.facts'), /粘贴\.txt/);
    assert.match(await page.textContent('.timeline'), /粘贴\.txt/);
    assert.deepEqual(page.errors, []);
});

test('what is too large or of another kind is refused with the reason', async () => {
    const pet = await newPet('Refused');
    const page = await signIn(browser, app.url, 'chief');
    await edit(page, 'pet', pet.id);
    await page.setInputFiles('#f-photo', file('large.png', Buffer.alloc(5 * 1024 * 1024 + 1)));
    const note = box(page, 'photo').locator('.issue');
    await note.waitFor();
    assert.match(await note.textContent(), /large\.png is larger than 5\.0 MB/);
    await page.setInputFiles('#f-photo', file('fake.png', '<html><body>no picture</body></html>'));
    await box(page, 'photo').getByRole('link', { name: 'fake.png.html' }).waitFor();
    const [answer] = await save(page);
    assert.equal(answer.status(), 422);
    assert.match(await page.textContent('#f-photo-issue'), /text\/html/);
    await look(page, 'form-refused');
});

test('a signature is drawn, cleared, drawn again and kept as a picture', async () => {
    const visit = await app.visit({ reason: 'Signs' });
    const page = await signIn(browser, app.url, 'chief');
    await edit(page, 'visit', visit.id);
    const sign = box(page, 'consent');
    await sign.getByRole('button', { name: 'Sign here' }).click();
    const canvas = sign.locator('canvas');
    await canvas.waitFor();
    await canvas.scrollIntoViewIfNeeded();
    const draw = async () => {
        const at = await canvas.boundingBox();
        await page.mouse.move(at.x + 20, at.y + 30);
        await page.mouse.down();
        for (let i = 1; i < 12; i += 1) await page.mouse.move(at.x + 20 + i * 12, at.y + 30 + (i % 3) * 12, { steps: 3 });
        await page.mouse.up();
    };
    await draw();
    await sign.getByRole('button', { name: 'Clear' }).click();
    await draw();
    await look(page, 'form-signature');
    await sign.getByRole('button', { name: 'Take over' }).click();
    await sign.getByRole('link', { name: 'signature.png' }).waitFor();
    await save(page);
    const saved = await app.chief.call('GET', `/forms/visit/records/${visit.id}`);
    assert.equal(saved.consent.type, 'image/png');
    assert.deepEqual(page.errors, []);
});

test('a file in a new row of a subform is kept with the row', async () => {
    const visit = await app.visit({ reason: 'Rows' });
    const page = await signIn(browser, app.url, 'chief');
    await edit(page, 'visit', visit.id);
    await page.click('[data-add]');
    await page.selectOption('#f-treatments-0-medicine', { label: 'Meloxicam' });
    await page.setInputFiles('#f-treatments-0-leaflet', file('leaflet.pdf', '%PDF-1.4\n%%EOF\n'));
    await box(page, 'treatments.0.leaflet').locator('li[data-file]').waitFor();
    await look(page, 'form-row');
    await save(page);
    const saved = await app.chief.call('GET', `/forms/visit/records/${visit.id}`);
    assert.equal(saved.treatments[0].leaflet.name, 'leaflet.pdf');
    assert.deepEqual(page.errors, []);
});

test('what could run is saved and never opened; a picture opens', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await page.goto(app.url);
    const send = (name, text) => page.evaluate(async ([called, data]) => {
        const csrf = document.querySelector('meta[name="csrf"]').content;
        const answer = await fetch(`/api/v1/files?name=${called}`, { method: 'POST', headers: { 'X-CSRF-Token': csrf },
            body: new Blob([typeof data === 'string' ? data : new Uint8Array(data)]) });
        return (await answer.json()).url;
    }, [name, text]);
    for (const [name, text] of [['a.html', '<!doctype html><html><script>document.title = "ran"</script></html>'],
        ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "ran"</script></svg>']]) {
        const url = await send(name, text);
        const [saved] = await Promise.all([page.waitForEvent('download'), page.goto(app.url + url).catch(() => null)]);
        assert.equal(saved.suggestedFilename(), name);
        assert.notEqual(await page.title(), 'ran');
    }
    await page.goto(app.url + await send('p.png', [...png(30, 20)]));
    assert.equal(await page.evaluate(() => document.images[0].naturalWidth), 30);
    assert.equal(await page.evaluate(() => { try { return document.cookie; } catch (e) { return e.name; } }), 'SecurityError');
});

test('a draft brings uploaded files back', async () => {
    const page = await signIn(browser, app.url, 'chief');
    await page.goto(`${app.url}/f/pet/new`);
    await page.locator('form[data-live]').waitFor();
    await page.fill('#f-name', 'Draft');
    await page.setInputFiles('#f-papers', file('kept.txt', 'kept'));
    await box(page, 'papers').locator('li[data-file]').waitFor();
    await page.waitForFunction(() => (localStorage.getItem('draft:/f/pet/new') ?? '').includes('kept.txt'));
    page.on('dialog', (d) => d.accept());
    await page.goto(`${app.url}/f/pet/new`);
    await page.getByRole('button', { name: 'Put it back' }).click();
    await box(page, 'papers').getByRole('link', { name: 'kept.txt' }).waitFor();
});

test('the same without script: files come with the form, boxes keep and remove them', async () => {
    const pet = await newPet('Plain');
    const page = await signIn(browser, app.url, 'chief', { javaScriptEnabled: false });
    await page.goto(`${app.url}/f/pet/${pet.id}/edit`);
    await page.setInputFiles('#f-photo', file('p.png', png(60, 60)));
    await page.setInputFiles('#f-papers', [file('a.txt', 'one'), file('b.txt', 'two')]);
    await page.click('.actions button.main');
    let saved = await app.chief.call('GET', `/forms/pet/records/${pet.id}`);
    assert.equal(saved.photo.name, 'p.png');
    assert.deepEqual(saved.papers.map((f) => f.name), ['a.txt', 'b.txt']);
    const answer = await page.goto(`${app.url}/f/pet/${pet.id}/edit`);
    await look(page, 'form-no-script');
    assert.deepEqual(await mistakes(await answer.text()), []);
    await page.locator('input[type="checkbox"][name="photo"]').check();
    await page.locator('input[type="checkbox"][name="papers[]"]').first().uncheck();
    await page.click('.actions button.main');
    saved = await app.chief.call('GET', `/forms/pet/records/${pet.id}`);
    assert.equal(saved.photo, null);
    assert.deepEqual(saved.papers.map((f) => f.name), ['b.txt']);
    // What a refused form brought is there still.
    await page.goto(`${app.url}/f/pet/${pet.id}/edit`);
    await page.fill('#f-name', '');
    await page.setInputFiles('#f-photo', file('q.png', png(40, 40)));
    await page.click('.actions button.main');
    assert.match(await page.textContent('[data-files="photo"]'), /q\.png/);
    await page.fill('#f-name', 'Plain again');
    await page.click('.actions button.main');
    saved = await app.chief.call('GET', `/forms/pet/records/${pet.id}`);
    assert.equal(saved.photo.name, 'q.png');
});

for (const lang of ['en', 'zh'])
    test(`forms and records with files are sound in ${lang}, light, dark and at 360 px`, async () => {
        const pet = await newPet('Sound');
        const page = await signIn(browser, app.url, 'chief');
        await page.context().addCookies([{ name: 'lang', value: lang, url: app.url }]);
        await edit(page, 'pet', pet.id);
        await page.setInputFiles('#f-photo', file('s.png', png(300, 200)));
        await page.setInputFiles('#f-papers', [file('a rather long name of a paper that was scanned twice.txt', 'one'), file('报告.txt', '二')]);
        await box(page, 'papers').locator('li[data-file]').nth(1).waitFor();
        await box(page, 'photo').locator('li[data-file]').waitFor();
        const judge = async (name) => {
            for (const colorScheme of ['light', 'dark']) {
                await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
                for (const width of [1440, 360]) {
                    await page.setViewportSize({ width, height: 800 });
                    await look(page, `${name}-${lang}-${colorScheme}-${width}`);
                    assert.equal(await overflow(page), '');
                }
                await page.setViewportSize({ width: 1440, height: 800 });
                assert.deepEqual(await axe(page), []);
            }
        };
        await judge('sound-form');
        await save(page);
        await judge('sound-record');
        assert.deepEqual(page.errors, []);
    });
