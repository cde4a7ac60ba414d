// Chromium for tests, windows of people who have signed in, and what every page must be.
import { chromium } from 'playwright-core';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach } from 'node:test';
import { signedIn } from './app.mjs';
import { mistakes } from './markup.mjs';

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// The shell is the same browser without a desktop's window: a quarter of its work less.
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export function launch() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? programs.find((x) => fs.existsSync(x)), args: ['--no-sandbox'],
    });
}

// What a test opened is closed with it: idle windows follow what happens, and that costs time.
const opened = new Set();
afterEach(async () => {
    await Promise.all([...opened].map((context) => context.close()));
    opened.clear();
});

/** An empty page in a browser of its own; page.errors: what its scripts complained of. */
export async function newPage(browser, options = {}) {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    opened.add(context);
    const page = await context.newPage();
    page.errors = [];
    page.on('pageerror', (e) => page.errors.push(String(e)));
    // A person with many windows open is refused a fifth stream, and asks instead.
    const full = (m) => m.text().includes('503') && m.location().url.includes('/api/v1/events');
    page.on('console', (m) => { if (m.type() === 'error' && !full(m)) page.errors.push(m.text()); });
    return page;
}

/** The same of someone who has signed in. options: of the browser context. */
export async function signIn(browser, url, login, options = {}) {
    const page = await newPage(browser, options);
    const [name, value] = (await signedIn(url, login)).cookie.split('=');
    await page.context().addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }]);
    return page;
}

/** Lets the mouse go, once the page has drawn where it was moved to: what is dragged knows its place then. */
export async function letGo(page) {
    await page.evaluate(() => new Promise((go) => { requestAnimationFrame(() => requestAnimationFrame(go)); }));
    await page.mouse.up();
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Violations of WCAG 2.2 A and AA, or of these rules, as lines; none when all is well. */
export async function axe(page, runOnly = WCAG) {
    if (!await page.evaluate(() => 'axe' in window)) {
        await page.addInitScript(axeSource);                 // for the pages that follow
        await page.evaluate(axeSource);
    }
    return page.evaluate(async (only) => {
        const found = await window.axe.run(document, { runOnly: only, resultTypes: ['violations'] });
        return found.violations.flatMap((v) => v.nodes.map((n) =>
            `${v.id}: ${v.help}: ${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`));
    }, runOnly);
}

/** By how many pixels the page is wider than its window, and because of what. */
export function overflow(page) {
    return page.evaluate(() => {
        const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        if (wide <= 0) return '';
        const guilty = [...document.querySelectorAll('body *')].filter((e) =>
            e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
        return `${wide}px: ${guilty.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(' | ')}`;
    });
}

/**
 * Opens a page and says in lines what is wrong with it: its markup as it was sent and its language;
 * what axe finds in light and dark; where it is wider than the window; what scripts complained of.
 * @param {{status?: number, widths?: number[], look?: (width: number) => Promise<unknown>}} [than]
 */
export async function judge(page, url, lang, { status = 200, widths = [360], look } = {}) {
    const found = [];
    const answer = await page.goto(url);
    if (answer.status() !== status) found.push(`status ${answer.status()}`);
    for (const m of await mistakes(await answer.text())) found.push(`markup ${m}`);
    if (await page.getAttribute('html', 'lang') !== lang) found.push('wrong language');
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const v of await axe(page, colorScheme === 'dark' ? ['color-contrast'] : undefined)) found.push(`${colorScheme} ${v}`);
    }
    for (const width of widths) {
        await page.setViewportSize({ width, height: 740 });
        const wide = await overflow(page);
        if (wide) found.push(`at ${width} px wider by ${wide}`);
        await look?.(width);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    const failed = status >= 400 ? /Failed to load resource/ : /^$/;
    for (const e of page.errors.splice(0)) if (!failed.test(e)) found.push(`script: ${e}`);
    return found.map((x) => `${new URL(url).pathname + new URL(url).search} (${lang}): ${x}`);
}
