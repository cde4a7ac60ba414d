#!/usr/bin/env python3
"""Acceptance tests: what is chosen brings values along and narrows what can be chosen next, a
deletion does what the link says, and five thousand rows are one record."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, main  # noqa: E402

APP = '''
app: shop
languages: [en]
time_zone: Asia/Shanghai
currency: CNY
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
PATRON = '''
form: patron
title: "{name}"
fields:
  name:  {type: text, required: true}
  price: {type: money}
  open:  {type: boolean, default: true}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
'''
AREA = '''
form: area
title: "{name}"
fields:
  name: {type: text, required: true, search: true}
  over: {type: link, to: area, on_delete: restrict}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
'''
ORDER = '''
form: order
title: "{name}"
fields:
  name:     {type: text}
  patron:   {type: link, to: patron, pick: "open", fill: {price: price}, on_delete: clear}
  price:    {type: money, min: 0}
  province: {type: link, to: area, pick: "over = blank"}
  city:     {type: link, to: area, pick: "over = this.province and over != blank"}
  district: {type: link, to: area, pick: "over = this.city and over != blank"}
  keeps:    {type: links, to: patron, on_delete: restrict}
  follows:  {type: links, to: patron, on_delete: cascade}
  lines:
    type: subform
    fields:
      what:  {type: text}
      count: {type: number, default: 1, min: 0}
      price: {type: money}
      sum:   {type: formula, of: money, formula: "count * price"}
      mark:  {type: text}
  amount: {type: formula, of: money, formula: "sum(lines.sum)"}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
'''
RULE = '''
on("order.before_save", function(order)
  local lines = order.lines
  for i, line in ipairs(lines) do line.mark = "line " .. i end
  order.lines = lines
end)
'''
app = App({'app.yaml': APP, 'forms/patron.yaml': PATRON, 'forms/area.yaml': AREA,
           'forms/order.yaml': ORDER, 'plugins/mark.lua': RULE})
app.user('ann', roles='clerk')
server = app.serve()
ann = server.client(app.token('ann'))
page = server.client().login('ann')
API = '/api/v1/forms/'


def _make(form, **values):
    answer = ann.post(f'{API}{form}/records', values)
    assert answer.status == 201, answer
    return answer.json


def _areas():
    ids = {}
    for name, over in (('Zhejiang', None), ('Jiangsu', None), ('Hangzhou', 'Zhejiang'),
                       ('Suzhou', 'Jiangsu'), ('Yuhang', 'Hangzhou'), ('Gusu', 'Suzhou')):
        ids[name] = _make('area', name=name, over=ids.get(over))['id']
    return ids


def choosing_a_patron_fills_the_price_on_every_way_in():
    a, b = (_make('patron', name=n, price=p)['id'] for n, p in (('A', 12.5), ('B', 30)))
    order = _make('order', patron=a)
    assert order['price'] == 12.5, order
    at = f'{API}order/records/{order["id"]}'
    assert ann.patch(at, {'patron': b}).json['price'] == 30
    assert ann.patch(at, {'price': 7}).json['price'] == 7
    assert ann.patch(at, {'patron': b, 'name': 'x'}).json['price'] == 7, 'it was chosen already'
    assert ann.patch(at, {'patron': a, 'price': 5}).json['price'] == 5, 'what is given stands'
    asked = ann.post(f'{API}order/preview', {'id': order['id'], 'values': {'patron': b}})
    assert asked.json['values']['price'] == 30, asked
    # The page: a blank price follows, and so does one that was left as it stood.
    values = Page(page.get('/f/order/new').text).forms['/f/order/new']
    sent = page.form('/f/order/new', {**{k: v for k, v in values.items() if v}, 'patron': str(a), 'price': ''})
    assert sent.status == 303, sent
    at = sent.headers['Location'].split('?')[0]
    shown = Page(page.get(at + '/edit').text).forms[at + '/edit']
    assert shown['price'] == '12.50', shown
    sent = page.form(at + '/edit', {**{k: v for k, v in shown.items() if v}, 'patron': str(b)})
    assert sent.status == 303, sent
    assert ann.get(f'{API}order/records/{at.split("/")[-1]}').json['price'] == 30


def pick_holds_on_every_way_in():
    shut = _make('patron', name='Shut', open=False)['id']
    for answer in (ann.post(f'{API}order/records', {'patron': shut}),
                   ann.patch(f'{API}order/records/{_make("order")["id"]}', {'patron': shut})):
        assert answer.status == 422 and answer.fields == {'patron': 'not_offered'}, answer
    values = Page(page.get('/f/order/new').text).forms['/f/order/new']
    sent = page.form('/f/order/new', {**{k: v for k, v in values.items() if v}, 'patron': str(shut)})
    assert sent.status == 422 and 'cannot be chosen here' in sent.text, sent


def province_city_and_district_narrow_each_other():
    ids = _areas()
    order = _make('order', province=ids['Zhejiang'], city=ids['Hangzhou'], district=ids['Yuhang'])
    at = f'{API}order/records/{order["id"]}'

    def offered(field, **values):
        answer = ann.get(f'{API}order/options?field={field}&values='
                         + '{%s}' % ','.join(f'"{k}":{v}' for k, v in values.items()))
        return [x['title'] for x in answer.json['options']]

    assert offered('province') == ['Jiangsu', 'Zhejiang']
    assert offered('city', province=ids['Zhejiang']) == ['Hangzhou']
    assert offered('district', city=ids['Suzhou']) == ['Gusu'] and offered('city') == []
    answer = ann.patch(at, {'province': ids['Jiangsu']})
    assert answer.status == 422 and answer.fields == {'city': 'not_offered'}, answer
    answer = ann.patch(at, {'province': ids['Jiangsu'], 'city': ids['Suzhou']})
    assert answer.status == 422 and answer.fields == {'district': 'not_offered'}, answer
    answer = ann.patch(at, {'province': ids['Jiangsu'], 'city': ids['Suzhou'], 'district': ids['Gusu']})
    assert answer.status == 200, answer
    answer = ann.delete(f'{API}area/records/{ids["Suzhou"]}')
    assert answer.status == 409, answer


def a_deletion_restricts_clears_or_cascades_as_each_link_says():
    a, b = (_make('patron', name=n)['id'] for n in ('P', 'Q'))
    cleared, follows = _make('order', patron=a, price=3), _make('order', follows=[a, b])
    keeps = _make('order', keeps=[a])
    answer = ann.delete(f'{API}patron/records/{a}')
    assert answer.status == 409, answer
    assert ann.get(f'{API}order/records/{cleared["id"]}').json['patron']['id'] == a
    ann.patch(f'{API}order/records/{keeps["id"]}', {'keeps': [b]})
    assert ann.delete(f'{API}patron/records/{a}').status == 204
    cleared = ann.get(f'{API}order/records/{cleared["id"]}').json
    assert cleared['patron'] is None and cleared['price'] == 3, cleared
    assert [x['id'] for x in ann.get(f'{API}order/records/{follows["id"]}').json['follows']] == [b]
    ann.patch(f'{API}order/records/{keeps["id"]}', {'keeps': []})
    assert ann.delete(f'{API}patron/records/{b}').status == 204
    assert ann.get(f'{API}order/records/{follows["id"]}').status == 404


def five_thousand_rows_are_one_record_with_its_total():
    lines = [{'what': f'thing {i}', 'count': i % 7 + 1, 'price': i / 100} for i in range(5000)]
    total = sum((i % 7 + 1) * i for i in range(5000)) / 100
    began = time.monotonic()
    order = _make('order', name='big', lines=lines)
    print(f'created in {time.monotonic() - began:.2f} s')
    assert order['amount'] == total, (order['amount'], total)
    assert [x['mark'] for x in order['lines']] == [f'line {i + 1}' for i in range(5000)]
    at = f'{API}order/records/{order["id"]}'
    stored = app.rows('SELECT count(*), sum("sum") FROM order__lines WHERE record = ?', order['id'])
    assert stored == [(5000, round(total * 100))], stored
    assert app.rows('SELECT amount FROM "order" WHERE id = ?', order['id']) == [(round(total * 100),)]
    rows = [{'id': x['id']} for x in order['lines'][:-1]]
    rows[10]['price'] = 1000
    began = time.monotonic()
    again = ann.patch(at, {'lines': rows}).json
    print(f'changed in {time.monotonic() - began:.2f} s')
    left = total - (10 % 7 + 1) * 0.1 + (10 % 7 + 1) * 1000 - (4999 % 7 + 1) * 49.99
    assert round(again['amount'], 2) == round(left, 2) and len(again['lines']) == 4999, again['amount']
    # The same by the page: flat names, as a browser posts them.
    values = {'name': 'posted'}
    for i in range(5000):
        values.update({f'lines.{i}.what': f't{i}', f'lines.{i}.count': '2', f'lines.{i}.price': '0.01'})
    began = time.monotonic()
    sent = page.form('/f/order/new', values)
    print(f'posted in {time.monotonic() - began:.2f} s')
    assert sent.status == 303, sent
    assert app.rows("SELECT amount FROM \"order\" WHERE name = 'posted'") == [(10000,)]


if __name__ == '__main__':
    main(globals())
