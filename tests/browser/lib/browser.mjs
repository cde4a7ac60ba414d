// Chromium for tests, signing in through the page, and what every page must be.
import { chromium } from 'playwright-core';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { PASSWORD } from './app.mjs';

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function launch() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'],
    });
}

/** A page of someone who has signed in. options: of the browser context. */
export async function signIn(browser, url, login, options = {}) {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    const page = await context.newPage();
    page.errors = [];
    page.on('pageerror', (e) => page.errors.push(String(e)));
    // A person with many windows open is refused a fifth stream, and asks instead.
    const full = (m) => m.text().includes('503') && m.location().url.includes('/api/v1/events');
    page.on('console', (m) => { if (m.type() === 'error' && !full(m)) page.errors.push(m.text()); });
    await page.goto(`${url}/login`);
    await page.fill('#login', login);
    await page.fill('#password', PASSWORD);
    await Promise.all([page.waitForURL((u) => u.pathname !== '/login'), page.click('form[action="/login"] button')]);
    return page;
}

/** Violations of WCAG 2.2 A and AA as lines; none when all is well. */
export async function axe(page) {
    await page.evaluate(axeSource);
    const found = await page.evaluate(() => window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }));
    return found.violations.flatMap((v) => v.nodes.map((n) =>
        `${v.id}: ${v.help}: ${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`));
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
