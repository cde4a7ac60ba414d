#!/usr/bin/env python3
"""Changing definitions of an app that has data: what the plan says, what publishing does."""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main, sqlite_only, until  # noqa: E402

APP = '''
app: shop
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
PART = '''
form: part
title: "{name}"
fields:
  name: {type: text, required: true}
  cost: {type: text}
  kind: {type: choice, options: [bolt, nut, gear]}
  tags: {type: choices, options: [a, b, c]}
  note: {type: text}
permissions:
  clerk: {read: all, create: true, update: all}
'''


class Shop:
    """An app with one form, some records and an admin's token."""

    def __init__(self, form=PART, records=(), files=None):
        self.app = App({'app.yaml': APP, 'forms/part.yaml': form, **(files or {})})
        self.app.cli('apply')
        self.app.user('ann', roles='admin')
        self.token = self.app.token('ann')
        with self.app.serve() as server:
            for values in records:
                answer = server.post('/api/v1/forms/part/records', values, token=self.token)
                assert answer.status == 201, answer

    def form(self, text, *changes):
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        self.app.write('forms/part.yaml', text)
        return self

    def plan(self, status=0):
        return json.loads(self.app.cli('plan', '--json', status=status).text)

    def apply(self, *args):
        self.app.cli('apply', *args)
        again = self.plan()
        assert again['steps'] == [] and again['same'], again

    def refused(self, *words):
        plan = self.plan(status=1)
        said = [s['text'] for s in plan['steps'] if s['what'] == 'refused']
        assert plan['refused'] and any(all(w in t for w in words) for t in said), said
        done = self.app.cli('apply', '--allow-loss', status=1)
        assert words[0] in done.errors, done.errors


RECORDS = [
    {'name': 'one', 'cost': '12.50', 'kind': 'bolt', 'tags': ['a', 'b'], 'note': 'x'},
    {'name': 'two', 'cost': 'dear', 'kind': 'nut', 'tags': ['b']},
    {'name': 'three', 'cost': '7', 'kind': 'gear', 'note': 'x'},
]


def a_rename_of_100000_records_keeps_the_values_and_a_former_version_brings_the_name_back():
    shop = Shop()
    shop.app.store.run('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < '
                       '100000) INSERT INTO part (name, cost) SELECT i, i * 2 FROM n')
    shop.form(PART, ('  cost: {type: text}', '  price: {type: text, was: cost}'))
    text = shop.app.cli('plan').text
    assert 'the database is at version 1 of' in text, text
    assert 'rename part.cost to part.price' in text, text
    assert 'ALTER TABLE "part" RENAME COLUMN "cost" TO "price";' in text, text
    shop.apply()
    assert shop.app.rows('SELECT count(*), sum(CAST(price AS bigint)) FROM part') == [(100000, 10000100000)]
    shop.form(PART)
    text = shop.app.cli('plan').text
    assert 'this app is version 1 again' in text and 'its name in version 1' in text, text
    shop.apply()
    assert shop.app.rows('SELECT count(*), sum(CAST(cost AS bigint)) FROM part') == [(100000, 10000100000)]


def every_definition_applied_twice_plans_nothing():
    root = os.environ['ROOT']
    for copy in (root, os.path.join(root, 'tests/apps/clinic'),
                 os.path.join(root, 'tests/apps/contract')):
        app = App(copy=copy)
        app.cli('apply')
        plan = json.loads(app.cli('plan', '--json').text)
        assert plan['steps'] == [] and plan['same'] and plan['version'] == 1, (copy, plan)
        app.cli('apply')
        assert json.loads(app.cli('plan', '--json').text)['version'] == 1


@sqlite_only('where pg_dump makes copies')
def a_restored_older_backup_asks_before_it_migrates():
    shop = Shop(records=RECORDS)
    backup = os.path.join(shop.app.place, 'old.db')
    shop.app.cli('backup', backup)
    shop.form(PART, ('  note: {type: text}', '  note: {type: text}\n  more: {type: text}'))
    shop.apply()
    os.rename(backup, shop.app.store.path + '.old')
    shop.app.store.put_back('old')
    with shop.app.serve() as server:
        assert 'looks like a restored backup' in server.log(), server.log()
        assert 'more' not in shop.app.store.columns('part')
        answer = server.get('/api/v1/forms/part/records/1', token=shop.token)
        assert answer.status == 200 and 'more' not in answer.json, answer
        shop.app.cli('apply')
        answer = server.get('/api/v1/forms/part/records/1', token=shop.token)
        assert answer.status == 200 and 'more' in answer.json, answer
    shop.form(PART)
    with shop.app.serve() as server:                        # what follows is as ever
        answer = server.get('/api/v1/forms/part/records/1', token=shop.token)
        assert answer.status == 200 and 'more' not in answer.json, answer


def what_does_not_convert_is_listed_asked_for_kept_and_comes_back():
    shop = Shop(records=RECORDS)
    shop.form(PART, ('cost: {type: text}', 'cost: {type: number, decimals: 1}'))
    plan = shop.plan()
    loss = [s for s in plan['steps'] if s['what'] == 'loss']
    assert plan['loses'] and loss[0]['sample'] == [{'record': 2, 'was': 'dear', 'now': None}], loss
    done = shop.app.cli('apply', status=1)
    assert '--allow-loss' in done.errors and 'dear' in done.errors, done.errors
    assert shop.app.rows('SELECT cost FROM part WHERE id = 2') == [('dear',)]
    with shop.app.serve() as server:
        assert 'waits for' in server.log(), server.log()
        shop.app.cli('apply', '--allow-loss')
        answer = server.get('/api/v1/forms/part/records/1', token=shop.token)
        assert answer.json['cost'] == 12.5, answer
    assert shop.app.rows('SELECT id, cost FROM part ORDER BY id') == [(1, 125), (2, None), (3, 70)]
    assert shop.app.rows('SELECT form, record, field, old_value, version FROM _unconverted') \
        == [('part', 2, 'cost', 'dear', 2)]
    shop.form(PART).apply()
    assert [r[0] for r in shop.app.rows('SELECT cost FROM part ORDER BY id')] \
        == ['12.5', 'dear', '7.0']
    assert shop.app.count('_unconverted') == 0


def a_conversion_that_loses_nothing_runs_by_itself():
    shop = Shop(records=[dict(r, cost='5') for r in RECORDS])
    with shop.app.serve() as server:
        shop.form(PART, ('cost: {type: text}', 'cost: {type: number}'),
                  ('kind: {type: choice,', 'kind: {type: choices,'))
        assert until(lambda: server.get('/api/v1/forms/part/records/1', token=shop.token)
                     .json['cost'] == 5), server.log()
        answer = server.get('/api/v1/forms/part/records/1', token=shop.token)
        assert answer.json['kind'] == ['bolt'], answer


def values_that_are_there_twice_are_listed_with_their_records():
    shop = Shop(records=RECORDS)
    shop.form(PART, ('note: {type: text}', 'note: {type: text, unique: true}'))
    shop.refused('1 values are there more than once', '1, 3 (x)')


def a_required_field_asks_for_a_value():
    shop = Shop(records=RECORDS)
    shop.form(PART, ('note: {type: text}', 'note: {type: text, required: true}\n'
                     '  size: {type: number, required: true}'))
    shop.refused('part.size is required', '3 records', '--fill part.size=VALUE')
    shop.refused('part.note becomes required', '1 records')
    done = shop.app.cli('apply', '--fill', 'part.size=big', '--fill', 'part.note=none', status=1)
    assert 'fill.part.size: ' in done.errors, done.errors
    done = shop.app.cli('apply', '--fill', 'part.weight=4', status=1)
    assert 'fill.part.weight: there is no such field' in done.errors, done.errors
    shop.apply('--fill', 'part.size=4', '--fill', 'part.note=none')
    assert shop.app.rows('SELECT size, note FROM part ORDER BY id') == [(4, 'x'), (4, 'none'), (4, 'x')]


def options_are_renamed_removed_with_a_map_or_refused():
    shop = Shop(records=RECORDS)
    shop.form(PART, ('[bolt, nut, gear]', '[bolt, gear]'))
    shop.refused('part.kind', '1 records still hold the option nut', 'removed: {nut: OTHER}')
    shop.form(PART, ('[bolt, nut, gear]}', '[{value: screw, was: bolt}, {value: bolt, was: gear}],'
                     ' removed: {nut: bolt}}'),
              ('[a, b, c]}', '[{value: b, was: a}, {value: a, was: b}], removed: {c: }}'))
    shop.apply()
    assert shop.app.rows('SELECT kind FROM part ORDER BY id') == [('screw',), ('bolt',), ('bolt',)]
    assert shop.app.rows('SELECT record, value FROM part__tags ORDER BY 1, position') \
        == [(1, 'b'), (1, 'a'), (2, 'a')]


def bounds_that_data_breaks_are_told_and_do_not_stand_in_the_way():
    shop = Shop(records=RECORDS)
    shop.form(PART, ('cost: {type: text}', 'cost: {type: text, max: 3}'))
    plan = shop.plan()
    assert any('2 values of part.cost are outside of the new bounds' in s['text']
               for s in plan['steps']), plan
    shop.apply()


def a_field_does_not_move_into_a_subform_with_its_values():
    shop = Shop(PART + '', RECORDS)
    rows = '  lines: {type: subform, fields: {amount: {type: number}}}\n'
    shop.form(PART, ('  note: {type: text}\n', '  note: {type: text}\n' + rows)).apply()
    shop.form(PART, ('  note: {type: text}\n', rows.replace('{type: number}}',
                     '{type: number}, note: {type: text}}')))
    shop.refused('part.note holds 2 values', 'into or out of a subform')
    shop.form(PART, ('  note: {type: text}\n', rows)).apply()    # its removal alone is none


def what_is_removed_comes_back_until_it_is_trimmed():
    shop = Shop(records=RECORDS)
    without = (('  note: {type: text}\n', ''), ('  tags: {type: choices, options: [a, b, c]}\n', ''))
    shop.form(PART, *without).apply()
    assert shop.app.rows('SELECT note FROM part ORDER BY id') == [('x',), (None,), ('x',)]
    shop.form(PART).apply()
    with shop.app.serve() as server:
        answer = server.get('/api/v1/forms/part/records/1', token=shop.token)
        assert answer.json['note'] == 'x' and answer.json['tags'] == ['a', 'b'], answer
        shop.form(PART, *without)
        assert until(lambda: 'note' not in server.get(
            '/api/v1/forms/part/records/1', token=shop.token).json)
        assert 'drop column part.note [2]' in shop.app.cli('trim').text
        assert shop.app.rows('SELECT note FROM part ORDER BY id') == [('x',), (None,), ('x',)]
        assert 'done' in shop.app.cli('trim', '--yes').text
        assert 'nothing is retired' in shop.app.cli('trim').text
        assert server.get('/api/v1/forms/part/records/1', token=shop.token).status == 200
    assert 'part__tags' not in shop.app.store.tables()
    shop.form(PART).apply()
    assert shop.app.rows('SELECT note FROM part ORDER BY id') == [(None,), (None,), (None,)]


def an_entered_field_that_becomes_computed_keeps_what_people_entered_aside():
    shop = Shop(records=RECORDS)
    shop.form(PART, ('note: {type: text}', 'note: {type: formula, of: text, formula: "upper(name)"}'))
    plan = shop.plan()
    assert not plan['loses'] and not plan['refused'], plan
    shop.apply()
    assert shop.app.rows('SELECT note FROM part ORDER BY id') == [('ONE',), ('TWO',), ('THREE',)]
    shop.form(PART).apply()                                  # version 1 again
    assert shop.app.rows('SELECT note FROM part ORDER BY id') == [('x',), (None,), ('x',)]


def rows_of_a_subform_convert_and_are_renamed_like_fields():
    rows = '  lines: {type: subform, fields: {size: {type: text}, tags: {type: choices, options: [x, y]}}}\n'
    form = PART.replace('  note: {type: text}\n', '  note: {type: text}\n' + rows)
    shop = Shop(form, [{'name': 'a', 'lines': [{'size': '3', 'tags': ['x', 'y']}, {'size': 'big'}]}])
    shop.form(form, ('lines: {', 'items: {was: lines, '), ('size: {type: text}',
              'width: {was: size, type: number}'), ('tags: {type: choices', 'tag: {was: tags, type: choice'))
    shop.apply('--allow-loss')
    with shop.app.serve() as server:
        got = server.get('/api/v1/forms/part/records/1', token=shop.token).json['items']
        assert [(r['width'], r['tag']) for r in got] == [(3, 'x'), (None, None)], got
    assert shop.app.rows('SELECT form, field, old_value FROM _unconverted ORDER BY 2') \
        == [('part__items', 'tag', '["x","y"]'), ('part__items', 'width', 'big')]
    shop.form(form).apply()
    with shop.app.serve() as server:
        got = server.get('/api/v1/forms/part/records/1', token=shop.token).json['lines']
        assert [(r['size'], r['tags']) for r in got] == [('3', ['x', 'y']), ('big', [])], got
    assert shop.app.count('_unconverted') == 0


FLOW = '''
workflow: repair
form: part
when: "kind = 'bolt'"
stages:
  fresh: {status: open}
  done:  {status: done}
transitions:
  finish: {from: fresh, to: done, by: clerk}
'''
OTHER = FLOW.replace('repair', 'other').replace('when: "kind = \'bolt\'"\n', '') \
    .replace('fresh', 'seen').replace('form: part\n', 'form: part\norder: 5\n')


def records_enter_a_first_workflow_and_a_stage_that_goes_has_a_map():
    shop = Shop(records=RECORDS)
    shop.app.write('workflows/repair.yaml', FLOW)
    shop.app.write('workflows/other.yaml', OTHER)
    plan = shop.plan()
    assert any('enter the first stage' in s['text'] and s['rows'] == 3 for s in plan['steps']), plan
    shop.apply()
    assert shop.app.rows('SELECT workflow, stage FROM part ORDER BY id') \
        == [('repair', 'fresh'), ('other', 'seen'), ('other', 'seen')]
    assert shop.app.count('stage_history') == 3
    shop.app.write('workflows/other.yaml', OTHER.replace('seen', 'known'))
    shop.app.write('workflows/other.yaml', OTHER.replace('seen', 'known') + 'migrate: {}\n')
    shop.refused('stage seen of workflow other still holds 2 records', 'migrate: {seen: STAGE}')
    shop.app.write('workflows/other.yaml',
                   OTHER.replace('seen', 'known') + 'migrate: {seen: known}\n')
    shop.apply()
    assert shop.app.rows('SELECT stage FROM part ORDER BY id') == [('fresh',), ('known',), ('known',)]
    assert shop.app.rows('SELECT record, "from", "to" FROM stage_history WHERE id > 3') \
        == [(2, 'seen', 'known'), (3, 'seen', 'known')]


def a_workflow_is_renamed_and_gets_its_name_back():
    timed = OTHER.replace('{status: open}', '{status: open, within: 9d}')
    shop = Shop(records=RECORDS, files={'workflows/other.yaml': timed})
    shop.app.remove('workflows/other.yaml')
    shop.app.write('workflows/line.yaml', timed.replace('workflow: other', 'workflow: line\nwas: other'))
    assert any(s['text'] == 'rename workflow other to line' for s in shop.plan()['steps'])
    shop.apply()
    assert shop.app.rows('SELECT DISTINCT workflow FROM part') == [('line',)]
    assert shop.app.rows('SELECT DISTINCT workflow FROM stage_history') == [('line',)]
    assert shop.app.rows("SELECT count(*) FROM _timer WHERE rule = 'within:line.seen'") == [(3,)]
    shop.app.remove('workflows/line.yaml')
    shop.app.write('workflows/other.yaml', timed)
    shop.apply()
    assert shop.app.rows('SELECT DISTINCT workflow FROM part') == [('other',)]


def a_database_that_was_made_before_fields_were_remembered_is_taken_over():
    shop = Shop(records=RECORDS)
    shop.app.store.run('DELETE FROM _field; DELETE FROM _name;')
    assert shop.plan()['steps'] == []
    shop.form(PART, ('  cost: {type: text}', '  cost: {type: text}\n  more: {type: text}')).apply()
    shop.form(PART, ('  cost: {type: text}', '  price: {type: text, was: cost}')).apply()
    assert shop.app.rows('SELECT price FROM part ORDER BY id') == [('12.50',), ('dear',), ('7',)]


PARCEL = '''
form: parcel
title: "{name}"
owner: keeper
fields:
  number: {type: serial, pattern: "P-{seq:3}"}
  name:   {type: text, required: true, unique: true}
  keeper: {type: user, default: "=me()"}
  due:    {type: datetime}
  marks:  {type: choices, options: [a, b]}
  part:   {type: link, to: part}
  lines:  {type: subform, fields: {text: {type: text}, tags: {type: choices, options: [x, y]}}}
permissions:
  clerk: {read: all, create: true, update: all}
reminders:
  call: {at: due, to: keeper, text: Call}
'''
CRATE = PARCEL.replace('form: parcel\n', 'form: crate\nwas: parcel\n') \
    .replace('name: ', 'label:').replace('label:  {type: text', 'label: {was: name, type: text') \
    .replace('"{name}"', '"{label}"').replace('lines:  {', 'rows: {was: lines, ')


def a_form_is_renamed_with_all_that_names_it():
    shop = Shop(records=RECORDS, files={'forms/parcel.yaml': PARCEL})
    app = shop.app
    body = {'name': 'a', 'due': '2099-01-01T00:00:00Z', 'marks': ['b'], 'part': 2,
            'lines': [{'text': 'l', 'tags': ['y']}]}
    with app.serve() as server:
        path = '/api/v1/forms/parcel/records'
        assert server.post(path, body, token=shop.token).status == 201
        assert server.patch(path + '/1', {'name': 'b'}, token=shop.token).status == 200
        app.remove('forms/parcel.yaml')
        app.write('forms/crate.yaml', CRATE)
        app.cli('apply')
        path = '/api/v1/forms/crate/records'
        answer = server.get(path + '/1', token=shop.token)
        assert answer.status == 200, answer
        got = answer.json
        assert got['label'] == 'b' and got['number'] == 'P-001' and got['part']['id'] == 2, got
        assert got['rows'][0]['text'] == 'l' and got['rows'][0]['tags'] == ['y'], got
        history = server.get(path + '/1/history', token=shop.token).json
        changed = json.dumps(history)
        assert '"label"' in changed and '"name"' not in changed, history
        answer = server.post(path, {'label': 'b'}, token=shop.token)
        assert answer.status == 422 and answer.fields == {'label': 'unique'}, answer
        answer = server.post(path, {'label': 'c'}, token=shop.token)
        assert answer.json['number'] == 'P-002', answer       # the counter went along
        server.patch(path + '/1', {'due': None}, token=shop.token)
    assert app.rows("SELECT count(*) FROM _timer WHERE rule LIKE 'reminder:%' AND record > 0") \
        == [(0,)]                                             # the rule found its timer
    for table in ('_history', '_timer', '_message', 'stage_history'):
        assert app.rows(f"SELECT count(*) FROM {table} WHERE form LIKE 'parcel%'") == [(0,)]
    assert not [t for t in app.store.tables() if t.startswith('parcel')]
    app.remove('forms/crate.yaml')
    app.write('forms/parcel.yaml', PARCEL)
    shop.apply()
    assert app.rows('SELECT name FROM parcel ORDER BY id') == [('b',), ('c',)]


def was_that_names_a_field_that_stays_is_refused():
    shop = Shop(records=RECORDS)
    shop.form(PART, ('note: {type: text}', 'note: {type: text, was: cost}'))
    shop.refused('note says that it was cost, but both are in use')
    shop.form(PART, ('note: {type: text}', 'note: {type: text, was: name}'),
              ('name: {type: text, required: true}', 'name: {type: text, required: true, was: note}'))
    shop.apply('--fill', 'part.name=none')
    assert shop.app.rows('SELECT note, name FROM part ORDER BY id') \
        == [('one', 'x'), ('two', 'none'), ('three', 'x')]


def two_forms_swap_their_names():
    one, two = PART, PART.replace('form: part', 'form: tool')
    shop = Shop(one, RECORDS, files={'forms/tool.yaml': two})
    shop.app.write('forms/part.yaml', one.replace('form: part\n', 'form: part\nwas: tool\n'))
    shop.app.write('forms/tool.yaml', two.replace('form: tool\n', 'form: tool\nwas: part\n'))
    shop.apply()
    assert shop.app.count('tool') == 3 and shop.app.count('part') == 0
    assert set(shop.app.rows('SELECT form FROM _history')) == {('user',), ('tool',)}


if __name__ == '__main__':
    main(globals())
