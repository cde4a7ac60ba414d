#!/usr/bin/env python3
"""A field is renamed where there are records: used in a permission, a formula, a view, a workflow,
a reminder, a rollup elsewhere and a subform, all of it works on, and only naming words change."""
import difflib
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main, until  # noqa: E402

FILES = {
    'app.yaml': '''app: works            # budget, the old name
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles: {clerk: {label: Clerk}}
''',
    'forms/firm.yaml': '''form: firm
title: "{name}"
fields:
  name: {type: text, required: true}
  total: {type: rollup, from: job, via: firm, do: "sum(budget)", where: "budget > 0"}
permissions:
  clerk: {read: all, create: true, update: all}
''',
    'forms/job.yaml': '''form: job
title: "{name} ({budget})"   # with the budget
fields:
  name: {type: text, required: true}
  firm: {type: link, to: firm}
  # what they can spend
  budget: {type: number}
  due: {type: date}
  twice: {type: formula, of: number, formula: "budget * 2"}
  parts:
    type: subform
    fields:
      price: {type: number}   # of one
      sum: {type: formula, of: number, formula: "price * 3"}
  cost: {type: formula, of: number, formula: "sum(parts.price)"}
views:
  big: {columns: [name, budget], filter: "budget > 10", sort: [-budget]}
permissions:
  clerk: {read: "budget > 5", create: true, update: all}
reminders:
  spend: {at: due, if: "budget > 0", to: role(clerk), text: "Spend {budget}"}
''',
    'workflows/doing.yaml': '''workflow: doing
form: job
stages:
  new: {status: open}
  done: {status: won}
transitions:
  finish: {from: new, to: done, by: [clerk], if: "budget > 20", require: [budget]}
''',
}
RECORDS = '/api/v1/forms/job/records'


def _words(before, after):
    """The words that differ, as (old, new) pairs."""
    a, b = re.split(r'(\W)', before), re.split(r'(\W)', after)
    pairs = set()
    for op, i, j, k, m in difflib.SequenceMatcher(None, a, b, False).get_opcodes():
        if op != 'equal':
            pairs.add((''.join(a[i:j]), ''.join(b[k:m])))
    return pairs


def _publish(app, server, old, new, where):
    """Renames in the file and waits until it is served."""
    path = 'forms/job.yaml'
    text = app.read(path)
    named = text.replace(f'{old}: {{type: number}}', f'{new}: {{type: number, was: {old}}}')
    assert named != text
    app.write(path, named)
    assert until(lambda: new in server.get(where).text), server.log()
    return {p: app.read(p) for p in FILES}, named


def test_everything_works_on_and_only_naming_words_change():
    app = App(FILES)
    app.user('ann', roles='clerk')
    server = app.serve()
    ann = server.client().login('ann')
    firm = ann.post('/api/v1/forms/firm/records', {'name': 'Firm'}).json['id']
    small = ann.post(RECORDS, {'name': 'small', 'budget': 6, 'firm': firm}).json['id']
    job = ann.post(RECORDS, {'name': 'big', 'budget': 30, 'firm': firm,
                             'parts': [{'price': 4}, {'price': 5}]}).json['id']
    ann.post(RECORDS, {'name': 'unseen', 'budget': 1, 'firm': firm})
    for old, new in (('budget', 'means'), ('price', 'rate')):
        _publish(app, ann, old, new, f'{RECORDS}/{job}')
        assert until(lambda: re.search(rf'\b{new}\b', app.read('forms/job.yaml').split('views')[0]
                                       .replace(f'{new}: {{type', ''))), app.read('forms/job.yaml')
    for path, before in FILES.items():
        now = app.read(path).replace(', was: budget', '').replace(', was: price', '')
        assert _words(before, now) <= {('budget', 'means'), ('price', 'rate')}, now
        assert before.count('\n') == now.count('\n')
    assert '# with the budget' in app.read('forms/job.yaml')
    assert 'budget, the old name' in app.read('app.yaml')
    one = ann.get(f'{RECORDS}/{job}').json
    assert (one['means'], one['twice'], one['cost']) == (30, 60, 9), one
    assert [(r['rate'], r['sum']) for r in one['parts']] == [(4, 12), (5, 15)], one
    assert ann.get(f'/api/v1/forms/firm/records/{firm}').json['total'] == 37
    seen = ann.get(f'{RECORDS}?filter=means+%3E+10').json['records']
    assert [r['id'] for r in seen] == [job], seen
    assert len(ann.get(RECORDS).json['records']) == 2
    assert ann.patch(f'{RECORDS}/{job}', {'means': 40}).json['twice'] == 80
    assert ann.get(f'/api/v1/forms/firm/records/{firm}').json['total'] == 47
    assert ann.post(f'{RECORDS}/{small}/transitions/finish', {}).status == 422
    assert ann.post(f'{RECORDS}/{job}/transitions/finish', {}).status == 200
    plan = app.cli('plan').text
    assert 'nothing to do' in plan, plan


main(globals())
