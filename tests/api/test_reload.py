#!/usr/bin/env python3
"""Files edited while the server runs: what is right is served at once, a mistake is told with
its place while the old version serves on, and repairing it is enough."""
import os
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, main, until  # noqa: E402

HTML = {'Accept': 'text/html'}
APP = '''app: live
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
FORM = '''form: note
title: "{name}"
fields:
  name: {type: text, required: true}
  size: {type: number}
permissions:
  clerk: {read: all, create: true, update: all}
'''
PLUGIN = '''on("note.before_save", function(note)
  if note.name == "one" then note.size = 1 end
end)
'''

app = App({'app.yaml': APP, 'forms/note.yaml': FORM, 'plugins/sizes.lua': PLUGIN})
app.user('ann', roles='clerk')
app.user('root', roles='admin')
server = app.serve()
ann, root = server.client().login('ann'), server.client().login('root')
NOTES = '/api/v1/forms/note/records'


def _create(**values):
    return ann.post(NOTES, values)


def _shown():
    answer = ann.get('/f/note/new', headers=HTML)
    assert answer.status == 200, answer
    return {n.removesuffix('[]') for n in Page(answer.text).forms['/f/note/new']}


def _admin():
    answer = root.get('/admin', headers=HTML)
    assert answer.status == 200, answer
    return re.sub(r'&#(\d+);', lambda m: chr(int(m.group(1))), answer.text)


def _served(text):
    """Writes the form; how long until the new version answers."""
    start = time.monotonic()
    app.write('forms/note.yaml', text)
    return start


def _mistake(path, text, *said):
    """It is told in the log, on the admin's page and by `tenon check`; the old version serves."""
    before = len(server.log())
    app.write(path, text)
    assert until(lambda: all(s in server.log()[before:] for s in said)), server.log()[before:]
    assert until(lambda: all(s in _admin() for s in said)), _admin()
    check = app.cli('check', status=1)
    for s in said:
        assert s in check.errors, check.errors
    assert _create(name='still').status == 201
    assert 'name' in _shown()
    clerk = ann.get('/admin', headers=HTML)
    assert clerk.status == 403, clerk       # places in files are for admins


def _repaired():
    assert until(lambda: 'plugins/' not in _admin() and 'forms/note' not in _admin()), _admin()
    assert app.cli('check').returncode == 0


def a_new_field_shows_in_page_and_api():
    start = _served(FORM.replace('permissions:', '  colour: {type: choice, options: [red, blue]}\n'
                                 '  day: {type: date}\npermissions:'))
    assert until(lambda: {'colour', 'day'} <= _shown()), server.log()[-2000:]
    print(f'in the page after {time.monotonic() - start:.2f} s')
    answer = _create(name='x', colour='blue', day='2026-03-02')
    assert answer.status == 201 and answer.json['colour'] == 'blue', answer
    assert app.rows('SELECT colour, day FROM note') == [('blue', '2026-03-02')]


def a_mistake_in_yaml_is_told_with_its_place():
    _mistake('forms/note.yaml', app.read('forms/note.yaml').replace('required: true',
             'requird: true'), 'forms/note.yaml:4:22', '`required`')
    # Several mistakes are told together.
    _mistake('forms/note.yaml', app.read('forms/note.yaml').replace('type: date', 'type: dat'),
             'forms/note.yaml:4:22', 'forms/note.yaml:7:15')
    _mistake('forms/note.yaml', 'form: note\nfields:\n  name: {type: text\n  x: y\n',
             'forms/note.yaml:')
    _mistake('forms/note.yaml', FORM + 'checks:\n  - {that: "size > \'x\'", message: no}\n',
             'forms/note.yaml:9:')
    app.write('forms/note.yaml', FORM.replace('number}', 'number}\n  again: {type: text}'))
    assert until(lambda: 'again' in _shown()), _admin()
    _repaired()


def what_would_lose_data_waits():
    assert _create(name='kept', size=7).status == 201
    before = app.read('forms/note.yaml')
    app.write('forms/note.yaml', before.replace('size: {type: number}', 'size: {type: date}'))
    assert server.log_has('definition refused', 'size'), server.log()[-2000:]
    assert 'size' in _admin(), _admin()
    assert _create(name='still', size=8).status == 201
    assert app.rows("SELECT size FROM note WHERE name = 'kept'") == [(7,)]
    app.write('forms/note.yaml', before)
    _repaired()


def a_mistake_in_a_plugin_is_told_with_its_place():
    assert _create(name='one').json['size'] == 1
    _mistake('plugins/sizes.lua', PLUGIN + 'local x = = 2\n', 'plugins/sizes.lua:4:')
    assert _create(name='one').json['size'] == 1
    _mistake('plugins/sizes.lua', '\nerror("at load")\n', 'plugins/sizes.lua:2:', 'at load')
    _mistake('plugins/sizes.lua', 'on("note.before_creat", function() end)\n',
             'plugins/sizes.lua:1:', 'before_create')
    _mistake('plugins/sizes.lua', 'on("noet.before_create", function() end)\n',
             'plugins/sizes.lua:1:', 'note')
    assert _create(name='one').json['size'] == 1
    app.write('plugins/sizes.lua', PLUGIN.replace('= 1 end', '= 2 end'))
    assert until(lambda: _create(name='one').json['size'] == 2), _admin()
    _repaired()


def a_plugin_may_come_and_go():
    app.write('plugins/more.lua', 'on("note.before_save", function(n) if n.name == "more" then '
              'n.size = 9 end end)\n')
    assert until(lambda: _create(name='more').json['size'] == 9), _admin()
    app.remove('plugins/more.lua')
    assert until(lambda: _create(name='more').json['size'] is None), _admin()


def requests_in_flight_see_one_version_or_the_other():
    """Writers go on while the form changes twenty times: no answer but 201."""
    over, bad, count = threading.Event(), [], [0] * 4

    def write(i):
        client = server.client().login('ann')
        while not over.is_set():
            answer = client.post(NOTES, {'name': f'busy {i}'})
            count[i] += 1
            if answer.status != 201:
                bad.append(str(answer))
        client.close()
    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    before = app.count('note')
    for t in threads:
        t.start()
    base = app.read('forms/note.yaml')
    for i in range(20):
        app.write('forms/note.yaml', base.replace('permissions:', f'  f{i}: {{type: text}}\n'
                                                  'permissions:'))
        time.sleep(0.1)
    assert until(lambda: 'f19' in _shown()), _admin()
    over.set()
    for t in threads:
        t.join()
    assert not bad, bad[:2]
    assert app.count('note') == before + sum(count) and min(count) > 0
    app.store.check()


def a_restart_with_a_broken_folder_serves_the_stored_version():
    global server, ann, root
    good = app.read('forms/note.yaml')
    app.write('forms/note.yaml', good.replace('form: note', 'from: note'))
    server.stop()
    server = app.serve()
    ann, root = server.client().login('ann'), server.client().login('root')
    assert _create(name='after').status == 201
    assert 'forms/note.yaml:1:' in _admin()
    app.write('forms/note.yaml', good)
    _repaired()
    server.stop()


if __name__ == '__main__':
    main(globals())
