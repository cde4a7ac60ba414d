// A board as people use it: it is touched only once its script is live.
import { letGo } from './browser.mjs';

export const card = (page, id) => page.locator(`.card[data-id="${id}"]:not([data-dnd-placeholder])`);

export async function openBoard(page, url) {
    await page.goto(url);
    await page.locator('[data-board][data-live]').waitFor();
}

/** Takes the card, once the last one has landed, by its lower edge to the column and lets go. */
export async function drag(page, id, column) {
    await page.locator('[data-dnd-dragging]').waitFor({ state: 'detached' });
    const from = await card(page, id).boundingBox();
    const to = await page.locator(`[data-stage="${column}"]`).boundingBox();
    await page.mouse.move(from.x + 20, from.y + from.height - 8);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + from.height, { steps: 4 });
    await page.mouse.move(to.x + to.width / 2, to.y + 120, { steps: 12 });
    await page.mouse.move(to.x + to.width / 2, to.y + 124, { steps: 2 });
    await letGo(page);
}

export const inColumn = (page, id, column) => page.waitForFunction(([i, c]) =>
    document.querySelector(`.card[data-id="${i}"]`)?.closest('[data-stage]').dataset.stage === c, [id, column]);
