#!/usr/bin/env python3
"""The command line: exit statuses, places of mistakes, and verbs that reach a running server."""
import csv
import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, ROOT, TENON, main, sqlite_only  # noqa: E402

CLINIC = os.path.join(ROOT, 'tests', 'apps', 'clinic')


def _run(*args, stdin=''):
    done = subprocess.run([TENON, *args], input=stdin.encode(), capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def usage_is_status_two():
    for args in ((), ('nothing',), ('schema',), ('schema', 'nothing'), ('schema', 'form', '--all', 'x'), ('check', 'a', 'b'), ('check', '--nope'), ('user',),
                 ('user', 'add', CLINIC), ('why', CLINIC, 'pet'), ('tick', CLINIC, '--now', 'x'),
                 ('backup', CLINIC), ('export', CLINIC, 'pet', '--format', 'xml')):
        status, out, err = _run(*args)
        assert status == 2 and err and not out, (args, status, out, err)
    assert _run('--help')[0] == 0 and 'serve' in _run('--help')[1]
    assert _run('version')[0] == 0 and json.loads(_run('version', '--json')[1])['sqlite']


def _templates():
    return {t['name']: t for t in json.loads(_run('new', '--list', '--json')[1])['templates']}


def every_template_says_what_it_is_in_the_readers_language():
    listed = _templates()
    assert set(listed) == {'crm', *os.listdir(os.path.join(ROOT, 'templates'))}, listed
    assert all(t['label'] and t['help'] for t in listed.values()), listed
    here = dict(os.environ, LC_ALL='zh_CN.UTF-8')
    text = subprocess.run([TENON, 'new', '--list'], env=here, capture_output=True, timeout=60).stdout.decode()
    assert len(text.splitlines()) == len(listed) and '采购审批' in text, text
    assert 'Purchase approval' in _run('new', '--list')[1]


def a_template_becomes_an_app_without_findings_that_has_its_files_and_no_others():
    for name in _templates():
        with tempfile.TemporaryDirectory() as place:
            app = os.path.join(place, 'app')
            status, out, err = _run('new', app, '--template', name, '--json')
            assert status == 0 and json.loads(out) == {'dir': app, 'template': name}, err
            status, out, err = _run('check', app, '--strict')
            assert status == 0 and 'no findings' in out, (name, out)
            source = ROOT if name == 'crm' else os.path.join(ROOT, 'templates', name)
            for folder, _, files in os.walk(app):
                for file in files:
                    path = os.path.relpath(os.path.join(folder, file), app)
                    if path in ('README.md', '.gitignore'):
                        continue
                    was = os.path.join(source, 'tests' if name == 'crm' and path.startswith('scenarios') else '', path)
                    with open(was, 'rb') as a, open(os.path.join(app, path), 'rb') as b:
                        assert a.read() == b.read(), path
            assert os.listdir(os.path.join(app, 'forms')) and os.listdir(os.path.join(app, 'scenarios'))


def a_template_that_is_not_there_and_a_folder_with_something_in_it_are_refused():
    with tempfile.TemporaryDirectory() as place:
        app = os.path.join(place, 'app')
        status, out, err = _run('new', app, '--template', 'recruitng')
        assert status == 1 and 'no template recruitng' in err and 'recruiting' in err and 'crm' in err, err
        assert not os.path.exists(app)
        os.mkdir(app)
        with open(os.path.join(app, 'mine.txt'), 'w') as f:
            f.write('mine')
        status, out, err = _run('new', app, '--template', 'recruiting')
        assert status == 1 and 'not empty' in err and 'mine.txt' in err, err
        assert os.listdir(app) == ['mine.txt']
        assert _run('new', '--list', app)[0] == 2 and _run('new')[0] == 2
        os.remove(os.path.join(app, 'mine.txt'))
        assert _run('new', app)[0] == 0


def the_demo_data_of_every_small_template_loads():
    for name in os.listdir(os.path.join(ROOT, 'templates')):
        app = App(copy=os.path.join(ROOT, 'templates', name))
        if not os.path.exists(os.path.join(app.dir, 'demo')):
            continue
        with app.serve('--demo') as server:
            assert server.log_has('demo data is loaded', seconds=30), (name, server.log()[-800:])
            assert server.login('admin', 'tenon-demo') and server.get('/').status == 200


def a_new_app_checks_tests_and_applies():
    with tempfile.TemporaryDirectory() as place:
        app = os.path.join(place, 'ideas')
        assert _run('new', app)[0] == 0
        assert _run('new', app)[0] == 1
        status, out, err = _run('check', app)
        assert status == 0, err
        status, out, err = _run('test', app)
        assert status == 0 and out.rstrip().endswith(', 0 failed'), out + err
        status, out, err = _run('plan', app)
        assert status == 0 and 'idea' in out, out + err
        assert _run('apply', app)[0] == 0
        status, out, err = _run('plan', app)
        assert status == 0 and 'nothing to do' in out, out + err
        assert 'CREATE' not in _run('debug', 'plan', app)[1]


def every_mistake_is_told_with_its_place():
    app = App(copy=CLINIC)
    app.write('forms/pet.yaml', app.read('forms/pet.yaml').replace('max: 40', 'maxi: 40')
              .replace('formula: "age(born_on)"', 'formula: "age(born)"'))
    done = app.cli('check', status=1)
    assert 'forms/pet.yaml:5:' in done.errors and 'maxi' in done.errors, done.errors
    assert 'born' in done.errors and '^' in done.errors, done.errors
    done = app.cli('check', '--json', status=1)
    issues = json.loads(done.text)['issues']
    assert len(issues) >= 2 and all(i['line'] for i in issues), issues
    assert app.cli('apply', status=1).errors


def strict_checks_find_what_cannot_be_and_say_what_to_do():
    for shipped in (ROOT, CLINIC):
        status, out, err = _run('check', shipped, '--strict')
        assert status == 0 and 'no findings' in out, out
        assert json.loads(_run('check', shipped, '--strict', '--json')[1]) == {'ok': True, 'findings': []}
    app = App(copy=CLINIC)
    form = app.read('forms/pet.yaml')
    app.write('forms/pet.yaml', form.replace('update: "alive"', 'update: "species = \'horse\'"'))
    app.write('plugins/extra.lua', """action{name = "weigh", label = {en = "Weigh"}, form = "pet",
  params = {{name = "by", label = {zh = "由"}}, {name = "on", label = "On"}}, run = function(r) end}
""")
    app.cli('check')
    done = app.cli('check', '--strict', status=1)
    line = form[:form.index('update: "alive"')].count('\n') + 1
    assert f"forms/pet.yaml:{line}:" in done.text and '`species` has no option `horse` [no_option]' in done.text
    assert '    add the option, or name one that is there\n' in done.text, done.text
    found = json.loads(app.cli('check', '--strict', '--json', status=1).text)
    assert not found['ok'] and len(found['findings']) == 3, found
    assert [(f['file'], f['code']) for f in found['findings']] == [
        ('forms/pet.yaml', 'no_option'), ('plugins/extra.lua', 'no_translation'),
        ('plugins/extra.lua', 'no_translation')], found
    assert found['findings'][0]['line'] == line and found['findings'][0]['advice']


def strict_checks_tell_mistakes_first():
    app = App(copy=CLINIC)
    app.write('forms/pet.yaml', app.read('forms/pet.yaml').replace('type: date', 'type: dat'))
    assert 'unknown field type' in app.cli('check', '--strict', status=1).errors


def a_failing_scenario_shows_expected_and_actual():
    app = App(copy=CLINIC)
    app.write('scenarios/one.yaml', '''scenario: Wrong
now: 2026-03-02T09:00:00+08:00
steps:
  - {create: medicine, values: {name: A, price: 5}, name: a}
  - {expect: a, values: {price: 6}}
  - {create: medicine, values: {name: A, price: 5}, refuse: 404}
  - {create: medicine, values: {name: A, price: 5}, refuse: {field: name}}
  - {create: medicine, values: {price: 5}, refuse: "REQUIRED"}
  - {create: medicine, values: {price: 5}, refuse: "必填"}
  - {nonsense: a}
''')
    done = app.cli('test', status=1)
    lines = done.text.splitlines()
    assert [x.split()[0] for x in lines if 'one.yaml:' in x] == [
        'ok', 'not', 'not', 'ok', 'ok', 'ok', 'not'], done.text
    assert any('expected' in x and '6' in x for x in lines), done.text
    assert any('actual' in x and 'price: 5' in x for x in lines), done.text
    assert lines[-1] == '4 passed, 3 failed', done.text


def verbs_reach_the_running_server():
    app = App(copy=CLINIC)
    app.user('ann', roles='admin')
    with app.serve() as server:
        app.user('bob', roles='reception')
        token = app.token('bob')
        assert server.get('/api/v1/me', token=token).json['login'] == 'bob'
        assert 'bob' in app.cli('user list').text
        users = json.loads(app.cli('user list', '--json').text)
        assert [u['login'] for u in users] == ['ann', 'bob'], users
        assert app.cli('apply').text and app.cli('tick').text
        done = app.cli('user add', '--login', 'bob', '--name', 'Again', status=1)
        assert 'login' in done.errors, done.errors
        done = app.cli('user add', '--login', 'eve', '--password-stdin', stdin='short\n', status=1)
        assert 'password' in done.errors and app.count('user') == 2
        assert server.get('/healthz').status == 200


@sqlite_only('to which each verb connects')
def verbs_reach_the_server_by_a_socket_and_a_file_has_one_server():
    app = App(copy=CLINIC)
    app.user('ann', roles='admin')
    with app.serve() as server:
        mode = os.stat(app.store.path + '.sock').st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) & 0o077 == 0, oct(mode)
        copy = os.path.join(app.place, 'copy.db')
        app.cli('backup', copy)
        assert sqlite3.connect(copy).execute('SELECT count(*) FROM user').fetchone() == (1,)
        assert app.cli('backup', copy, status=1).errors
        second = subprocess.run([TENON, 'serve', app.dir, '--listen', '127.0.0.1:0'],
                                capture_output=True, timeout=60)
        assert second.returncode == 3, second
        assert server.get('/healthz').status == 200
    assert not os.path.exists(app.store.path + '.sock')


def a_port_that_asks_for_tls_is_refused():
    app = App(copy=CLINIC)
    for listen in ('127.0.0.1:8443s', '8080', '127.0.0.1:', '[::1]:8080', '127.0.0.1:80r'):
        done = subprocess.run([TENON, 'serve', app.dir, '--listen', listen], capture_output=True,
                              timeout=60)
        assert done.returncode == 1, (listen, done)


def looking_verbs_explain():
    app = App(copy=CLINIC)
    app.user('carl', roles='chief')
    app.user('vic', roles='vet')
    token = app.token('carl')
    with app.serve() as server:
        one = server.post('/api/v1/forms/medicine/records', {'name': '=A,"b"', 'price': '2.50'},
                          token=token).json
        rows = list(csv.DictReader(io.StringIO(app.cli('export', 'medicine').text)))
        assert rows[0]['name'] == '\'=A,"b"' and rows[0]['price'] == '2.50', rows
        out = os.path.join(app.place, 'out.json')
        app.cli('export', 'medicine', '--format', 'json', '--out', out)
        assert json.load(open(out))[0]['id'] == one['id']
        assert app.cli('export', 'medicine', '--as', 'vic', status=1).errors
        assert 'medicin' in app.cli('export', 'medicin', status=1).errors
        done = app.cli('why', '--as', 'vic', 'medicine', str(one['id']), 'update')
        assert 'vic' in done.text or 'update' in done.text, done.text
        assert json.loads(app.cli('why', '--as', 'vic', '--json', 'medicine', str(one['id'])).text)
        done = app.cli('debug expr', 'medicine', 'price * 2', '--id', str(one['id']))
        assert 'type: number' in done.text and 'value: 5' in done.text, done.text
        assert app.cli('debug expr', 'medicine', 'prise', status=1).errors
        assert 'department' in app.cli('debug sql', 'visit', 'read', '--as', 'vic').text
        app.cli('debug rules')
        assert '/api/v1/me' in _run('debug', 'routes')[1]


main(globals())
