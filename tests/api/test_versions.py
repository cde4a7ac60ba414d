#!/usr/bin/env python3
"""Published versions on the command line: log, diff, revert, who and why; a restored backup that
asks; a crash in the middle of a publication."""
import json
import os
import shutil
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, ON_PG, main, sqlite_only, until  # noqa: E402

APP = 'app: live\nlanguages: [en]\nlimits: {api: 0, logins: 0}\nroles:\n  clerk: {label: Clerk}\n'
NOTE = '''form: note
title: "{name}"
fields:
  name: {type: text}
  size: {type: number}
permissions:
  clerk: {read: all, create: true, update: all}
'''
DEF = '/api/v1/definitions'


def _app():
    app = App({'app.yaml': APP, 'forms/note.yaml': NOTE})
    app.cli('apply', '--note', 'the first', '--author', 'ann')
    return app


def _field(app, name, kind='text'):
    app.write('forms/note.yaml', app.read('forms/note.yaml').replace(
        'permissions:', f'  {name}: {{type: {kind}}}\npermissions:'))


def _versions(app):
    return json.loads(app.cli('log', '--json').text)['versions']


def a_version_remembers_who_when_and_why():
    app = _app()
    _field(app, 'weight')
    done = json.loads(app.cli('apply', '--note', 'weighs', '--author', 'bo', '--json').text)
    assert done['version'] == 2 and 'steps' in done['plan'], done
    two, one = _versions(app)
    assert (two['version'], two['author'], two['author_name'], two['note']) == (2, 'bo', None, 'weighs'), two
    assert two['files'] == [{'path': 'forms/note.yaml', 'what': 'changed'}]
    assert 'weight' in two['plan'] and two['at'].endswith('Z')
    assert {f['path']: f['what'] for f in one['files']} == {
        'app.yaml': 'added', 'forms/note.yaml': 'added'}
    text = app.cli('log').text
    assert text.index('version 2') < text.index('version 1')
    for part in ('bo', 'weighs', 'changed forms/note.yaml', 'the first', 'ann'):
        assert part in text, text
    assert app.cli('log', '--limit', '1').text.count('version ') == 1
    app.cli('log', '--limit', 'x', status=2)


def versions_are_compared_with_each_other_and_the_folder():
    app = _app()
    _field(app, 'weight')
    assert '+  weight: {type: text}' in app.cli('diff', '1').text
    app.cli('apply')
    want = app.cli('diff', '1', '2').text
    assert want.startswith('--- a/forms/note.yaml\n+++ b/forms/note.yaml\n@@ ')
    assert app.cli('diff', '2').text == ''
    assert json.loads(app.cli('diff', '1', '2', '--json').text)['diff'] == want
    app.write('plugins/x.lua', '-- new\n')
    assert app.cli('diff', '2').text == '--- /dev/null\n+++ b/plugins/x.lua\n@@ -0,0 +1 @@\n+-- new\n'
    app.cli('diff', '7', status=1)
    app.cli('diff', 'x', status=2)


def the_plan_says_which_version_the_database_is_at():
    app = App({'app.yaml': APP, 'forms/note.yaml': NOTE})
    assert 'the database is empty' in app.cli('plan').text
    assert json.loads(app.cli('plan', '--json').text)['version'] == 0
    app.cli('apply', '--author', 'ann')
    assert 'the database is at version 1' in app.cli('plan').text
    assert ' by ann, which is this app' in app.cli('plan').text
    assert json.loads(app.cli('plan', '--json').text)['version'] == 1


def a_revert_is_a_new_version_with_and_without_a_server():
    app = _app()
    app.user('eve', roles='clerk')
    _field(app, 'weight')
    app.cli('apply')
    app.cli('revert', '1', '--allow-loss')
    assert app.read('forms/note.yaml') == NOTE
    assert [v['version'] for v in _versions(app)] == [3, 2, 1]
    assert _versions(app)[0]['note'] == 'version 1 again'
    assert 'nothing to do' in app.cli('plan').text
    app.cli('revert', '9', status=1)
    app.cli('revert', 'x', status=2)
    assert 'nothing to publish' in app.cli('revert', '1', status=1).errors
    with app.serve() as server:
        client = server.client(app.token('eve'))
        app.cli('revert', '2', '--note', 'it was good', '--author', 'bo')
        assert client.post('/api/v1/forms/note/records', {'weight': 'x'}).status == 201
        assert '  weight: {type: text}' in app.read('forms/note.yaml')
        newest = _versions(app)[0]
        assert (newest['version'], newest['note'], newest['author']) == (4, 'it was good', 'bo')
        client.close()


def a_revert_that_loses_data_shows_its_plan_first():
    app = _app()
    app.write('forms/note.yaml', NOTE.replace('{type: number}', '{type: text}'))
    app.cli('apply')
    app.user('eve', roles='clerk')
    with app.serve() as server:
        client = server.client(app.token('eve'))
        assert client.post('/api/v1/forms/note/records', {'size': 'large'}).status == 201
        client.close()
    before = app.rows('SELECT * FROM _definition'), app.read('forms/note.yaml')
    refused = app.cli('revert', '1', status=1)
    assert 'large' in refused.errors, refused.errors
    assert before == (app.rows('SELECT * FROM _definition'), app.read('forms/note.yaml'))
    app.cli('revert', '1', '--allow-loss')
    assert app.read('forms/note.yaml') == NOTE and app.rows('SELECT size FROM note') == [(None,)]


# ---- a restored backup ----

def _restored_asks(app, want):
    """It serves as it was published last; only `tenon apply` brings it to the folder."""
    columns = app.store.columns('note')
    with app.serve() as server:
        client = server.client(app.token('eve'))
        assert server.log_has('definition refused', 'restored backup'), server.log()
        assert want in server.log(), server.log()
        assert client.post('/api/v1/forms/note/records', {'weight': 'x'}).status == 422
        assert client.post('/api/v1/forms/note/records', {'name': 'x'}).status == 201
        assert app.store.columns('note') == columns
        app.write('forms/note.yaml', app.read('forms/note.yaml') + '# touched\n')
        time.sleep(1)
        assert app.store.columns('note') == columns
        app.cli('apply')
        assert client.post('/api/v1/forms/note/records', {'weight': 'x'}).status == 201
        client.close()
    _field(app, 'height')
    with app.serve() as server:                # it is the folder's own again
        client = server.client(app.token('eve'))
        assert client.post('/api/v1/forms/note/records', {'height': 'x'}).status == 201
        client.close()


def a_backup_put_back_over_a_newer_database_asks():
    app = _app()
    app.user('eve', roles='clerk')
    app.store.keep('old')                      # any copy, not only one of ours
    _field(app, 'weight')
    app.cli('apply')
    app.store.put_back('old')
    _restored_asks(app, 'version 2 was published here')


@sqlite_only('where pg_dump makes copies')
def a_backup_put_to_another_place_asks_too():
    app = _app()
    app.user('eve', roles='clerk')
    backup = os.path.join(app.place, 'backup.db')
    app.cli('backup', backup)
    _field(app, 'weight')
    shutil.rmtree(os.path.dirname(app.store.path))
    os.mkdir(os.path.dirname(app.store.path))
    shutil.copy(backup, app.store.path)
    _restored_asks(app, 'the database is at version 1')


@sqlite_only('where pg_dump makes copies')
def a_backup_of_what_the_folder_says_asks_nothing():
    app = _app()
    app.user('eve', roles='clerk')
    backup = os.path.join(app.place, 'backup.db')
    app.cli('backup', backup)
    shutil.copy(backup, app.store.path)
    with app.serve() as server:
        client = server.client(app.token('eve'))
        assert 'refused' not in server.log()
        _field(app, 'weight')
        assert until(lambda: client.post('/api/v1/forms/note/records', {'weight': 'x'}).status
                     == 201), server.log()
        client.close()


# ---- crashes ----

def files_that_a_crash_left_unwritten_are_written_at_the_next_start():
    """Between the commit and the files: the folder is old, the database knows what belongs there.
    The old files are not taken for a newer edit."""
    app = _app()
    app.user('root', roles='admin')
    token = app.token('root')
    _field(app, 'weight')
    app.cli('apply')
    new = app.read('forms/note.yaml')
    # Several nodes have a folder each; a file has one.
    note = f'/files {socket.gethostname()}:{os.path.realpath(app.dir)}' if ON_PG else '/files'
    app.store.run('INSERT INTO _schema VALUES (?, ?)', note, json.dumps([
        {'path': 'forms/note.yaml', 'found': NOTE, 'write': new},
        {'path': 'plugins/a.lua', 'found': '-- old\n', 'write': None}]))
    app.write('forms/note.yaml', NOTE)
    app.write('plugins/a.lua', '-- old\n')
    with app.serve() as server:
        assert app.read('forms/note.yaml') == new
        assert not os.path.exists(os.path.join(app.dir, 'plugins/a.lua'))
        answer = server.get(DEF, token=token)
        assert answer.json['version'] == 2 and answer.json['waiting'] is None, answer
    assert app.rows("SELECT * FROM _schema WHERE name LIKE '/files%'") == []


def a_kill_in_the_middle_leaves_the_whole_old_or_the_whole_new():
    app = App({'app.yaml': APP, 'forms/note.yaml': NOTE, 'forms/other.yaml': NOTE.replace(
        'form: note', 'form: other')})
    app.user('root', roles='admin')
    token = app.token('root')
    done = 0
    for i in range(6):
        server = app.serve()
        client = server.client(token)
        told = []

        def work():
            try:
                for k in range(50):
                    for form in ('note', 'other'):
                        path = f'{DEF}/forms/{form}.yaml'
                        file = client.get(path).json
                        client.put(path, {'etag': file['etag'], 'text': file['text'].replace(
                            'permissions:', f'  f{i}_{k}: {{type: text}}\npermissions:')})
                    if client.post(f'{DEF}/publish', {}).status == 200:
                        told.append(f'f{i}_{k}')
            except (OSError, ValueError):
                pass
        thread = threading.Thread(target=work)
        thread.start()
        assert until(lambda: told), 'nothing was published'
        time.sleep(0.03 * i)
        server.kill()
        thread.join()
        with app.serve() as again:
            served = {f['path']: f for f in again.get(DEF, token=token).json['files']}
            for form in ('note', 'other'):
                path = f'forms/{form}.yaml'
                text = again.get(f'{DEF}/{path}?version=' + str(served[path]['version']),
                                 token=token).json['text']
                assert app.read(path) == text, path
                columns = app.store.columns(form)
                for name in told:
                    assert f'  {name}: ' in text and name in columns, (name, text)
            assert again.get(DEF, token=token).json['waiting'] is None
            fields = [set(line.split(':')[0].strip() for line in app.read(f'forms/{f}.yaml')
                          .splitlines() if line.startswith('  f')) for f in ('note', 'other')]
            assert fields[0] == fields[1], fields
            assert 'nothing to do' in app.cli('plan').text
            again.delete(f'{DEF}/draft', token=token)
        done += len(told)
    assert done >= 6, done
    app.store.check()


if __name__ == '__main__':
    main(globals())
