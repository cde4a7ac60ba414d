"""Computed fields at depth, through the running server: rollups over rollups, lookups that many
records read, and numbers that are never shown as final before they are.
"""
import threading
import time

from harness import App, Client, main

APP = {
    'app.yaml': 'app: depot\nlanguages: [en]\ntime_zone: UTC\ncurrency: EUR\nroles: {clerk: {}}\n',
    'forms/region.yaml': '''form: region
title: "{name}"
fields:
  name: {type: text}
  turnover: {type: rollup, from: buyer, via: region, do: "sum(turnover)"}
  big: {type: formula, of: boolean, formula: "turnover > 5000"}
permissions: {clerk: {read: all, create: true, update: all}}
''',
    'forms/buyer.yaml': '''form: buyer
title: "{name}"
fields:
  name: {type: text}
  region: {type: link, to: region}
  turnover: {type: rollup, from: line, via: buyer, do: "sum(amount)"}
permissions: {clerk: {read: all, create: true, update: all}}
''',
    'forms/article.yaml': '''form: article
title: "{name}"
fields:
  name: {type: text}
  price: {type: money}
  left: {type: rollup, from: movement, via: article, do: "sum(quantity)"}
permissions: {clerk: {read: all, create: true, update: all}}
''',
    'forms/line.yaml': '''form: line
title: "{id}"
fields:
  buyer: {type: link, to: buyer}
  article: {type: link, to: article}
  quantity: {type: number}
  price: {type: lookup, via: article, field: price}
  amount: {type: formula, of: money, formula: "price * quantity"}
permissions: {clerk: {read: all, create: true, update: all}}
''',
    'forms/movement.yaml': '''form: movement
title: "{id}"
fields:
  article: {type: link, to: article, required: true}
  quantity: {type: number, required: true}
  note: {type: text}
checks:
  - {that: "article.left + quantity >= 0", message: Not enough is left, fields: [quantity]}
permissions: {clerk: {read: all, create: true, update: all}}
''',
    'plugins/count.lua': '''
on("movement.before_create", function(m) m.note = "checked" end)
''',
}
LINES = 2400


def _depot():
    app = App(APP)
    app.user('ann', roles='clerk')
    return app, app.token('ann')


def make(client, form, **values):
    answer = client.post(f'/api/v1/forms/{form}/records', values)
    assert answer.status == 201, answer
    return answer.json['id']


def settled(client, look):
    """Asks until nothing is being computed; what is seen meanwhile."""
    seen, end = [], time.time() + 60
    while time.time() < end:
        answer = look()
        assert answer.status == 200, answer
        seen.append(answer)
        if 'computing' not in answer.json and 'Tenon-Computing' not in answer.headers:
            return seen
        time.sleep(0.01)
    raise AssertionError('it never ends')


def a_change_read_by_many_is_followed_and_never_shown_half():
    app, token = _depot()
    with app.serve() as server:
        ann = Client(server, token)
        regions = [make(ann, 'region', name=f'R{i}') for i in range(2)]
        buyers = [make(ann, 'buyer', name=f'B{i}', region=regions[i % 2]) for i in range(4)]
        pen = make(ann, 'article', name='Pen', price=1)
        for _ in range(LINES // 800):
            answer = ann.post('/api/v1/forms/line/batch', {'create': [
                {'buyer': buyers[i % 4], 'article': pen, 'quantity': 2} for i in range(800)]})
            assert answer.status == 200, answer
        sums = f'/api/v1/forms/line/aggregate?of=sum(amount),count()'
        assert ann.get(sums).json['rows'][0]['value'] == [LINES * 2, LINES]
        assert ann.patch(f'/api/v1/forms/article/records/{pen}', {'price': 3}).status == 200
        seen = settled(ann, lambda: ann.get(sums))
        assert seen[-1].json['rows'][0]['value'][0] == LINES * 6, seen[-1]
        for one in seen[:-1]:
            told = one.json['computing']
            assert told['fields'] == ['price', 'amount'] and told['total'] == LINES, told
        ann.patch(f'/api/v1/forms/article/records/{pen}', {'price': 5})
        one = f'/api/v1/forms/region/records/{regions[0]}'
        seen = settled(ann, lambda: ann.get(one))
        assert seen[-1].json['turnover'] == LINES * 5, seen[-1]
        assert seen[-1].json['big'] is True
        for half in seen[:-1]:
            assert half.headers['Tenon-Computing'].startswith('turnover,big; done='), half.headers
        assert '0 values differ' in app.cli('recompute', '--check').text


def pages_say_that_figures_are_being_computed():
    app, token = _depot()
    with app.serve() as server:
        ann = Client(server, token)
        pen = make(ann, 'article', name='Pen', price=1)
        line = make(ann, 'line', article=pen, quantity=2)
    app.store.run('INSERT INTO _ripple (form, record, depend, after, done, total) '   # nobody's
                  "VALUES ('article', ?, 'line.price article', 0, 300, 2400)", pen)
    with app.serve() as server:
        ann = Client(server).login('ann')
        for path, marks in ((f'/f/line/{line}', 2), ('/f/line', 2), ('/f/region', 0),
                            (f'/f/article/{pen}', 0)):
            text = ann.get(path, headers={'Accept': 'text/html'}).text
            note = 'Figures are being computed: 300 of 2400 records are done.' in text
            assert note == (marks > 0 or path == '/f/region'), text
            assert text.count('aria-label="is being computed"') >= marks, text
        assert app.cli('recompute', '--check', status=3).errors.count('still being followed')


def withdrawals_at_once_never_take_more_than_there_is():
    app, token = _depot()
    with app.serve() as server:
        ann = Client(server, token)
        pen = make(ann, 'article', name='Pen', price=1)
        make(ann, 'movement', article=pen, quantity=150)
        statuses, lock = [], threading.Lock()

        def withdraw(n):
            mine = Client(server, token)
            for _ in range(n):
                answer = mine.post('/api/v1/forms/movement/records',
                                   {'article': pen, 'quantity': -1})
                with lock:
                    statuses.append(answer.status)

        threads = [threading.Thread(target=withdraw, args=(10,)) for _ in range(20)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(set(statuses)) == [201, 422], set(statuses)
        assert statuses.count(201) == 150, statuses.count(201)
        assert ann.get(f'/api/v1/forms/article/records/{pen}').json['left'] == 0
    assert app.rows("SELECT count(*) FROM movement WHERE note = 'checked'") == [(151,)]


main(globals())
