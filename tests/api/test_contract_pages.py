#!/usr/bin/env python3
"""Forms as a browser without script posts them: everything that the page drew comes back."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, main  # noqa: E402

HTML = {'Accept': 'text/html'}
APP = '''app: pages
languages: [en, zh]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
NOTE = '''form: note
title: "{name}"
fields:
  name:  {type: text, required: true}
  kind:  {type: choice, options: [low, high], default: low}
  fixed: {type: text, readonly: true, default: FIXED}
  sent:  {type: datetime, readonly: true, default: "=now()"}
  later: {type: text, readonly: "kind = 'low'", default: LATER}
  rows:
    type: subform
    fields:
      what: {type: text}
      mark: {type: text, readonly: true, default: MARK}
permissions:
  clerk: {read: all, create: true, update: all}
'''
_app = App({'app.yaml': APP, 'forms/note.yaml': NOTE})
_app.user('ann', roles='clerk')
_server = _app.serve()
ann = _server.client().login('ann')


def _drawn(path):
    """What a browser would send: rows of a <template> are none."""
    text = ann.get(path, headers=HTML).text
    form = Page(re.sub(r'<template>.*?</template>', '', text, flags=re.S)).forms[path]
    return {k: v for k, v in form.items() if v is not None}


def a_new_record_may_show_fields_that_cannot_be_changed():
    form = _drawn('/f/note/new')
    assert form['fixed'] == 'FIXED' and form['later'] == 'LATER' and form['sent'], form
    # Between drawing and sending the clock has gone on: the default counts, not what was shown.
    form.update({'name': 'a', 'sent': '2020-01-01T00:00', 'rows.0.what': 'w'})
    answer = ann.form('/f/note/new', form, headers=HTML)
    assert answer.status == 303, answer
    row = _app.rows('SELECT fixed, later, sent > ? FROM note', '2021-01-01T00:00:00Z')
    assert row == [('FIXED', 'LATER', 1)], row
    assert _app.rows('SELECT what, mark FROM note__rows') == [('w', 'MARK')]


def a_field_that_opens_by_what_is_typed_is_kept():
    form = _drawn('/f/note/new')
    form.update({'name': 'b', 'kind': 'high', 'later': 'mine'})
    assert ann.form('/f/note/new', form, headers=HTML).status == 303
    assert _app.rows("SELECT later FROM note WHERE name = 'b'") == [('mine',)]
    # One that is closed by what is typed is told, not dropped.
    form.update({'name': 'c', 'kind': 'low'})
    answer = ann.form('/f/note/new', form, headers=HTML)
    assert answer.status == 403 and _app.count('note', "name = 'c'") == 0, answer


def an_edit_sends_back_what_it_showed():
    id_ = _app.rows("SELECT id FROM note WHERE name = 'a'")[0][0]
    form = _drawn(f'/f/note/{id_}/edit')
    form['name'] = 'aa'
    assert ann.form(f'/f/note/{id_}/edit', form, headers=HTML).status == 303
    assert _app.rows('SELECT name, fixed, later FROM note WHERE id = ?', id_) \
        == [('aa', 'FIXED', 'LATER')]


def the_api_still_says_that_a_field_is_read_only():
    for values in ({'fixed': 'x'}, {'fixed': 'FIXED'}, {'later': 'x'}):
        answer = ann.post('/api/v1/forms/note/records', {'name': 'd', **values})
        assert answer.status == 403, answer


def signing_out_leaves_nothing_in_the_browser():
    bob = _server.client().login('ann')
    answer = bob.form('/logout', {'_csrf': bob.csrf}, headers=HTML)
    assert answer.status == 303 and '"storage"' in answer.headers['Clear-Site-Data'], answer
    assert bob.get('/api/v1/me').status == 401


def end():
    _server.stop()


main(globals())
