// node cmake/web.mjs WEB OUT ROOT: everything the browser gets, as one assembler file and one table,
// and below templates/ the apps that one can begin from: those of ROOT/templates and ROOT itself.
//
// pages/ fields/ css/ img/ go in as they are; js/ goes through esbuild (every file of js/,
// js/controls/ and js/lib/ keeps its name, what they share becomes js/chunk-HASH.js);
// i18n/LANG.json holds the translations of one language.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const [web, out, root] = process.argv.slice(2).map((p) => path.resolve(p));
const files = new Map();        // path in the program → file on disk

function walk(folder) {
    if (!fs.existsSync(folder)) return [];
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
        const full = path.join(folder, e.name);
        return e.isDirectory() ? walk(full) : [full];
    }).sort();
}

function copy(folder) {
    for (const file of walk(path.join(web, folder)))
        files.set(path.relative(web, file), file);
}

async function bundle() {
    const js = path.join(web, 'js');
    const entryPoints = walk(js).filter((f) => f.endsWith('.js')
        && /^([^/]+|controls\/[^/]+|lib\/[^/]+|design\/main\.js)$/.test(path.relative(js, f)));
    const outdir = path.join(out, 'js');
    fs.rmSync(outdir, { recursive: true, force: true });
    if (!entryPoints.length) return;
    const esbuild = createRequire(path.join(web, 'package.json'))('esbuild');
    await esbuild.build({
        entryPoints, outdir, outbase: js, bundle: true, splitting: true, format: 'esm',
        minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none',
        jsx: 'automatic', jsxImportSource: 'preact',
        chunkNames: 'chunk-[hash]', logLevel: 'warning',
    });
    for (const file of walk(outdir)) files.set(path.relative(out, file), file);
}

function starters() {
    const folder = path.join(root, 'templates');
    for (const file of walk(folder)) files.set(`templates/${path.relative(folder, file)}`, file);
    files.set('templates/crm/app.yaml', path.join(root, 'app.yaml'));
    for (const [from, to] of [['forms'], ['workflows'], ['dashboards'], ['plugins'], ['demo'], ['tests/scenarios', 'scenarios']])
        for (const file of walk(path.join(root, from)))
            files.set(`templates/crm/${to ?? from}/${path.relative(path.join(root, from), file)}`, file);
}

function readJson(file) {
    try {
        return JSON.parse(fs.readFileSync(file, 'utf8'));
    } catch (error) {
        throw new Error(`${file}: ${error.message}`);
    }
}

// Read here, so that a mistake stops the build and not the start.
function catalogues() {
    copy('i18n');
    for (const [name, file] of files) if (name.startsWith('i18n/')) readJson(file);
}

function embed() {
    const gz = path.join(out, 'gz');
    fs.rmSync(gz, { recursive: true, force: true });
    fs.mkdirSync(gz, { recursive: true });
    let data = '.section .rodata\n';
    let names = '', rows = '';
    const paths = [...files.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    paths.forEach((name, i) => {
        const bytes = fs.readFileSync(files.get(name));
        const packed = gzipSync(bytes, { level: 9 });
        const worth = packed.length < bytes.length * 0.95;
        const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
        const blob = (label, file) =>
            `.balign 16\n.global ${label}\n${label}:\n.incbin ${JSON.stringify(file)}\n.byte 0\n`;
        data += blob(`asset_d${i}`, files.get(name));
        names += `extern const unsigned char asset_d${i}[];\n`;
        if (worth) {
            fs.writeFileSync(path.join(gz, String(i)), packed);
            data += blob(`asset_z${i}`, path.join(gz, String(i)));
            names += `extern const unsigned char asset_z${i}[];\n`;
        }
        rows += `    { ${JSON.stringify(name)}, asset_d${i}, ${bytes.length}, `
            + `${worth ? `asset_z${i}, ${packed.length}` : 'NULL, 0'}, "${hash}" },\n`;
    });
    fs.writeFileSync(path.join(out, 'asset_data.S'),
        `${data}.section .note.GNU-stack,"",%progbits\n`);
    fs.writeFileSync(path.join(out, 'asset_table.c'),
        `#include "base/asset.h"\n${names}\nconst Asset asset_table[] = {\n${rows}`
        + `    { NULL, NULL, 0, NULL, 0, NULL },\n};\nconst int asset_table_n = ${paths.length};\n`);
}

try {
    fs.mkdirSync(out, { recursive: true });
    for (const folder of ['pages', 'fields', 'css', 'img']) copy(folder);
    await bundle();
    catalogues();
    starters();
    embed();
} catch (error) {
    if (!error.errors) console.error(`web: ${error.message}`);      // esbuild has told its own
    process.exit(1);
}
