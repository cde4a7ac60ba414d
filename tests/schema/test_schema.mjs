// The JSON Schemas of `tenon schema`, judged by ajv: they accept what the engine accepts, and find
// on its very line every mistake that one file alone can show.
import Ajv from 'ajv';
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import YAML from 'yaml';

const { TENON, ROOT } = process.env;
const tenon = (...args) => execFileSync(TENON, args, { encoding: 'utf8' });
const KINDS = ['app', 'form', 'workflow', 'dashboard', 'scenario'];
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, strictTypes: false,
    strictRequired: false });
const schema = Object.fromEntries(KINDS.map(k => [k, ajv.compile(JSON.parse(tenon('schema', k)))]));

// What only the whole app, an expression or the sense of a value can show: the loader's own.
const BEYOND = [
    /unknown (field(?! type)|form|role|stage|channel|calendar|time zone)/, /no (field|form|role) /,
    /neither a role nor a user field/, /user field/, /after a decision/, /nobody fills `require`/,
    /needs `secret`/, /no value is given for/, /needs `options`/, /`options` belong to/, /nobody is signed in/,
    /either `within` or `due`/, /belongs to `up` or `until`/, /says no `owner`/, /needs an owner/, /changes with no change/,
    /stands? (here|in) tw/, /exists already/, /is built in/, /built-in/, /has the channel/,
    /includes itself/, /cannot be included/, /`min` is more than `max`/, /`min_rows` is more/,
    /no regular expression/, /must have at most/, /must be (at least|at most|not)/, /must follow each other/,
    /is no (time|number|date|e-mail|phone|address|record|link)/, /neither true nor false/,
    /has no option/, /within itself/, /cannot be (set|cleared|made|part|a column)/, /has (several|no) link/,
    /holds (no user|several values(?! and takes))/, /reads only/, /expected, this is/, /`do` of a rollup/, /is number/,
    /`\w+` is (text|number)/, /numbers would repeat/, /has one \{seq/, /braces of `pattern`/,
    /`pattern` do not pair/, /cannot walk/, /leads through links/, /go(es)? in a ring|back to itself/,
    /contradict/, /always filled/, /the file is named/, /other name/, /title (of|would|names)|`title`$|names no field/, /reserved in a subform/,
    /record of user expected/, /people are expected/, /one cannot sort/, /no `by`|needs `by`: stage/,
    /column of forms with pools/, /a date or a time is expected/, /comes before the time begins/, /records in a pool/,
    /no `assign` of its own/, /needs `rules`/, /whole number of at least/, /another subform/, /does not fit here/,
    /environment/, /without a password/, /needs a `by`/,
    /stands in two sections/, /columns of a kanban/, /a date such as/, 
    /`time` is a time/, /must be one line/, /has every right/,
    /^(expected|boolean|text|number|date|nme|nothing|nobody|numbr|colour|actve|cuont|nam|me|born|count_of|quantty)$/,
    /a day such as/, /leads back to itself/, /item\.sum/, /unknown scope/, /not closed/, /a kanban needs/,
    /^(salse|nmae|stage|regex_match)$/, /anchor/, /a stage has/, /no type of file/, /no picture that/, /^hash$/,
    /depends on a calendar/, /an object of/, /none of its parts/, /not an expression/, /has no part/,
    /longer than 45/, /heading needs `label`/, /holds nothing to show/, /is never filled/, /takes them from records/, /use contains/, /holds no text/, /belongs to `options`/, /need `within`/,
    /is no other choice/, /`options` is a map/, /a tags needs/, /is list/, /is still an option/, /is still a stage/,
    /needs a channel with/, /`url` starts with/, /holds no \{field\}/, /of a view is/, /both dates or/, /not both/, /did you mean `(due|name)`\?$/, /link cannot/, /it needs no entry/, /is a (field|form)/,
    /unknown (event|transition)/, /in brackets/, /is no schedule/, /stands? (alone|last)/, /belongs to (the event|`within` or)/, /goes with `every/,
    /no transition `\w+` leaves/, /`remind` is true here/, /`do` needs steps/, /^old can only/, /by a step$/, /is no (unique field|subform)/,
    /unknown (dashboard|workflow)/, /has no view/, /no date_range|date_range is compared|of the type date_range/, /is no (number|choice with)/,
    /stands for one record/, /has one `value`|there is one `value`/, /expressions in `by`/, /to show the amount/, /the workflow `\w+` is of/,
    /(date or datetime|boolean) expected/, /definitions end in/, /take another name for the filter/, /^who$/,
    /no workflow of|the workflow `\w+` has no|has no workflow/, /`limit` is a whole/, /is named already/, /^(thrice|inner|name)$/, /does not leave/, /cannot wait there/,
];

// Line of an error of ajv: where the value stands, or the key that is too much.
function lineOf(doc, counter, error) {
    const way = error.instancePath.split('/').slice(1).map(p => p.replace(/~1/g, '/').replace(/~0/g, '~'));
    const key = error.params.additionalProperty ?? error.propertyName ?? error.params.propertyName;
    let node = doc.contents, at = node;
    for (const step of key === undefined ? way : [...way, key]) {
        const item = YAML.isMap(node) ? node.items.find(p => String(p.key.value) === step)
            : { value: node.items[Number(step)] };
        node = item.value;
        at = item.key ?? node ?? at;
    }
    return counter.linePos(at.range[0]).line;
}

// [{line, text}] of one file. Keywords that only say that a part did not fit are left out.
function judge(kind, text) {
    const counter = new YAML.LineCounter();
    const doc = YAML.parseDocument(text, { lineCounter: counter });
    if (doc.errors.length) return null;
    const check = schema[kind];
    if (check(doc.toJS())) return [];
    const deeper = e => check.errors.some(o => o.instancePath.startsWith(e.instancePath + '/'));
    return check.errors.filter(e => e.keyword !== 'if'
        && !(['anyOf', 'oneOf', 'type'].includes(e.keyword) && deeper(e)))
        .map(e => ({ line: lineOf(doc, counter, e),
            text: `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}` }));
}

const kindOf = file => file === 'app.yaml' ? 'app' : file.startsWith('forms/') ? 'form'
    : file.startsWith('workflows/') ? 'workflow' : file.startsWith('dashboards/') ? 'dashboard' : /scenarios\//.test(file) ? 'scenario' : null;

function* filesOf(dir, inner = '') {
    for (const entry of fs.readdirSync(path.join(dir, inner), { withFileTypes: true })) {
        const name = path.join(inner, entry.name);
        if (entry.isDirectory() && /^(forms|workflows|dashboards|scenarios|tests)$/.test(name))
            yield* filesOf(dir, name);
        else if (entry.isDirectory() && name === 'tests/scenarios') yield* filesOf(dir, name);
        else if (name.endsWith('.yaml') && kindOf(name)) yield name;
    }
}

// The parts of a case file: `# == PATH`; what stands before is app.yaml's.
function* partsOf(text) {
    let file = 'app.yaml', lines = [];
    for (const line of text.split('\n')) {
        if (!line.startsWith('# == ')) { lines.push(line); continue; }
        if (lines.some(l => l.trim() && !l.startsWith('#'))) yield [file, lines];
        file = line.slice(5).trim();
        lines = [];
    }
    yield [file, lines];
}

const tests = {
    'each kind has a schema, and --all writes them'() {
        const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-schema-'));
        tenon('schema', '--all', path.join(dir, 'x'));
        const names = fs.readdirSync(path.join(dir, 'x')).sort();
        assert.deepEqual(names, KINDS.map(k => `${k}.schema.json`).sort());
        for (const k of KINDS)
            assert.equal(fs.readFileSync(path.join(dir, 'x', `${k}.schema.json`), 'utf8'), tenon('schema', k));
        fs.rmSync(dir, { recursive: true });
    },

    'what the engine accepts, the schemas accept'() {
        const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-schema-'));
        tenon('new', path.join(dir, 'starter'));
        const apps = [ROOT, path.join(dir, 'starter'), ...fs.readdirSync(path.join(ROOT, 'tests/apps'))
            .map(a => path.join(ROOT, 'tests/apps', a))];
        let seen = 0;
        for (const app of apps)
            for (const file of filesOf(app)) {
                seen++;
                assert.deepEqual(judge(kindOf(file), fs.readFileSync(path.join(app, file), 'utf8')), [],
                    path.join(app, file));
            }
        fs.rmSync(dir, { recursive: true });
        assert(seen > 40, `${seen} files`);
    },

    'the examples of the docs are accepted'() {
        const text = fs.readFileSync(path.join(ROOT, 'docs/definitions.md'), 'utf8');
        const blocks = [...text.matchAll(/^```yaml app=\w+ file=(\S+)\n([^]*?)^```$/gm)];
        assert(blocks.length > 3);
        for (const [, file, body] of blocks) assert.deepEqual(judge(kindOf(file), body), [], file);
    },

    'the examples of the steps of scenarios are accepted'() {
        const part = tenon('debug', 'docs', 'keys').split('### scenarios/')[1];
        const rows = part.split('#### scenario ').slice(1).filter(s => s.startsWith('`steps`'));
        assert(rows.length > 10);
        for (const table of rows) {
            const example = [...table.matchAll(/^\| `(\w+)` .* \| `(.*)` \|$/gm)];
            for (const [, key, text] of example) {
                const lines = [...new Set([example[0][2], .../^`steps`: `(action|transfer|add_approver|delegate|remind|dashboard)`/.test(table)
                    ? [example[1][2]] : [], text])].map(l => l.replaceAll('\\|', '|'));
                const step = lines.map((l, i) => `${i ? '    ' : '  - '}${l}`).join('\n');
                assert.deepEqual(judge('scenario', `steps:\n${step}\n`), [], `${key}: ${step}`);
            }
        }
    },

    'each mistake that one file shows is found on its line, and no other is told'() {
        const dir = path.join(ROOT, 'tests/cases/defs');
        const wrong = [];
        let found = 0, beyond = 0;
        for (const name of fs.readdirSync(dir).filter(n => n.endsWith('.yaml'))) {
            for (const [file, lines] of partsOf(fs.readFileSync(path.join(dir, name), 'utf8'))) {
                const told = kindOf(file) && judge(kindOf(file), lines.join('\n'));
                if (!told) continue;
                lines.forEach((line, i) => {
                    const here = told.filter(t => t.line === i + 1);
                    const marks = line.split('# issue: ')[1]?.split(' | ').map(m => m.trim()) ?? [];
                    const must = marks.filter(m => !BEYOND.some(b => b.test(m)));
                    if (must.length && !here.length) wrong.push(`${name}: not found: ${line}`);
                    if (here.length && !marks.length)
                        wrong.push(`${name}: false: ${line}\n    ${here.map(h => h.text).join('\n    ')}`);
                    found += must.length;
                    beyond += marks.length - must.length;
                });
            }
        }
        console.log(`    ${found} mistakes found, ${beyond} are beyond a schema`);
        assert.equal(wrong.length, 0, `\n${wrong.join('\n')}\n(what no schema can know: add it to BEYOND)`);
        assert(found > 80, `${found} found`);
    },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
    try {
        test();
        console.log(`ok ${name}`);
    } catch (e) {
        failed++;
        console.log(`not ok ${name}\n${e.message}`);
    }
}
process.exit(failed ? 1 : 0);
