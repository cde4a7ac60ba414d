#!/usr/bin/env python3
"""Each kind of file and each way of saving it, while the server runs: the old version serves
until the new one is whole."""
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, Page, main, until  # noqa: E402

HTML = {'Accept': 'text/html'}
DEF = '/api/v1/definitions'
APP = '''app: live
label: Live
languages: [en]
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
NOTE = '''form: note
title: "{name}"
fields:
  name: {type: text, required: true}
  size: {type: number}
permissions:
  clerk: {read: all, create: true, update: all}
'''
FLOW = '''workflow: path
form: note
stages:
  fresh: {status: open}
  done: {status: won}
transitions:
  finish: {from: fresh, to: done, by: [clerk]}
'''
app = App({'app.yaml': APP, 'forms/note.yaml': NOTE})
app.user('ann', roles='clerk')
app.user('root', roles='admin')
server = app.serve()
ann, root = server.client().login('ann'), server.client().login('root')


def _version():
    return app.rows('SELECT max(version) FROM _definition')[0][0]


def _forms():
    return {f['name']: {x['name'] for x in f['fields']} for f in ann.get('/api/v1/forms').json['forms']}


def _waiting():
    return root.get(DEF).json['waiting'] or ''


def _settled():
    """Nothing changes any more and nothing waits."""
    assert until(lambda: not _waiting()), _waiting()


def _create(form='note', **values):
    return ann.post(f'/api/v1/forms/{form}/records', values)


def _raw(path, text, mode='w'):
    with open(os.path.join(app.dir, path), mode, encoding='utf-8') as f:
        f.write(text)


def app_yaml_changes_what_pages_say_and_who_may():
    app.write('app.yaml', APP.replace('label: Live', 'label: Lively').replace(
        'limits:', 'menu:\n  - {section: Things, items: [note]}\nlimits:'))
    assert until(lambda: 'Lively' in ann.get('/', headers=HTML).text)
    assert 'Things' in Page(ann.get('/', headers=HTML).text).text
    app.write('app.yaml', APP.replace('  clerk:', '  clerk: {label: C}\n  clerk:'))
    assert until(lambda: 'app.yaml:' in _waiting()), server.log()
    assert 'Lively' in ann.get('/', headers=HTML).text
    app.write('app.yaml', APP)
    assert until(lambda: 'Lively' not in ann.get('/', headers=HTML).text)
    _settled()


def a_form_comes_changes_and_goes():
    task = NOTE.replace('form: note', 'form: task')
    app.write('forms/task.yaml', task)
    assert until(lambda: 'task' in _forms()), _waiting()
    made = _create('task', name='kept', size=3)
    assert made.status == 201
    app.write('forms/task.yaml', task.replace('number}', 'number}\n  day: {type: date}'))
    assert until(lambda: 'day' in _forms()['task']), _waiting()
    app.remove('forms/task.yaml')
    assert until(lambda: 'task' not in _forms()), _waiting()
    assert _create('task', name='x').status == 404
    app.write('forms/task.yaml', task)             # and it comes back with its records
    assert until(lambda: 'task' in _forms()), _waiting()
    assert ann.get(f'/api/v1/forms/task/records/{made.json["id"]}').json['size'] == 3
    app.remove('forms/task.yaml')
    assert until(lambda: 'task' not in _forms()), _waiting()


def a_file_that_others_need_may_not_go():
    app.write('forms/task.yaml', NOTE.replace('form: note', 'form: task').replace(
        'size: {type: number}', 'note: {type: link, to: note}'))
    assert until(lambda: 'task' in _forms()), _waiting()
    app.remove('forms/note.yaml')
    assert until(lambda: 'forms/task.yaml:5:' in _waiting()), _waiting()
    assert _create(name='still').status == 201
    app.write('forms/note.yaml', NOTE)
    _settled()
    app.remove('forms/task.yaml')
    assert until(lambda: 'task' not in _forms()), _waiting()


def a_file_under_another_name_is_told_unless_its_form_goes_with_it():
    os.rename(os.path.join(app.dir, 'forms/note.yaml'), os.path.join(app.dir, 'forms/memo.yaml'))
    assert until(lambda: 'forms/memo.yaml:1:' in _waiting()), _waiting()
    assert _create(name='still').status == 201
    os.rename(os.path.join(app.dir, 'forms/memo.yaml'), os.path.join(app.dir, 'forms/note.yaml'))
    _settled()
    app.write('forms/other.yml', NOTE.replace('form: note', 'form: other'))
    assert until(lambda: 'forms/other.yml:1:1: definitions end in .yaml' in _waiting()), _waiting()
    app.remove('forms/other.yml')
    _settled()


def a_workflow_comes_changes_and_goes():
    app.write('workflows/path.yaml', FLOW)
    assert until(lambda: _create(name='x').json.get('stage') == 'fresh'), _waiting()
    app.write('workflows/path.yaml', FLOW.replace('  done:', '  hold: {status: open}\n  done:')
              .replace('transitions:', 'transitions:\n  wait: {from: fresh, to: hold, by: [clerk]}'))
    def waits():                                  # one that is there already goes on as it began
        made = _create(name='y').json
        return ann.post(f'/api/v1/forms/note/records/{made["id"]}/transitions/wait').status == 200
    assert until(waits), _waiting()
    app.write('workflows/path.yaml', FLOW.replace('to: done', 'to: dona'))
    assert until(lambda: 'workflows/path.yaml:7:' in _waiting()), _waiting()
    assert 'did you mean' in _waiting() and '`done`' in _waiting(), _waiting()
    app.write('workflows/path.yaml', FLOW.replace('  done:', '  hold: {status: open}\n  done:'))
    _settled()


def a_plugin_comes_changes_and_goes():
    rule = 'on("note.before_save", function(n) n.size = 1 end)\n'
    app.write('plugins/size.lua', rule)
    assert until(lambda: _create(name='x').json['size'] == 1), _waiting()
    app.write('plugins/size.lua', rule.replace('= 1', '= 2'))
    assert until(lambda: _create(name='x').json['size'] == 2), _waiting()
    app.write('plugins/size.lua', rule.replace('= 1', '= ('))
    assert until(lambda: 'plugins/size.lua:1:' in _waiting()), _waiting()
    assert _create(name='x').json['size'] == 2
    app.remove('plugins/size.lua')
    assert until(lambda: _create(name='x').json['size'] is None), _waiting()


# ---- ways of saving ----

def a_file_written_bit_by_bit_is_read_when_it_is_whole():
    """A half file may be a right one, without the fields to come: it must not be applied."""
    _settled()
    before, log = _version(), len(server.log())
    text = NOTE.replace('number}', 'number}\n  colour: {type: text}\n  weight: {type: text}')
    head = text[:text.index('  size')]
    _raw('forms/note.yaml', head)
    for line in text[len(head):].splitlines(True):
        time.sleep(0.1)
        _raw('forms/note.yaml', line, 'a')
    assert until(lambda: {'colour', 'weight'} <= _forms()['note']), _waiting()
    assert _version() == before + 1
    assert 'refused' not in server.log()[log:]


def editors_saves_are_seen():
    at = os.path.join(app.dir, 'forms/note.yaml')

    def truncated(text):                           # nano
        _raw('forms/note.yaml', text)

    def renamed_away(text):                        # vim: the old file becomes x~
        os.rename(at, at + '~')
        _raw('forms/note.yaml', text)
        os.remove(at + '~')

    def locked(text):                              # emacs: a lock that is a broken link
        os.symlink('someone@somewhere.1', os.path.join(app.dir, 'forms/.#note.yaml'))
        _raw('forms/#note.yaml#', 'not whole')
        app.write('forms/note.yaml', text)
        os.remove(os.path.join(app.dir, 'forms/.#note.yaml'))
        os.remove(os.path.join(app.dir, 'forms/#note.yaml#'))

    def swapped(text):                             # vim while open: .x.yaml.swp
        _raw('forms/.note.yaml.swp', 'b0VIM')
        _raw('forms/.hidden.yaml', 'not: [yaml')
        app.write('forms/note.yaml', text)

    def same_time(text):                           # put back with its old time, same size
        stamp = os.stat(at)
        app.write('forms/note.yaml', text)
        os.utime(at, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    for i, save in enumerate((truncated, renamed_away, locked, swapped, same_time)):
        save(NOTE.replace('number}', f'number}}\n  by{i}: {{type: text}}'))
        assert until(lambda: f'by{i}' in _forms()['note']), (save.__name__, _waiting())
    assert not _waiting()
    for name in ('.note.yaml.swp', '.hidden.yaml'):
        app.remove(f'forms/{name}')


def a_checkout_of_many_files_is_one_version():
    _settled()
    before, log = _version(), len(server.log())
    for i in range(8):
        app.write(f'forms/many{i}.yaml', NOTE.replace('form: note', f'form: many{i}').replace(
            'size: {type: number}', f'next: {{type: link, to: many{(i + 1) % 8}}}'))
        time.sleep(0.05)
    assert until(lambda: 'many7' in _forms()), _waiting()
    assert _version() == before + 1 and 'refused' not in server.log()[log:]
    for i in range(8):
        app.remove(f'forms/many{i}.yaml')
    assert until(lambda: 'many7' not in _forms()), _waiting()


def what_failed_for_no_fault_of_the_folder_is_tried_again():
    """Another program holds the database: the change comes through when it lets go."""
    _settled()
    log = len(server.log())
    with app.store.held():
        app.write('forms/note.yaml', NOTE.replace('number}', 'number}\n  later: {type: text}'))
        assert until(lambda: 'definition refused' in server.log()[log:]), server.log()[log:]
        assert 'later' not in _forms()['note']
    assert until(lambda: 'later' in _forms()['note']), server.log()[log:]
    _settled()


def what_waits_is_shown_to_admins_and_applied_by_their_word():
    """In the log, on the page, by the API; the old version serves until somebody says so."""
    text = NOTE.replace('number}', 'number}\n  code: {type: text}')
    app.write('forms/note.yaml', text)
    assert until(lambda: 'code' in _forms()['note'])
    assert _create(name='kept', code='a-7').status == 201
    app.write('forms/note.yaml', text.replace('code: {type: text}', 'code: {type: number}'))
    assert server.log_has('definition refused', 'code'), server.log()[-2000:]
    look = root.get(f'{DEF}/waiting').json
    assert look['plan']['loses'] and not look['ok'], look
    assert '-  code: {type: text}' in look['diff']
    for path in ('/admin', '/admin/versions'):
        page = root.get(path, headers=HTML)
        assert page.status == 200 and 'code' in page.text, path
        assert ann.get(path, headers=HTML).status == 403
    page = root.get('/admin/versions', headers=HTML)
    form = Page(page.text).forms['/admin/versions/apply']
    assert form['note'] == '' and 'allow_loss' in page.text, form
    csrf = form['_csrf']
    # Without the tick nothing is lost, and the page says why.
    answer = root.form('/admin/versions/apply', {'_csrf': csrf, 'note': 'numbers'}, headers=HTML)
    assert answer.status == 409 and 'role="alert"' in answer.text, answer
    assert app.rows("SELECT code FROM note WHERE name = 'kept'") == [('a-7',)]
    version = _version()
    answer = root.form('/admin/versions/apply', {'_csrf': csrf, 'note': 'numbers', 'allow_loss': '1'},
                       headers=HTML)
    assert answer.status == 303, answer
    assert _version() == version + 1 and not _waiting()
    newest = json.loads(app.cli('log', '--json', '--limit', '1').text)['versions'][0]
    assert (newest['author'], newest['note']) == ('root', 'numbers')
    answer = _create(name='x', code=12)
    assert answer.json.get('code') == 12, answer


def going_back_shows_its_plan_first_and_works_without_script():
    version = _version()
    page = root.get(f'/admin/versions/{version - 1}', headers=HTML)
    assert page.status == 200 and f'/admin/versions/{version - 1}/revert' in page.text
    path = f'/admin/versions/{version - 1}/revert'
    page = root.get(path, headers=HTML)
    assert '+  code: {type: text}' in Page(page.text).text, page.text
    form = Page(page.text).forms[path]
    assert _version() == version
    answer = root.form(path, {'_csrf': form['_csrf'], 'note': '', 'allow_loss': '1'}, headers=HTML)
    assert answer.status == 303 and _version() == version + 1, answer
    assert '  code: {type: text}' in app.read('forms/note.yaml')
    assert ann.get('/api/v1/forms/note/records?q=&filter=code+%3D+%2712%27').json['records']
    assert root.get(f'/admin/versions/{version + 1}?with=1', headers=HTML).status == 200
    assert root.get('/admin/versions/999', headers=HTML).status == 404
    assert root.get('/admin/versions/1?with=999', headers=HTML).status == 404
    assert root.get(path.replace(str(version - 1), '999'), headers=HTML).status == 404
    assert re.search(r'version \d+ again', root.get('/admin/versions', headers=HTML).text)


def records_without_a_value_get_one_by_the_pages_without_script():
    text = app.read('forms/note.yaml')
    asked = text.replace('  code: {type: text}', '  code: {type: text}\n  weight: {type: number, required: true, label: Weight}\n'
                         '  kind: {type: choice, required: true, options: [{value: a, label: First}, b]}')
    assert asked != text
    app.write('forms/note.yaml', asked)
    assert server.log_has('definition refused', 'weight'), server.log()[-2000:]
    send = lambda at, **values: root.form(at, {'_csrf': root.csrf, **values}, headers=HTML)     # noqa: E731
    at = '/admin/versions/apply'
    page = root.get('/admin/versions', headers=HTML).text
    assert {'fill.note.weight', 'fill.note.kind'} <= set(Page(page).forms[at]) and 'Weight of the' in page and '>First<' in page, page
    version = _version()
    refused = send(at)
    assert refused.status == 409 and 'fill.note.weight' in refused.text, refused
    refused = send(at, **{'fill.note.weight': 'much', 'fill.note.kind': 'b'})
    assert refused.status == 422 and 'id="fill.note.weight-issue"' in refused.text and 'id="fill.note.kind-issue"' not in refused.text, refused
    assert Page(refused.text).forms[at]['fill.note.weight'] == 'much' and '<option value="b" selected>' in refused.text
    assert _version() == version
    done = send(at, **{'fill.note.weight': '5', 'fill.note.kind': 'b'})
    assert done.status == 303 and _version() == version + 1, done
    assert set(app.rows('SELECT weight, kind FROM note')) == {(5, 'b')}
    # Back to it, after records without one came.
    app.write('forms/note.yaml', asked.replace('number, required: true', 'number'))
    assert until(lambda: _create(name='light', kind='a').status == 201)       # served, not only written down
    at = f'/admin/versions/{version + 1}/revert'
    assert {k for k in Page(root.get(at, headers=HTML).text).forms[at] if k.startswith('fill')} == {'fill.note.weight'}
    wrong = send(at, **{'fill.note.weight': 'x'})
    assert wrong.status == 422 and 'id="fill.note.weight-issue"' in wrong.text, wrong
    assert send(at, **{'fill.note.weight': '7'}).status == 303
    assert app.rows("SELECT weight FROM note WHERE name = 'light'") == [(7,)]


def the_server_ends_well():
    server.stop()


if __name__ == '__main__':
    main(globals())
