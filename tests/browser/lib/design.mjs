// The designer as people use it.

/** Keeps every edit from the server until go(): what one does meanwhile is faster than any answer. */
export async function hold(page) {
    let go;
    const wait = new Promise((done) => { go = done; });
    await page.route('**/api/v1/definitions/edit', async (route) => { await wait; await route.continue(); });
    return go;
}

const inside = async (what, part = 0.5, along = 'y') => {
    const b = await what.boundingBox();
    return { x: b.x + b.width * (along === 'x' ? part : 0.5), y: b.y + b.height * (along === 'x' ? 0.5 : part) };
};

/** Where it is, once it is in view: a page that is drawn anew has it again. */
async function seen(what) {
    for (let i = 0; i < 50; i += 1) {
        try {
            await what.scrollIntoViewIfNeeded({ timeout: 2000 });
            const box = await what.boundingBox();
            if (box) return box;
        } catch (e) {
            if (!/not attached/.test(e.message)) throw e;
        }
    }
    throw new Error('it does not stay in the page');
}

/** Goes there until it is seen there: what comes meanwhile may push it away. part null: into it. */
async function over(page, to, part, along, move) {
    const side = part === null ? 'in' : part < 0.5 ? 'before' : 'after';
    for (let i = 0; i < 100; i += 1) {
        const at = await inside(to, part ?? 0.5, along);
        await move({ x: at.x + i % 2, y: at.y });
        await page.evaluate(() => new Promise((go) => { requestAnimationFrame(() => requestAnimationFrame(go)); }));
        if (await to.getAttribute('data-drop') === side) return;
    }
    throw new Error(`it is not seen ${side} it`);
}

/** Takes something, once the last one has landed, and lets it go over the upper or lower part of another thing; along x: the left or right one. */
export async function drag(page, from, to, part = 0.25, along = 'y') {
    await page.locator('[data-dnd-dragging]').waitFor({ state: 'detached' });
    const a = await seen(from);
    await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
    await page.mouse.down();
    await page.mouse.move(a.x + a.width / 2 + 12, a.y + a.height / 2 + 12, { steps: 4 });
    await over(page, to, part, along, (at) => page.mouse.move(at.x, at.y, { steps: 12 }));
    await page.mouse.up();
}

/** A finger: down, moved, up. */
async function finger(page) {
    const cdp = await page.context().newCDPSession(page);
    const send = (type, ...touchPoints) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints });
    return {
        down: (at) => send('touchStart', at),
        async move(a, b) { for (const n of [0.1, 0.3, 0.5, 0.7, 0.9, 1]) await send('touchMove', { x: a.x + (b.x - a.x) * n, y: a.y + (b.y - a.y) * n }); },
        up: () => send('touchEnd'),
    };
}

/** Takes it where it is and pulls by so many pixels. */
export async function fingerPull(page, what, dx, dy) {
    const hand = await finger(page);
    const a = await inside(what);
    await hand.down(a);
    await hand.move(a, { x: a.x + dx, y: a.y + dy });
    await hand.up();
}

/** Moves what is there upwards by so many pixels, taking it there. */
export const fingerScroll = (page, what, by) => fingerPull(page, what, 0, -by);

/** Until nothing scrolls any more: a finger put down meanwhile stops that, and takes nothing. */
const still = (page) => page.evaluate(() => new Promise((go) => {
    let frames = 0;
    document.addEventListener('scroll', () => { frames = 0; }, true);
    const look = () => { frames += 1; if (frames > 12) go(); else requestAnimationFrame(look); };
    look();
}));

/** Holds something until it can be taken, or takes it by its handle; lets it go over a part of another thing. */
export async function fingerDrag(page, from, to, part = 0.25, held = true, along = 'y') {
    const hand = await finger(page);
    await page.locator('[data-dnd-dragging]').waitFor({ state: 'detached' });
    await seen(from);
    await still(page);
    const a = await inside(from);
    await hand.down(a);
    if (held) await page.locator('[data-dnd-dragging]').first().waitFor();
    let last = a;
    await over(page, to, part, along, async (b) => { await hand.move(last, b); last = b; });
    await hand.up();
}
