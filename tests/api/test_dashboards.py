#!/usr/bin/env python3
"""Dashboards: numbers are what one counts by hand, show what one may read, and open the records they
count; filters, periods and what they are compared with; wrong asks."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main  # noqa: E402

APP = '''app: shop
languages: [en, zh]
time_zone: Asia/Shanghai
currency: CNY
limits: {api: 0, logins: 0}
roles:
  seller: {label: Seller}
  boss: {label: Boss}
  guest: {label: Guest}
menu: [{section: All, items: [dashboard.sales, deal]}]
'''
DEAL = '''form: deal
title: "{name}"
owner: owner
fields:
  name: {type: text, required: true}
  owner: {type: user}
  amount: {type: money, decimals: 2, label: {en: Amount, zh: 金额}}
  cost: {type: money}
  closed_on: {type: date, label: {en: Closed, zh: 结单}}
  met_at: {type: datetime}
  source: {type: choice, label: {en: Source, zh: 来源}, options: [{value: web, label: {en: Web, zh: 官网}, color: blue}, {value: fair, label: {en: Fair, zh: 展会}}, call]}
  reason: {type: choice, options: [price, time]}
  hot: {type: boolean}
  after: {type: link, to: deal, label: After}
views:
  open: {type: table, columns: [name, amount], filter: "stage.status = 'open'", sort: [-amount]}
permissions:
  seller: {read: own, create: true, update: own, fields: {cost: hidden}}
  boss: {read: all, create: true, update: all}
'''
FLOW = '''workflow: selling
form: deal
stages:
  new: {label: {en: New, zh: 新建}}
  offer: {label: Offer}
  won: {label: Won, status: won}
  lost: {label: Lost, status: lost}
transitions:
  offer: {from: new, to: offer, by: everyone}
  win: {from: offer, to: won, by: everyone}
  skip: {from: new, to: won, by: everyone}
  lose: {from: [new, offer], to: lost, by: everyone, require: [reason]}
'''
SALES = '''dashboard: sales
label: {en: Sales, zh: 销售}
filters:
  period: {type: date_range}
  team: {type: department}
  person: {type: user}
  way: {type: choice, form: deal, field: source}
cards:
  - {chart: metric, form: deal, value: "sum(amount)", filter: "closed_on in period and owner.department in team and owner = person and source = way", compare: previous}
  - {chart: gauge, label: Goal, form: deal, value: "sum(amount)", target: 1000}
  - {chart: bar, form: deal, by: "start_of(closed_on, 'month')", value: ["sum(amount)", "count()"], filter: "closed_on != blank"}
  - {chart: bar, form: deal, by: [source, hot], value: "count()"}
  - {chart: pie, form: deal, by: owner, value: "sum(amount)", limit: 2}
  - {chart: heatmap, form: deal, by: ["weekday(closed_on)", source], value: "average(amount)"}
  - {chart: pivot, form: deal, by: owner, across: source, value: "average(amount)"}
  - {chart: funnel, form: deal, workflow: selling, show: [count, amount, loss_reason], value: "sum(amount)"}
  - {chart: table, form: deal, view: open, limit: 2}
  - {chart: leaderboard, form: deal, by: owner, value: "sum(cost)"}
  - {chart: text, text: "**Read** this"}
  - {chart: line, form: deal, by: "start_of(met_at, 'quarter')", value: "count()"}
  - {chart: bar, form: deal, by: stage, value: "count()"}
  - {chart: table, form: deal, sort: [-cost, name], limit: 3}
  - {chart: metric, form: deal, value: "sum(if(hot, amount, 0))"}
  - {chart: bar, form: deal, by: source, value: "count()", order: value, limit: 3}
  - {chart: bar, form: deal, by: "start_of(closed_on, 'month')", value: "count()", order: value, limit: 2}
  - {chart: pie, form: deal, by: name, value: "count()", limit: 3}
  - {chart: bar, form: deal, by: after.source, value: "count()"}
  - {chart: bar, form: deal, by: stage.status, value: "count()"}
  - {chart: pivot, form: deal, by: [owner, source], value: "sum(amount)"}
  - {chart: line, form: deal, by: ["start_of(closed_on, 'month')", source], value: "count()"}
  - {chart: bar, form: deal, by: "start_of(closed_on, 'month')", value: "count()", limit: 2, filter: "closed_on != blank"}
  - {chart: leaderboard, form: deal, by: owner, value: "count()", limit: 1}
  - {chart: bar, form: deal, by: source, value: "average(amount)", limit: 2}
  - {chart: radar, form: deal, by: source, value: ["sum(amount)", "count()", "sum(if(hot, amount, 0))"]}
'''
BOSS = '''dashboard: boss
roles: [boss]
cards: [{chart: metric, form: deal, value: "count()"}]
'''
DEALS = '/api/v1/forms/deal/records'

app = App({'app.yaml': APP, 'forms/deal.yaml': DEAL, 'workflows/selling.yaml': FLOW,
           'dashboards/sales.yaml': SALES, 'dashboards/boss.yaml': BOSS})
for login, role in (('root', 'admin'), ('ann', 'seller'), ('bob', 'seller'), ('cleo', 'boss'), ('dan', 'guest')):
    app.user(login, roles=role)
server = app.serve()
root = server.client(app.token('root'))
ann, bob, cleo, dan = (server.client(app.token(x)) for x in ('ann', 'bob', 'cleo', 'dan'))
pages = {}
for who, login in ((ann, 'ann'), (cleo, 'cleo')):
    pages[who] = server.client()
    pages[who].login(login)
east = root.post('/api/v1/forms/department/records', {'name': 'East'}).json['id']
city = root.post('/api/v1/forms/department/records', {'name': 'City', 'parent': east}).json['id']
west = root.post('/api/v1/forms/department/records', {'name': 'West'}).json['id']
ids = {u['login']: u['id'] for u in root.get('/api/v1/forms/user/records?limit=50').json['records']}
root.patch(f"/api/v1/forms/user/records/{ids['ann']}", {'department': city})
root.patch(f"/api/v1/forms/user/records/{ids['bob']}", {'department': west})
ROWS = [('a1', 'ann', 100, 7, '2026-01-15', 'web', True), ('a2', 'ann', 200.5, 8, '2026-01-31', 'fair', False),
        ('a3', 'ann', 50, 9, '2026-03-02', 'web', False), ('b1', 'bob', 300, 10, '2026-03-31', None, True),
        ('b2', 'bob', 25.25, 11, None, 'call', False), ('c1', 'cleo', None, None, '2025-12-31', 'fair', False)]
made = {}
for name, who, amount, cost, closed, source, hot in ROWS:
    made[name] = cleo.post(DEALS, {'name': name, 'owner': ids[who], 'amount': amount, 'cost': cost, 'closed_on': closed,
                                   'source': source, 'hot': hot,
                                   'met_at': closed and f'{closed}T23:30:00+08:00'}).json['id']


def board(who, query='', name='sales'):
    answer = who.get(f'/api/v1/dashboards/{name}{query}')
    assert answer.status == 200, answer
    return answer.json


def listed(who, href):
    """The records of the list a number opens."""
    assert href.startswith('/f/deal?'), href
    rest = href.split('?', 1)[1]
    keep = '&'.join(x for x in rest.split('&') if x.split('=')[0] in ('filter', 'passed'))
    answer = who.get(f'{DEALS}?limit=100&{keep}')
    assert answer.status == 200, (href, answer)
    page = pages[who].get(href, headers={'Accept': 'text/html'})
    names = {r['name'] for r in answer.json['records']}
    shown = {n for n in made if re.search(rf'>\s*{n}\s*<', page.text)}
    assert page.status == 200 and shown == names, (href, page.status, shown, names)
    return names


def rows(card):
    return [(r['texts'][0], [c['value'] for c in r['cells']]) for r in card['rows']]


def test_numbers_are_those_by_hand():
    cards = board(cleo)['cards']
    assert cards[0]['value'] == 675.75 and cards[0]['value_text'] == '¥675.75', cards[0]
    assert cards[0]['before'] is None and cards[0]['label'] == 'Amount'
    assert abs(cards[1]['share'] - 0.67575) < 1e-4 and cards[1]['share_text'] == '67.6 %', cards[1]
    assert rows(cards[2]) == [('2025-12', [0, 1]), ('2026-01', [300.5, 2]), ('2026-02', [0, 0]),
                              ('2026-03', [350, 2])], rows(cards[2])
    assert [s['label'] for s in cards[3]['series']] == ['no', 'yes']
    assert rows(cards[3]) == [('Web', [1, 1]), ('Fair', [2, None]), ('call', [1, None]),
                              ('Not filled in', [None, 1])], rows(cards[3])
    assert rows(cards[4]) == [('Ann', [350.5]), ('Others', [325.25])], rows(cards[4])
    assert cards[5]['rows'][0]['texts'] == ['Mon'] and len(cards[5]['rows']) == 8       # and those without a day
    assert cards[12]['rows'][0]['texts'] == ['New'] and cards[12]['label'] == 'deal by Stage', cards[12]


def test_totals_of_averages_are_averages():
    card = board(cleo)['cards'][6]
    by = {r['texts'][0]: r for r in card['rows']}
    assert abs(by['Ann']['totals'][0]['value'] - 350.5 / 3) < 1e-9
    assert abs(card['all'][0]['value'] - 675.75 / 5) < 1e-9, card['all']
    at = [s['label'] for s in card['series']].index('Web')
    assert card['totals'][at]['value'] == 75, card['totals']


def test_each_number_opens_its_records():
    cards = board(cleo, '?period=2026-01-01..2026-03-31')['cards']
    assert listed(cleo, cards[0]['href']) == {'a1', 'a2', 'a3', 'b1'}
    for card in (cards[2], cards[3], cards[11], cards[12]):
        seen = set()
        for row in card['rows']:
            counts = [c['value'] for c, s in zip(row['cells'], card['series']) if s['measure'] == 'deal']
            found = listed(cleo, row['href'])
            assert len(found) == sum(c or 0 for c in counts), (row, found)
            seen |= found
            for cell in row['cells']:
                if cell['href'] and card is cards[3]:
                    assert len(listed(cleo, cell['href'])) == cell['value'], cell
        assert seen == listed(cleo, card['href']), card['label']
    assert listed(cleo, cards[8]['href']) == {n for n in made}         # the view's own filter: open ones


def test_others_open_all_groups_that_are_not_shown():
    cards = board(cleo)['cards']
    rest = cards[4]['rows'][-1]
    assert rest['others'] and listed(cleo, rest['href']) == listed(cleo, rest['cells'][0]['href']) == {'b1', 'b2', 'c1'}
    for at, left in ((15, 2), (16, 4), (17, 4)):
        rest = cards[at]['rows'][-1]
        others = rest['cells'][0]
        assert rest['others'] and len(listed(cleo, others['href'])) == others['value'] == left, (at, rest)


def test_groups_along_a_link_are_read_as_its_field():
    assert cleo.patch(f"{DEALS}/{made['b1']}", {'after': made['a1']}).status == 200
    assert cleo.patch(f"{DEALS}/{made['c1']}", {'after': made['a2']}).status == 200
    card, status = board(cleo)['cards'][18:20]
    assert card['label'] == 'deal by Source' and rows(card) == [('Web', [1]), ('Fair', [1]), ('Not filled in', [4])], card
    assert card['rows'][0]['color'] == 'blue' and listed(cleo, card['rows'][0]['href']) == {'b1'}
    assert rows(status) == [('Open', [6])], status


def test_rows_of_several_keys_stand_in_order_and_lines_have_no_holes():
    pivot, line = board(cleo)['cards'][20:22]
    assert [r['texts'] for r in pivot['rows']] == [['Ann', 'Web'], ['Ann', 'Fair'], ['Bob', 'call'], ['Bob', 'Not filled in'],
                                                   ['Cleo', 'Fair']], pivot['rows']
    assert [s['label'] for s in line['series']][:2] == ['Web', 'Fair'], line['series']
    assert [r['cells'][0]['value'] for r in line['rows']] == [None, 1, 0, 1, None], line['rows']
    assert [r['cells'][1]['value'] for r in line['rows']] == [1, 1, None, None, None], line['rows']


def test_a_card_says_which_groups_it_left_out():
    cards = board(cleo)['cards']
    assert [(c['cut'], [r['texts'][0] for r in c['rows']]) for c in cards[22:25]] == [
        ('latest', ['2026-02', '2026-03']), ('largest', ['Ann']), ('first', ['Web', 'Fair'])], cards[22:25]
    assert [s['unit'] for s in cards[25]['series']] == ['money', '', 'money'] and cards[25]['cut'] is None, cards[25]


def test_quarters_are_of_the_persons_zone():
    card = board(cleo)['cards'][11]
    assert [(r['texts'][0], r['cells'][0]['value']) for r in card['rows']] == [
        ('2025 Q4', 1), ('2026 Q1', 4), ('Not filled in', 1)], card['rows']


def test_filters_restrict_only_when_set():
    total = lambda q: board(cleo, q)['cards'][0]['value']
    assert total('?period=2026-01-01..2026-01-31') == 300.5
    assert total('?period.from=2026-03-01&period.to=2026-03-31') == 350
    assert total('?period=custom&period.from=2026-03-31&period.to=') == 300
    assert total(f'?team={east}') == 350.5 and total(f'?team={west}') == 325.25
    assert total(f"?person={ids['bob']}") == 325.25 and total('?way=web') == 150
    assert total(f'?team={east}&way=web&period=2026-03-01..2026-03-31') == 50
    assert total('?team=mine') == 675.75                # cleo is in none
    assert board(ann, '?person=me')['cards'][0]['value'] == 350.5
    shown = board(cleo, f'?team={east}&period=2026-01-01..2026-01-31')['filters']
    assert shown[0]['text'] == '2026-01-01 – 2026-01-31' and shown[0]['custom'] is True
    assert shown[1]['text'] == 'East' and shown[2]['text'] == 'All', shown


def test_a_period_is_compared_with_the_one_before():
    card = board(cleo, '?period=2026-03-01..2026-03-31')['cards'][0]
    assert card['before']['label'] == '2026-02-01 – 2026-02-28' and card['before']['value'] == 0, card
    assert card['change'] is None and card['trend'] == 'flat'
    card = board(cleo, '?period=2026-02-01..2026-03-31')['cards'][0]
    assert card['before']['label'] == '2025-12-01 – 2026-01-31' and card['before']['value'] == 300.5, card
    assert card['change'] == 0.1647 and card['change_text'] == '+16.5 %' and card['trend'] == 'up', card
    assert listed(cleo, card['before']['href']) == {'a1', 'a2', 'c1'}
    card = board(cleo, '?period=2026-01-20..2026-01-31')['cards'][0]
    assert card['before']['label'] == '2026-01-08 – 2026-01-19' and card['change_text'] == '+101 %', card


def test_one_sees_what_one_may_read():
    cards = board(ann)['cards']
    assert cards[0]['value'] == 350.5
    assert cards[9]['problem']['code'] == 'denied' and 'cost' in cards[9]['problem']['message'], cards[9]
    assert [r['texts'][0] for r in cards[4]['rows']] == ['Ann']
    assert {r['name'] for r in ann.get(DEALS).json['records']} == listed(ann, cards[12]['href'])
    assert board(cleo)['cards'][9]['problem'] is None


def test_who_may_not_open_it_finds_nothing():
    names = lambda who: [d['dashboard'] for d in who.get('/api/v1/dashboards').json['dashboards']]
    assert names(cleo) == ['boss', 'sales'] and names(ann) == ['sales'] and names(root) == ['boss', 'sales']
    assert names(dan) == []
    assert ann.get('/api/v1/dashboards/boss').status == 404
    assert ann.get('/api/v1/dashboards/none').status == 404
    assert server.client().get('/api/v1/dashboards/sales').status == 401


def test_a_funnel_counts_ways():
    go = lambda name, way, **v: cleo.post(f'{DEALS}/{made[name]}/transitions/{way}', {'values': v} if v else {})
    for name, way, v in (('a1', 'offer', {}), ('a1', 'win', {}), ('a2', 'offer', {}), ('b1', 'lose', {'reason': 'price'})):
        assert go(name, way, **v).status == 200, (name, way)
    card = board(cleo)['cards'][7]
    by = {s['stage']: s for s in card['stages']}
    assert list(by) == ['new', 'offer', 'won'] and card['cases'] == 6, by
    assert (by['new']['n'], by['offer']['n'], by['won']['n']) == (6, 2, 1)
    assert by['offer']['conversion_text'] == '33.3 %' and by['offer']['amount'] == 300.5, by['offer']
    assert by['new']['lost'] == 1 and by['new']['reasons'][0]['n'] == 1, by['new']
    assert listed(cleo, by['offer']['n_href']) == {'a1', 'a2'}
    assert listed(cleo, by['new']['reasons'][0]['n_href']) == {'b1'}
    assert go('b2', 'skip').status == 200
    by = {s['stage']: s for s in board(cleo)['cards'][7]['stages']}
    assert [(s, x['n'], x['conversion_text']) for s, x in by.items()] == [
        ('new', 6, None), ('offer', 3, '50.0 %'), ('won', 2, '66.7 %')], by
    assert by['offer']['amount'] == 325.75 and listed(cleo, by['offer']['n_href']) == {'a1', 'a2', 'b2'}, by['offer']
    assert listed(cleo, by['won']['n_href']) == {'a1', 'b2'}
    table = board(cleo)['cards'][8]
    assert [r['title'] for r in table['rows']] == ['a2', 'a3'] and table['truncated'], table['rows']


def test_a_list_has_its_own_order_and_money_its_sign():
    cards = board(cleo)['cards']
    assert [r['title'] for r in cards[13]['rows']] == ['a3', 'a2', 'c1'], cards[13]['rows']
    assert 'sort=-cost%2Cname' in cards[13]['href'] and cards[14]['value_text'] == '¥400.00', cards[14]
    assert [r['title'] for r in board(ann)['cards'][13]['rows']] == ['a2', 'a3']        # less what she may not see


def test_a_wrong_ask_is_told():
    for q, where in (('?period=2026-02-30..2026-03-01', 'period'), ('?period=2026-03-02..2026-03-01', 'period'),
                     ('?team=x', 'team'), ('?way=nothing', 'way'), ('?person=-3', 'person')):
        answer = cleo.get(f'/api/v1/dashboards/sales{q}')
        assert answer.status == 422 and where in answer.fields, (q, answer)
    assert cleo.get('/api/v1/dashboards/sales?nothing=1').status == 400


def test_words_are_in_the_readers_language():
    assert root.patch(f"/api/v1/forms/user/records/{ids['bob']}", {'language': 'zh'}).status == 200
    zh, en = board(bob), board(cleo)
    assert (zh['label'], en['label']) == ('销售', 'Sales')
    assert zh['cards'][3]['rows'][-1]['texts'] == ['未填写'] and en['cards'][3]['rows'][-1]['texts'] == ['Not filled in'], zh['cards'][3]


def test_renamed_fields_are_followed():
    before = board(cleo)['cards'][0]['value']
    app.write('forms/deal.yaml', app.read('forms/deal.yaml').replace('amount: {type: money,', 'worth: {type: money, was: amount,')
              .replace('columns: [name, amount]', 'columns: [name, worth]').replace('sort: [-amount]', 'sort: [-worth]'))
    app.write('dashboards/sales.yaml', app.read('dashboards/sales.yaml').replace('"sum(amount)", filter: "closed_on',
              '"sum(amount)", filter: "amount >= 0 and closed_on'))
    app.cli('apply')
    card = board(cleo)['cards'][0]
    assert card['value'] == before and card['asked'] == 'worth >= 0', card
    text = app.read('dashboards/sales.yaml')
    assert 'amount' not in text.replace('show: [count, amount', '') and 'sum(worth)' in text, text


def _menu(login):
    """The dashboards of the menu, in their order."""
    who = server.client()
    who.login(login)
    page = who.get('/', headers={'Accept': 'text/html'})
    assert page.status == 200, page
    return re.findall(r'class="item" href="/dashboards/(\w+)"', page.text)


def test_the_menu_has_those_one_may_open():
    assert _menu('cleo') == _menu('ann') == ['sales'] and _menu('dan') == []
    assert cleo.get('/dashboards/boss', headers={'Accept': 'text/html'}).status == 200
    assert ann.get('/dashboards/boss', headers={'Accept': 'text/html'}).status == 404
    app.write('app.yaml', app.read('app.yaml').replace('menu: [{section: All, items: [dashboard.sales, deal]}]\n', ''))
    app.cli('apply')
    assert _menu('cleo') == ['boss', 'sales'] and _menu('ann') == ['sales'] and _menu('dan') == []


if __name__ == '__main__':
    main(globals())
