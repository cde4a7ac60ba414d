#!/usr/bin/env python3
"""on: sqlite, as the examples are for it.

docs/ says what the program does: generated tables are current, examples load and run.

What is in fences:
    ```yaml app=NAME file=PATH   (lua too) all of one NAME make an app: it is checked, its
                                 scenarios run
    ```expr form=FORM            lines `expression → value`, or `expression ✗ part of the error`,
                                 for record 1 of that form of the app shop
    ```… file=PATH               of operation.md: units, proxies, alerts, tried by test_proxy.py
                                 and test_units.py
    ```sh                        verbs and options of `tenon …` and `./dev …` must exist; a curl
                                 command that ends in `# STATUS` is run and must answer so
"""
import glob
import os
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import PASSWORD, ROOT, TENON, App, main  # noqa: E402

_TEXTS = {os.path.relpath(f, ROOT): open(f, encoding='utf-8').read() for f in sorted(
    glob.glob(os.path.join(ROOT, 'docs', '*.md')) + [os.path.join(ROOT, 'README.md')]
    + glob.glob(os.path.join(ROOT, '*', 'README.md')))}


def _blocks(language):
    """(file, what stands behind the language, text) of all fences in this language."""
    for name, text in _TEXTS.items():
        for info, body in re.findall(r'^```(.*)\n([^]*?)^```$'.replace('[^]', '[\\s\\S]'), text, re.M):
            words = info.split()
            if words and words[0] == language:
                yield name, dict(w.split('=', 1) for w in words[1:] if '=' in w), body


def _apps():
    found = {}
    for language in ('yaml', 'lua'):
        for name, info, body in _blocks(language):
            if 'app' in info:
                files = found.setdefault(info['app'], {})
                assert info['file'] not in files, f'{name}: {info["file"]} is there twice'
                files[info['file']] = body
    return found


class _Shop:
    """The app of the docs, served, with the order that the examples speak of."""
    app = server = token = None


def _shop():
    if _Shop.app:
        return _Shop
    _Shop.app = App(_apps()['shop'])
    _Shop.app.user('eve', roles='chief')
    _Shop.app.user('ann', roles='clerk')
    _Shop.app.user('admin', roles='admin')
    _Shop.server = _Shop.app.serve()
    _Shop.token, _Shop.admin = _Shop.app.token('ann'), _Shop.app.token('admin')
    for form, login, values in (
            ('article', 'eve', {'code': 'TE1', 'name': 'Tea', 'price': 12.5}),
            ('order', 'ann', {'buyer': 'Lin', 'discount': 20, 'wanted_on': '2030-03-05',
                              'items': [{'article': 1, 'quantity': 4}]})):
        answer = _Shop.server.post(f'/api/v1/forms/{form}/records', values,
                                   token=_Shop.app.token(login))
        assert answer.status == 201, answer
    return _Shop


def the_generated_parts_are_what_the_program_says_today():
    done = subprocess.run([os.path.join(ROOT, 'docs', 'generate'), TENON, '--check'],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def a_stale_part_is_found():
    copy = App()
    os.mkdir(os.path.join(copy.dir, 'docs'))
    with open(os.path.join(ROOT, 'docs', 'generate'), encoding='utf-8') as f:
        copy.write('docs/generate.cjs', f.read())
    copy.write('docs/x.md', '<!-- generated:errors -->\n\nold\n\n<!-- end -->\n')
    run = ['node', os.path.join(copy.dir, 'docs', 'generate.cjs'), TENON]
    done = subprocess.run(run + ['--check'], capture_output=True, text=True)
    assert done.returncode == 1 and 'docs/x.md: the part errors is stale' in done.stderr, done
    subprocess.run(run, check=True, capture_output=True)
    assert '| `not_found` | 404 |' in copy.read('docs/x.md')
    assert subprocess.run(run + ['--check'], capture_output=True).returncode == 0


def every_app_of_the_docs_loads_and_passes_its_scenarios():
    apps = _apps()
    assert 'shop' in apps
    for name, files in apps.items():
        app = App(files)
        app.cli('check', '--strict')
        done = app.cli('test')
        assert ' 0 failed' in done.text and ' 0 passed' not in done.text, f'{name}: {done.text}'


def expressions_have_the_values_that_the_docs_say():
    shop, seen = _shop(), 0
    for name, info, body in _blocks('expr'):
        for line in filter(None, body.splitlines()):
            seen += 1
            if '✗' in line:
                text, want = (p.strip() for p in line.split('✗'))
                done = shop.app.cli('debug expr', info['form'], text, status=1)
                assert want in done.errors, f'{name}: {line}: {done.errors}'
                continue
            text, want = (p.strip() for p in line.split('→'))
            done = shop.app.cli('debug expr', info['form'], text, '--id', '1')
            value = [v[7:] for v in done.text.splitlines() if v.startswith('value: ')]
            assert value == [want], f'{name}: {line}: {done.text}'
    assert seen > 20


def _commands():
    """(file, words, status or None) of each command in the sh fences; \\ joins lines."""
    for name, _, body in _blocks('sh'):
        for line in body.replace('\\\n', ' ').splitlines():
            command, _, note = line.partition('  # ')
            status = note.strip().split(' ')[0]
            if command.strip():
                yield name, command, int(status) if status.isdigit() else None


def verbs_and_options_of_the_examples_exist():
    table = subprocess.run([TENON, 'debug', 'docs', 'verbs'], capture_output=True, text=True).stdout
    verbs = {}
    for row in table.splitlines()[2:]:
        cells = re.split(r'(?<!\\)\|', row)
        verbs[cells[1].strip(' `')] = re.findall(r'`(--[\w-]+)', cells[4])
    dev = open(os.path.join(ROOT, 'dev'), encoding='utf-8').read()
    seen = 0
    for name, command, _ in _commands():
        for part in re.split(r'\|\||&&|[|;]', command):
            words = shlex.split(part)
            if words and words[0] == './dev':
                assert f'verb_{words[1]}()' in dev, f'{name}: {part}'
            if not words or os.path.basename(words[0]) != 'tenon':
                continue
            verb = ' '.join(words[1:3]) if ' '.join(words[1:3]) in verbs else words[1]
            assert verb in verbs, f'{name}: no verb: {part}'
            for word in words:
                option = word.split('=')[0]
                if word.startswith('--'):
                    assert option in verbs[verb], f'{name}: no option {option}: {part}'
            seen += 1
    assert seen > 10


def requests_of_the_examples_are_answered_as_the_docs_say():
    shop, seen = _shop(), 0
    env = dict(os.environ, URL=f'http://127.0.0.1:{shop.server.port}', TOKEN=shop.token,
               ADMIN=shop.admin, PASSWORD=PASSWORD)
    for name, command, status in _commands():
        if not command.startswith('curl ') or status is None:
            continue
        seen += 1
        done = subprocess.run(['bash', '-c', command + " -sS -w '\\n%{http_code}'"], env=env,
                              cwd=shop.app.place, capture_output=True, text=True, timeout=60)
        assert done.stdout.splitlines()[-1:] == [str(status)], \
            f'{name}: {command}\n{done.stdout}{done.stderr}'
    assert seen > 10


def links_between_the_documents_lead_somewhere():
    for name, text in _TEXTS.items():
        plain = re.sub(r'^```[\s\S]*?^```$', '', text, flags=re.M)
        for target in re.findall(r'\]\(([^)\s]+)\)', plain):
            if ':' in target.split('/')[0] or target.startswith('#'):
                continue
            path = os.path.join(ROOT, os.path.dirname(name), target.split('#')[0])
            assert os.path.exists(path), f'{name}: there is no {target}'


def the_mistake_of_the_readmes_walk_is_told_as_the_readme_says():
    line = re.search(r'^ +(wechat: .*)$', _TEXTS['README.md'], re.M).group(1)
    told = re.search(r'``(forms/lead.yaml:.*?)``\n', _TEXTS['README.md']).group(1).strip()
    app = App(copy=ROOT)
    form = re.sub(r'^(  city: .*\n)', rf'\1  {line}\n', app.read('forms/lead.yaml'), flags=re.M)
    app.write('forms/lead.yaml', form)
    app.cli('check')
    app.write('forms/lead.yaml', form.replace(line, line.replace('type: text', 'type: txt')))
    assert told in app.cli('check', status=1).errors


def files_that_the_readmes_name_exist():
    seen = 0
    for name, text in _TEXTS.items():
        places = [ROOT, os.path.join(ROOT, 'engine'), os.path.dirname(os.path.join(ROOT, name)),
                  os.path.join(ROOT, 'web', 'js')]
        places += glob.glob(os.path.join(ROOT, 'engine', '*', ''))
        places += glob.glob(os.path.join(ROOT, 'tests', '*', ''))
        places += glob.glob(os.path.join(ROOT, 'web', '*', ''))
        for path in re.findall(r'`([a-z_./-]+\.(?:c|h|html|css|js|mjs|py|json|cmake))`', text):
            seen += 1
            assert name.startswith('docs') or any(
                os.path.exists(os.path.join(p, path)) for p in places), f'{name}: no {path}'
    assert seen > 60


def nothing_in_fences_is_left_unnamed():
    known = {'sh', 'yaml', 'lua', 'expr', 'json', 'sql', 'text', 'c', 'html', 'ini', 'python', ''}
    for name, text in _TEXTS.items():
        inside = False
        for line in text.splitlines():
            if line.startswith('```'):
                assert inside or line[3:].split(' ')[0] in known, f'{name}: {line}'
                inside = not inside
        assert not inside, f'{name}: a fence is open'


if __name__ == '__main__':
    try:
        main(globals())
    finally:
        if _Shop.server:
            _Shop.server.stop()
