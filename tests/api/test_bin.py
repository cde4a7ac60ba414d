#!/usr/bin/env python3
"""The recycle bin in bulk: five hundred records go and come back as they were, with rows, lists,
stage, and the records that go with them."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main, query  # noqa: E402

N = 500
FILES = {
    'app.yaml': 'app: shop\nlanguages: [en]\nlimits: {api: 0, logins: 0}\nroles:\n  clerk: {label: C}\n',
    'forms/order.yaml': '''form: order
title: "{name}"
fields:
  name: {type: text, required: true, unique: true}
  tags: {type: choices, options: [red, blue, green]}
  items:
    type: subform
    fields:
      what: {type: text}
      price: {type: money}
  total: {type: formula, of: money, formula: "sum(items.price)"}
  visits: {type: rollup, from: visit, via: order, do: "count()"}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
''',
    'forms/visit.yaml': '''form: visit
title: "{about}"
fields:
  about: {type: text}
  order: {type: link, to: order, on_delete: cascade}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
''',
    'workflows/flow.yaml': '''workflow: flow
form: order
stages:
  open: {status: open}
  packed: {status: open}
  gone: {status: won}
transitions:
  pack: {from: open, to: packed, by: [clerk]}
  send: {from: packed, to: gone, by: [clerk]}
'''}


def _all(who, form, **args):
    found, after = [], None
    while True:
        args.update(limit=200, sort='id', **({'after': after} if after else {}))
        answer = who.get(f'/api/v1/forms/{form}/records?{query(args)}')
        assert answer.status == 200, answer
        found += answer.json['records']
        after = answer.json['next']
        if not after:
            return found


def _as_it_was(records):
    """Without what a restore changes by itself: the version and the time of the change."""
    return [{k: v for k, v in r.items() if k not in ('version', 'updated_at', 'updated_by')}
            for r in records]


def five_hundred_records_go_to_the_bin_and_come_back_as_they_were():
    app = App(FILES)
    app.user('ann', roles='clerk')
    with app.serve() as server:
        ann = server.client(app.token('ann'))
        orders = '/api/v1/forms/order'
        made = ann.post(f'{orders}/batch', {'create': [
            {'name': f'order {i}', 'tags': ['red', 'green'][:i % 3],
             'items': [{'what': f'thing {k}', 'price': i + k} for k in range(i % 3 + 1)]}
            for i in range(N)]})
        assert made.status == 200, made
        ids = [r['id'] for r in _all(ann, 'order')]
        assert len(ids) == N
        for i in ids[::7]:
            assert ann.post(f'{orders}/records/{i}/transitions/pack').status == 200
        for i in ids[::14]:
            assert ann.post(f'{orders}/records/{i}/transitions/send').status == 200
        assert ann.post('/api/v1/forms/visit/batch', {'create': [
            {'about': f'visit {i}', 'order': i} for i in ids[:N // 2]]}).status == 200
        before, visits = _all(ann, 'order'), _all(ann, 'visit')
        assert {r['stage'] for r in before} == {'open', 'packed', 'gone'}
        tables = {t: app.rows(f'SELECT * FROM "{t}" WHERE record <= {ids[-1]} ORDER BY 1, 2') for t in
                  ('order__items', 'order__tags', 'stage_history')}

        gone = ann.post(f'{orders}/batch', {'delete': ids})
        assert gone.status == 200, gone
        assert _all(ann, 'order') == [] and _all(ann, 'visit') == []
        assert len(_all(ann, 'order', bin='true')) == N
        assert len(_all(ann, 'visit', bin='true')) == N // 2
        # Their unique names are free meanwhile, and taken again afterwards.
        other = ann.post(f'{orders}/records', {'name': 'order 0'})
        assert other.status == 201
        assert ann.post(f'{orders}/records/{ids[0]}/restore').status == 409
        assert ann.delete(f'{orders}/records/{other.json["id"]}').status in (200, 204)

        for i in ids:
            answer = ann.post(f'{orders}/records/{i}/restore')
            assert answer.status == 200, answer
        for v in visits:
            answer = ann.post(f'/api/v1/forms/visit/records/{v["id"]}/restore')
            assert answer.status == 200, answer
        assert _as_it_was(_all(ann, 'order')) == _as_it_was(before)
        assert _as_it_was(_all(ann, 'visit')) == _as_it_was(visits)
        assert _all(ann, 'visit', bin='true') == []
        for t, rows in tables.items():
            assert app.rows(f'SELECT * FROM "{t}" WHERE record <= {ids[-1]} ORDER BY 1, 2') == rows, t
        what = [h['what'] for h in ann.get(f'{orders}/records/{ids[0]}/history').json['entries']]
        assert what[:2] == ['restored', 'deleted'], what
        # And they go on from where they stood.
        assert ann.post(f'{orders}/records/{ids[7]}/transitions/send').status == 200
        assert ann.post(f'{orders}/records/{ids[1]}/transitions/send').status == 422
        ann.close()


if __name__ == '__main__':
    main(globals())
