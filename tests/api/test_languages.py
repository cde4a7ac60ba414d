#!/usr/bin/env python3
"""Texts by language: the reader's, else the app's first, else the name; in pages, API, messages and
plugins; and a change of language, of a person or of the app, is there at once."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main, until  # noqa: E402

# The app's first language stands last in the texts: the order in a file is not what counts.
APP = '''app: words
label: {en: Words, zh: 词语}
languages: [zh, en, fr]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: {en: Clerk, zh: 店员}}
menu:
  - {section: {en: Work, zh: 工作}, items: [note]}
'''
FORM = '''form: note
label: {en: Note, zh: 便签, fr: Notes de travail}
title: "{name}"
owner: owner
fields:
  name: {type: text, label: {en: Name, zh: 名称}, help: {en: Short, zh: 简短}, placeholder: {en: e.g. Tea, zh: 如茶}}
  kind:
    type: choice
    label: {en: Kind, zh: 种类, fr: Genre}
    options: [{value: urgent, label: {en: Urgent, zh: 紧急}}, {value: calm, label: {en: Calm, fr: Calme}}, bare]
  bare_field: {type: number, check: "bare_field > 0", message: {en: More than none, zh: 须大于零}}
  owner: {type: user, label: {en: Owner, zh: 负责人}, default: "=me()"}
layout:
  - {section: {en: Basics, zh: 基本信息}, fields: [name, kind, bare_field, owner]}
views:
  all: {type: table, label: {en: Everything, zh: 全部便签}, columns: [name, kind, stage]}
permissions:
  clerk: {read: all, create: true, update: all}
'''
FLOW = '''workflow: flow
form: note
label: {en: Flow, zh: 流程}
stages:
  first: {label: {en: First stage, zh: 第一阶段}, guide: {en: Begin here, zh: 从这里开始}}
  plain: {status: done}
transitions:
  go:
    label: {en: Move on, zh: 继续}
    from: first
    to: plain
    by: clerk
    if: "kind != 'calm'"
    message: {en: Not when calm, zh: 平静时不可}
    do:
      - notify: {to: owner, text: {en: "Moved {name}", zh: "已流转 {name}"}}
'''
PLUGIN = '''action{name = "shout", label = {en = "Shout", zh = "大喊"}, form = "note",
  params = {{name = "loud", label = {en = "How loud", zh = "音量"}}},
  run = function(note) fail({en = "Too quiet", zh = "太轻"}) end}
'''

app = App({'app.yaml': APP, 'forms/note.yaml': FORM, 'workflows/flow.yaml': FLOW,
           'plugins/shout.lua': PLUGIN})
app.user('ann', roles='clerk')
app.user('root', roles='admin')
server = app.serve()
ann, root = server.client().login('ann'), server.client().login('root')
NOTES = '/api/v1/forms/note/records'
HTML = {'Accept': 'text/html'}


def _speak(lang):
    answer = ann.form('/profile/language', {'lang': lang, 'csrf': ann.csrf})
    assert answer.status == 303, answer


def _note(**values):
    answer = ann.post(NOTES, {'name': 'Tea', **values})
    assert answer.status == 201, answer
    return answer.json['id']


def _meta():
    form = [f for f in ann.get('/api/v1/forms').json['forms'] if f['name'] == 'note'][0]
    return form, {f['name']: f for f in form['fields']}


def a_page_shows_the_first_language_where_the_readers_is_missing():
    _speak('fr')
    page = ann.get(f'/f/note/{_note(kind="urgent")}', headers=HTML).text
    for text in ('Notes de travail', '名称', 'Genre', '紧急', '基本信息', '第一阶段', '从这里开始', '继续', 'bare_field'):
        assert text in page, text
    for text in ('Basics', 'First stage', 'Begin here', 'Urgent'):
        assert text not in page, text
    listed = ann.get('/f/note', headers=HTML).text
    assert '全部便签' in listed and '工作' in listed and 'Everything' not in listed
    new = ann.get('/f/note/new', headers=HTML).text
    assert '简短' in new and '如茶' in new and 'Calme' in new and '紧急' in new


def the_api_does_so_too():
    _speak('fr')
    form, fields = _meta()
    assert form['label'] == 'Notes de travail' and fields['name']['label'] == '名称', form
    assert fields['kind']['label'] == 'Genre' and fields['bare_field']['label'] == 'bare_field'
    assert [o['label'] for o in fields['kind']['options']] == ['紧急', 'Calme', 'bare'], fields['kind']
    assert fields['created_at']['label'] == '创建时间', fields['created_at']


def a_text_without_the_first_language_shows_what_there_is():
    _speak('zh')
    _, fields = _meta()
    assert [o['label'] for o in fields['kind']['options']] == ['紧急', 'Calm', 'bare']


def what_a_refusal_says_falls_back():
    _speak('fr')
    answer = ann.post(NOTES, {'name': 'x', 'bare_field': -1})
    assert answer.fields == {'bare_field': 'check'} or answer.status == 422, answer
    assert answer.json['fields']['bare_field']['message'] == '须大于零', answer
    calm = _note(kind='calm')
    answer = ann.post(f'{NOTES}/{calm}/transitions/go', {})
    assert answer.status == 422 and '平静时不可' in answer.text, answer
    answer = ann.post(f'{NOTES}/{calm}/actions/shout', {'params': {'loud': 'x'}})
    assert '太轻' in answer.text, answer


def a_mistake_in_an_expression_is_all_in_one_language():
    _speak('zh')
    answer = ann.get(f'{NOTES}?filter=bare_field%20%3E')
    assert answer.status in (400, 422) and '结尾处缺少 一个值' in answer.text, answer
    answer = ann.get(f'{NOTES}?filter=not%20name')
    assert '应为 是否，但这里是 文本' in answer.text, answer
    answer = ann.get(f'{NOTES}?filter=round(%5B1%5D)%20%3E%200')
    assert '应为 数字，但这里是 数字列表' in answer.text, answer


def a_message_is_in_the_language_of_whom_it_is_for():
    for lang, text in (('fr', '已流转 m1'), ('en', 'Moved m2'), ('zh', '已流转 m3')):
        _speak(lang)
        note = _note(name=text.split()[-1])
        assert ann.post(f'{NOTES}/{note}/transitions/go', {}).status == 200
        assert text in [m['text'] for m in ann.get('/api/v1/messages').json['messages']]


def what_plugins_declare_falls_back():
    _speak('fr')
    note = _note()
    page = ann.get(f'/f/note/{note}', headers=HTML).text
    assert '大喊' in page and 'Shout' not in page


def a_person_changes_language_and_reads_it_at_once():
    for lang, label, own in (('en', 'Basics', 'Save'), ('zh', '基本信息', '保存'), ('en', 'Basics', 'Save')):
        _speak(lang)
        page = ann.get('/f/note/new', headers=HTML).text
        assert label in page and own in page and f'lang="{lang}"' in page, lang
        form, _ = _meta()
        assert form['label'] == {'en': 'Note', 'zh': '便签'}[lang]


def an_app_gets_and_loses_languages_while_it_runs():
    _speak('en')
    app.write('app.yaml', APP.replace('[zh, en, fr]', '[en, de]'))
    app.write('forms/note.yaml', FORM.replace('{en: Name, zh: 名称}', '{zh: 名称, de: Bezeichnung, en: Name}'))
    until(lambda: _meta()[1]['name']['label'] == 'Name' and ann.form(
        '/profile/language', {'lang': 'de', 'csrf': ann.csrf}).status == 303, 10)
    form, fields = _meta()
    assert fields['name']['label'] == 'Bezeichnung' and form['label'] == 'Note', form
    app.write('forms/note.yaml', FORM)
    app.write('app.yaml', APP)
    until(lambda: _meta()[1]['name']['label'] == '名称')     # German is gone: the first language


if __name__ == '__main__':
    try:
        main(globals())
    finally:
        server.stop()
