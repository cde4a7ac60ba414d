// The designer as people use it.

/** Takes something, once the last one has landed, and lets it go over the upper or lower part of another thing. */
export async function drag(page, from, to, part = 0.25) {
    await page.locator('[data-dnd-dragging]').waitFor({ state: 'detached' });
    await from.scrollIntoViewIfNeeded();
    const a = await from.boundingBox();
    await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
    await page.mouse.down();
    await page.mouse.move(a.x + a.width / 2 + 12, a.y + a.height / 2 + 12, { steps: 4 });
    const b = await to.boundingBox();
    await page.mouse.move(b.x + b.width / 2, b.y + b.height * part, { steps: 12 });
    await page.mouse.move(b.x + b.width / 2 + 2, b.y + b.height * part, { steps: 2 });
    await page.mouse.up();
}
