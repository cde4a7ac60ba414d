#!/usr/bin/env python3
"""Markdown, ratings, times and durations: what is typed, stored, shown, asked for and exported."""
import csv
import io
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, Page, ROOT, main, query, until  # noqa: E402

app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'contract'))
app.user('ann', roles='sales')
app.user('eve', roles='finance')
server = app.serve()
ann, eve = app.token('ann'), app.token('eve')
AT = '/api/v1/forms/visit/records'


def _create(**values):
    answer = server.post(AT, {'name': 'x', **values}, token=ann)
    assert answer.status == 201, answer
    return answer.json


def _refused(field, **values):
    answer = server.post(AT, {'name': 'x', **values}, token=ann)
    assert answer.status == 422, answer
    return answer.fields[field]


def _listed(**ask):
    answer = server.get(f'{AT}?{query(ask)}', token=ann)
    assert answer.status == 200, answer
    return answer.json['records']


browser = server.client().login('ann')


def _page(path):
    answer = browser.get(path)
    assert answer.status == 200, answer
    return answer.text


def a_time_is_kept_as_text_that_sorts():
    r = _create(name='clock', starts='9:30')
    assert r['starts'] == '09:30', r
    assert _create(starts='14:05:30')['starts'] == '14:05:30'
    assert _create()['starts'] == '09:00'
    assert app.rows('SELECT starts FROM visit WHERE id = ?', r['id']) == [('09:30',)]
    assert _refused('starts', starts='25:00') == 'no_time'
    assert _refused('starts', starts='noon') == 'no_time'
    assert _refused('starts', starts='07:59') == 'too_early'
    assert _refused('starts', starts='20:01') == 'too_late'
    server.patch(f"{AT}/{r['id']}", {'starts': None}, token=ann)
    assert server.get(f"{AT}/{r['id']}", token=ann).json['starts'] is None


def a_duration_is_kept_as_seconds_and_comes_back_in_whole_units():
    for typed, kept, seconds in (('1h 30m', '90m', 5400), ('1.5h', '90m', 5400),
                                 ('90m', '90m', 5400), ('2d', '2d', 172800),
                                 ('2 days', '2d', 172800), ('1d12h', '36h', 129600),
                                 ('1天2小时', '26h', 93600), ('45 minutes', '45m', 2700)):
        r = _create(lasts=typed)
        assert r['lasts'] == kept, (typed, r)
        assert app.rows('SELECT lasts FROM visit WHERE id = ?', r['id']) == [(seconds,)]
    assert _refused('lasts', lasts='2bd') == 'working_time'
    for wrong in ('90', '1x', 'h', '30m 1h', '1h 1h', '1:30', '-'):
        assert _refused('lasts', lasts=wrong) == 'no_duration', wrong
    assert _refused('lasts', lasts='4m') == 'too_small'
    assert _refused('lasts', lasts='4d') == 'too_large'


def formulas_of_durations_and_comparisons_are_kept():
    r = _create(lasts='2h', travel='30m')
    assert (r['total'], r['long']) == ('150m', False), r
    r = server.patch(f"{AT}/{r['id']}", {'lasts': '3h'}, token=ann).json
    assert (r['total'], r['long']) == ('210m', True), r
    assert _create(lasts='1d')['total'] == '1d'


def a_rating_is_a_whole_number_of_stars():
    assert _create(score=4)['score'] == 4
    assert _create(score='5')['score'] == 5
    assert _create(score='4.0')['score'] == 4
    assert _refused('score', score=6) == 'too_large'
    assert _refused('score', score=0) == 'too_small'
    assert _refused('score', score='3.5') == 'not_whole'
    assert _refused('mood', score=1) == 'required'
    assert _refused('mood', mood=4) == 'too_large'
    assert _create(score=1, mood=3)['mood'] == 3


def they_filter_sort_and_page_by_what_they_mean():
    made = [_create(name='order', lasts=d, starts=t, score=s) for d, t, s in (
        ('90m', '09:30', 5), ('2h', '10:00', 3), ('5m', '18:00', 4), ('1d', '08:15', 2))]
    here = "name = 'order'"
    ids = [r['id'] for r in made]
    names = lambda rs: [ids.index(r['id']) for r in rs]
    assert names(_listed(filter=here, sort='lasts')) == [2, 0, 1, 3]
    assert names(_listed(filter=here, sort='-lasts')) == [3, 1, 0, 2]
    assert names(_listed(filter=here, sort='starts')) == [3, 0, 1, 2]
    assert names(_listed(filter=here, sort='-score')) == [0, 2, 1, 3]
    assert names(_listed(filter=here + ' and lasts > 1h', sort='lasts')) == [0, 1, 3]
    assert names(_listed(filter=here + " and lasts = '90m'")) == [0]
    assert names(_listed(filter=here + ' and lasts in [5m, 24h]', sort='id')) == [2, 3]
    assert names(_listed(filter=here + " and starts between '09:00' and '12:00'", sort='id')) == [0, 1]
    assert names(_listed(filter=here + ' and score >= 4', sort='id')) == [0, 2]
    got, at = [], None
    while True:
        ask = {'filter': here, 'sort': '-lasts', 'limit': 1, **({'after': at} if at else {})}
        answer = server.get(f'{AT}?{query(ask)}', token=ann).json
        got += answer['records']
        at = answer.get('next')
        if not at:
            break
    assert names(got) == [3, 1, 0, 2], got
    total = server.get(f"/api/v1/forms/visit/aggregate?{query({'of': 'sum(lasts)', 'filter': here})}",
                       token=ann)
    assert total.status == 200 and '99300s' in total.text, total


def markdown_is_text_that_pages_show_as_html():
    text = ('# Plan\n\n**Bold** and *em*, `code`\n\n- one\n- two\n\n'
            '[site](https://example.com/?a=1&b=2) [bad](javascript:alert(1)) '
            '<script>alert(1)</script> ![pic](https://example.com/x.png)\n\n'
            '| a | b |\n|---|--:|\n| 1 | 2 |\n\n> said\n\n1. first\n')
    r = _create(name='md', report=text)
    assert r['report'] == text.strip(), r
    html = _page(f"/f/visit/{r['id']}")
    for part in ('<h2>Plan</h2>', '<strong>Bold</strong>', '<em>em</em>', '<code>code</code>',
                 '<li>one</li>', 'href="https://example.com/?a&#61;1&amp;b&#61;2"', '>site</a>',
                 '&lt;script&gt;', '<td class="end">2</td>', '<blockquote>', '<ol start="1">'):
        assert part in html, (part, html)
    main = html.split('class="markdown"')[1].split('</dl>')[0]
    assert '<script' not in main and 'href="javascript' not in main and '<img' not in main, main
    assert '# Plan' in _page('/f/visit/%d/edit' % r['id'])
    cell = _page('/f/visit?' + query({'filter': "name = 'md'"}))
    assert 'Plan Bold and em, code one two site' in cell and '**Bold' not in cell, cell


def a_hostile_markdown_ends_as_text():
    deep = _create(name='deep', report='>' * 200 + ' x')
    html = _page(f"/f/visit/{deep['id']}")
    assert '&gt;' * 200 in html, html.split('class="markdown"')[1][:3000]
    _create(name='deep', report='[' * 5000)
    _create(name='deep', report='*a ' * 5000)


def masked_values_show_their_mask_and_cannot_be_asked_for():
    r = _create(name='mask', report='**secret** text', score=4, place={'city': 'Lhasa', 'street': 'Secret 1'})
    seen = server.get(f"{AT}/{r['id']}", token=eve).json
    assert seen['report'].endswith('text') and 'secret' not in seen['report'], seen
    assert '4' not in seen['score'], seen
    assert 'Secret' not in seen['place'] and seen['place'].endswith('hasa'), seen
    assert server.get(f"{AT}?{query({'filter': 'place.city = blank'})}", token=eve).status == 403
    assert server.get(f"{AT}?{query({'sort': 'place.city'})}", token=eve).status == 403
    assert server.get(f"{AT}?{query({'sort': 'place'})}", token=eve).status == 403
    assert server.get(f"{AT}?{query({'filter': 'score > 1'})}", token=eve).status == 403


def the_form_posts_them_without_script():
    html = _page('/f/visit/new')
    for part in ('type="time"', 'type="radio" name="score" value="5"', 'name="lasts" value="1h"',
                 'name="report"'):
        assert part in html, part
    answer = browser.form('/f/visit/new', {'_csrf': browser.csrf, 'name': 'posted', 'score': '3', 'starts': '10:15',
                                           'lasts': '1h 15m', 'report': 'a\r\n\r\nb'})
    assert answer.status == 303, answer
    r = _listed(filter="name = 'posted'")[0]
    assert (r['score'], r['starts'], r['lasts'], r['report']) == (3, '10:15', '75m', 'a\n\nb'), r
    html = _page(f"/f/visit/{r['id']}/edit")
    assert 'value="1h 15m"' in html and 'value="3" checked' in html, html
    html = _page(f"/f/visit/{r['id']}")
    assert '1h 15m' in html and 'aria-label="3/5"' in html, html
    answer = browser.form(f"/f/visit/{r['id']}/edit",
                          {'_csrf': browser.csrf, 'name': 'posted', 'score': '', 'lasts': 'soon'})
    assert answer.status == 422 and 'value="soon"' in answer.text, answer


def history_and_exports_say_the_same():
    r = _create(name='told', score=2, lasts='1h', starts='09:00')
    server.patch(f"{AT}/{r['id']}", {'score': 5, 'lasts': '90m', 'starts': '10:00'}, token=ann)
    html = _page(f"/f/visit/{r['id']}")
    for part in ('2/5', '5/5', '1h 30m', '10:00'):
        assert part in html, part
    answer = server.get('/api/v1/forms/visit/export.csv?' + query({'filter': "name = 'told'"}), token=ann)
    if answer.status == 404:
        answer = server.get('/api/v1/forms/visit/export?' + query({'filter': "name = 'told'", 'format': 'csv'}), token=ann)
    assert answer.status == 200, answer
    row = next(csv.DictReader(io.StringIO(answer.text.lstrip('\ufeff'))))
    assert (row['score'], row['lasts'], row['starts'], row['total']) == ('5', '90m', '10:00', '90m'), row


HOME_LINE = '  home: {type: address, search: true}\n'
LATER = '  site: {type: location}\n'
SPOT = 'form: spot\ntitle: "{name}"\nfields:\n  name: {type: text}\n' + HOME_LINE
HOME = {'country': 'China', 'region': None, 'city': 'Shanghai', 'district': 'Pudong',
        'street': 'Century Avenue 100', 'postal_code': '200120'}


def an_address_is_one_object_and_a_column_for_each_part():
    r = _create(name='addr', place={k: v for k, v in HOME.items() if v})
    assert r['place'] == HOME, r
    assert (r['abroad'], r['town']) == (False, 'Shanghai'), r
    row = app.rows('SELECT place__country, place__region, place__street FROM visit WHERE id = ?', r['id'])
    assert row == [('China', None, 'Century Avenue 100')], row
    assert app.rows('SELECT place__city FROM visit_v WHERE id = ?', r['id']) == [('Shanghai',)]
    at = f"{AT}/{r['id']}"
    r = server.patch(at, {'place': {'country': 'France', 'city': ' Lyon '}}, token=ann).json
    assert r['place'] == {**dict.fromkeys(HOME), 'country': 'France', 'city': 'Lyon'}, r
    assert (r['abroad'], r['town']) == (True, 'Lyon'), r
    r = server.patch(at, {'place': {'city': ''}}, token=ann).json
    assert r['place'] is None, r
    assert server.patch(at, {'name': 'other'}, token=ann).json['place'] is None
    assert _refused('place', place='Shanghai') == 'wrong_kind'
    assert _refused('place', place={'town': 'x'}) == 'unknown_part'
    assert _refused('place.city', place={'city': 'x' * 81}) == 'too_long'
    assert _refused('place.city', place={'city': 'a\nb'}) == 'one_line'


def a_location_has_both_coordinates_within_their_bounds():
    r = _create(name='loc', spot={'lat': 31.2304, 'lon': '121.4737', 'name': 'Office'})
    assert r['spot'] == {'lat': 31.2304, 'lon': 121.4737, 'name': 'Office', 'accuracy': None}, r
    assert app.rows('SELECT spot__lat, spot__lon FROM visit WHERE id = ?', r['id']) == [(31230400, 121473700)]
    assert app.rows('SELECT CAST(spot__lat AS double precision) FROM visit_v WHERE id = ?', r['id']) == [(31.2304,)]
    assert r['town'] == 'Office', r
    assert _refused('spot.lon', spot={'lat': 1}) == 'required'
    assert _refused('spot.lat', spot={'lat': 91, 'lon': 0}) == 'too_large'
    assert _refused('spot.lon', spot={'lat': 0, 'lon': -181}) == 'too_small'
    assert _refused('spot.accuracy', spot={'lat': 0, 'lon': 0, 'accuracy': -1}) == 'too_small'
    assert _refused('spot.lat', spot={'lat': 'north', 'lon': 0}) == 'no_number'


def parts_filter_sort_and_group_by_a_path():
    for city, country, lat in (('Xi An', 'China', 34.3), ('Beijing', 'China', 39.9), ('Lyon', 'France', 45.8)):
        _create(name='parts', place={'city': city, 'country': country}, spot={'lat': lat, 'lon': 1})
    _create(name='parts')
    here = "name = 'parts'"
    towns = lambda rs: [(r['place'] or {}).get('city') for r in rs]
    assert towns(_listed(filter=here, sort='place.city')) == [None, 'Beijing', 'Lyon', 'Xi An']
    assert towns(_listed(filter=here, sort='-spot.lat')) == ['Lyon', 'Beijing', 'Xi An', None]
    assert towns(_listed(filter=here, sort='place')) == [None, 'Beijing', 'Xi An', 'Lyon']
    assert towns(_listed(filter=here + " and place.country = 'China'", sort='id')) == ['Xi An', 'Beijing']
    assert towns(_listed(filter=here + " and place.city in ['Lyon', 'Beijing']", sort='id')) == ['Beijing', 'Lyon']
    assert towns(_listed(filter=here + " and place contains 'lyon'")) == ['Lyon']
    assert towns(_listed(filter=here + ' and place = blank')) == [None]
    assert towns(_listed(filter=here + ' and spot.lat between 39 and 50', sort='id')) == ['Beijing', 'Lyon']
    shown = server.get(f"{AT}?{query({'view': 'towns', 'filter': here})}", token=ann)
    assert towns(shown.json['records']) == [None, 'Beijing', 'Xi An'], shown
    assert 'Xi An, China' in _page('/f/visit?view=towns') and '>★' in _page('/f/visit?view=all')
    wrong = server.get(f"{AT}?{query({'filter': 'place.town = 1'})}", token=ann)
    assert wrong.status in (400, 422) and 'place has no part town' in wrong.text, wrong
    rows = server.get(f"/api/v1/forms/visit/aggregate?{query({'by': 'place.country', 'of': 'count()', 'filter': here})}", token=ann)
    assert rows.status == 200 and '"China"' in rows.text, rows


def an_address_is_searched_by_its_parts():
    _create(name='found', place={'city': 'Zhang Jia Jie', 'street': 'Wulingyuan 7'})
    for words in ('wulingyuan', 'ZHANG 7', '\uff57ulingyuan'):
        assert [r['name'] for r in _listed(q=words)] == ['found'], words
    assert _listed(q='wulingyuan 8') == []
    assert [r['name'] for r in _listed(filter="place.street contains 'WULING'")] == ['found']
    assert app.rows("SELECT place__street__key FROM visit WHERE name = 'found'") == [('wulingyuan 7',)]
    answer = server.get(f"{AT}?{query({'q': 'wulingyuan'})}", token=eve)
    assert answer.status == 200 and answer.json['records'] == [], answer


def a_rule_sets_and_reads_them_as_tables_and_texts():
    r = _create(name='by rule', place={'city': 'Cusco'}, spot={'lat': 1, 'lon': 2})
    assert (r['place']['city'], r['place']['country'], r['spot']) == ('Cusco!', 'Peru', None), r
    assert (r['lasts'], r['starts'], r['score']) == ('2h', '08:30', 5), r


def a_field_of_parts_is_retired_and_comes_back_with_its_data():
    own = App(files={'app.yaml': 'app: own\n', 'forms/spot.yaml': SPOT})
    own.user('zoe', roles='admin')
    token, at = own.token('zoe'), '/api/v1/forms/spot/records'
    with own.serve() as s:
        r = s.post(at, {'name': 'x', 'home': {'city': 'Jinan'}}, token=token).json
        own.write('forms/spot.yaml', SPOT.replace(HOME_LINE, ''))
        assert until(lambda: 'home' not in s.get(f"{at}/{r['id']}", token=token).json)
        own.write('forms/spot.yaml', SPOT + LATER)
        assert until(lambda: 'site' in s.get(f"{at}/{r['id']}", token=token).json), s.log()[-500:]
        now = s.get(f"{at}/{r['id']}", token=token).json
        assert now['home']['city'] == 'Jinan' and now['site'] is None, now
        own.write('forms/spot.yaml', (SPOT + LATER).replace('home:', 'dwelling:').replace('{type: address', '{type: address, was: home'))
        assert until(lambda: 'dwelling' in s.get(f"{at}/{r['id']}", token=token).json), s.log()[-500:]
        now = s.get(f"{at}/{r['id']}", token=token).json
        assert now['dwelling']['city'] == 'Jinan', now
    columns = set(own.store.columns('spot'))
    assert {'dwelling__city', 'dwelling__city__key', 'site__lat', 'site__name'} <= columns, columns


def a_default_of_parts_stands_in_new_records():
    assert _create()['base'] == {**dict.fromkeys(HOME), 'country': 'China'}
    assert _create(base=None)['base'] is None
    assert 'name="base.country" value="China"' in _page('/f/visit/new')


def parts_stand_in_rows_of_a_subform():
    r = _create(name='rows', stops=[{'stop': {'city': 'Wuhan'}, 'stay': '1h'}, {'stay': '30m'}])
    assert [s['stop'] and s['stop']['city'] for s in r['stops']] == ['Wuhan', None], r
    assert app.rows('SELECT stop__city, stay FROM visit__stops WHERE record = ? ORDER BY position', r['id']) == [('Wuhan', 3600), (None, 1800)]
    assert [x['name'] for x in _listed(filter="'Wuhan' in stops.stop.city")] == ['rows']
    assert [x['name'] for x in _listed(filter="name = 'rows' and sum(stops.stay) = 90m")] == ['rows']


def the_form_posts_parts_without_script():
    html = _page('/f/visit/new')
    for part in ('name="place.city"', 'name="spot.lat"', '<h2 class="heading">Where</h2>', 'data-locate="spot"'):
        assert part in html, part
    answer = browser.form('/f/visit/new', {'_csrf': browser.csrf, 'name': 'by form', 'place.city': 'Nanjing',
                                           'place.street': 'x 1', 'spot.lat': '', 'spot.lon': '',
                                           'stops.0.stop.city': 'Suzhou', 'stops.0.stay': '',
                                           'stops.1.stop.city': '', 'stops.1.stay': ''})
    assert answer.status == 303, answer
    r = _listed(filter="name = 'by form'")[0]
    r = server.get(f"{AT}/{r['id']}", token=ann).json
    assert r['place']['city'] == 'Nanjing' and r['spot'] is None and len(r['stops']) == 1, r
    assert r['stops'][0]['stop']['city'] == 'Suzhou', r
    html = _page(f"/f/visit/{r['id']}")
    assert 'x 1, Nanjing' in html and 'As the client wrote it' in html and 'Far away' not in html, html
    html = _page(f"/f/visit/{r['id']}/edit")
    assert 'value="Nanjing"' in html and 'value="Suzhou"' in html, html
    answer = browser.form(f"/f/visit/{r['id']}/edit", {'_csrf': browser.csrf, 'name': 'by form', 'spot.lat': '12'})
    assert answer.status == 422 and 'id="f-spot-lon-issue"' in answer.text, answer
    assert 'href="#f-spot-lon"' in answer.text and 'Position, Longitude' in answer.text, answer
    server.patch(f"{AT}/{r['id']}", {'place': {'city': 'Urumqi'}}, token=ann)
    assert 'Far away' in _page(f"/f/visit/{r['id']}")


def two_people_on_one_address_are_told():
    r = _create(name='two', place={'city': 'A'})
    html = _page(f"/f/visit/{r['id']}/edit")
    sent = Page(html).forms[f"/f/visit/{r['id']}/edit"]
    server.patch(f"{AT}/{r['id']}", {'place': {'city': 'B'}}, token=ann)
    untouched = browser.form(f"/f/visit/{r['id']}/edit", {**sent, 'name': 'two of them'})
    assert untouched.status == 303, untouched
    now = server.get(f"{AT}/{r['id']}", token=ann).json
    assert (now['name'], now['place']['city']) == ('two of them', 'B'), now
    both = browser.form(f"/f/visit/{r['id']}/edit", {**sent, 'place.city': 'C'})
    assert both.status == 412 and 'Now stored:' in both.text, both


def history_export_and_description_know_parts():
    r = _create(name='parts told', place={'city': 'Old'}, spot={'lat': 1, 'lon': 2})
    server.patch(f"{AT}/{r['id']}", {'place': {'city': 'New', 'country': 'China'}, 'spot': None}, token=ann)
    html = _page(f"/f/visit/{r['id']}")
    assert '<del>Old</del>' in html and 'New, China' in html and '1.000000, 2.000000' in html, html
    answer = server.get('/api/v1/forms/visit/export.csv?' + query({'filter': "name = 'parts told'"}), token=ann)
    row = next(csv.DictReader(io.StringIO(answer.text.lstrip('\ufeff'))))
    assert row['place'] == 'New, China' and row['spot'] == '' and 'where_head' not in row, row
    answer = server.get('/api/v1/forms/visit/export.json?' + query({'filter': "name = 'parts told'"}), token=ann)
    assert answer.json[0]['place']['country'] == 'China', answer
    fields = {f['name']: f for f in server.get('/api/v1/forms?form=visit', token=ann).json['forms'][0]['fields']}
    assert [p['name'] for p in fields['spot']['parts']] == ['lat', 'lon', 'name', 'accuracy'], fields['spot']
    assert 'where_head' not in fields and 'hint' not in fields, fields


def what_holds_nothing_cannot_be_asked_for_or_set():
    assert _refused('where_head', where_head='x') == 'unknown_field'
    wrong = server.get(f"{AT}?{query({'filter': 'where_head = blank'})}", token=ann)
    assert wrong.status in (400, 422), wrong
    assert server.get(f"{AT}?{query({'sort': 'hint'})}", token=ann).status in (400, 422)


def a_button_runs_steps_where_it_is_visible():
    r = _create(name='press')
    at = f"{AT}/{r['id']}"
    allowed = server.get(f'{at}/allowed', token=ann).json
    assert [b['name'] for b in allowed['buttons']] == ['finish', 'rate_it'], allowed
    assert 'finish' not in allowed['fields'], allowed
    done = server.post(f'{at}/actions/finish', token=ann)
    assert done.status == 200, done
    now = server.get(at, token=ann).json
    assert (now['done'], now['remark'], now['place']['city']) == (True, 'press done', 'Base'), now
    again = server.post(f'{at}/actions/finish', token=ann)
    assert again.status == 422 and 'possible only where not done' in again.text, again
    assert 'Done press' in server.get('/api/v1/messages', token=ann).text
    html = _page(f"/f/visit/{r['id']}")
    assert '>Finish</span>' in html and 'action/finish' not in html and 'action/rate_it' in html, html
    why = server.get(f'{at}/why?action=finish', token=ann).json
    assert why['allowed'] is False and 'not done' in why['why'], why


def a_button_asks_rights_on_the_server():
    r = _create(name='rights')
    at = f"{AT}/{r['id']}"
    assert server.post(f'{at}/actions/finish', token=eve).status == 403
    assert server.post(f'{at}/actions/secret', token=ann).status == 422
    assert 'Secret' not in _page(f"/f/visit/{r['id']}")
    assert server.post(f'{at}/actions/nothing', token=ann).status == 404
    assert server.get(at, token=ann).json['done'] is False
    form = server.get('/api/v1/forms?form=visit', token=ann).json['forms'][0]
    assert [(a['name'], len(a['params'])) for a in form['actions']] == [('finish', 0), ('rate_it', 1)], form


def a_button_of_an_action_asks_its_parameters_and_replaces_its_own():
    r = _create(name='ask', lasts='90m', starts='10:00', place={'city': 'Wuxi'})
    at = f"{AT}/{r['id']}"
    missing = server.post(f'{at}/actions/rate_it', token=ann)
    assert missing.status == 422 and missing.fields == {'n': 'required'}, missing
    assert server.post(f'{at}/actions/stars', {'params': {'n': 3}}, token=ann).status == 404
    html = _page(f"/f/visit/{r['id']}/action/rate_it")
    assert 'name="n"' in html and 'Rate it' in html, html
    posted = browser.form(f"/f/visit/{r['id']}/action/rate_it", {'_csrf': browser.csrf, 'n': '4'})
    assert posted.status == 303, posted
    now = server.get(at, token=ann).json
    assert (now['score'], now['remark'], now['spot']['lat']) == (4, 'Wuxi 90m 10:00', 1.5), now
    html = _page(f"/f/visit/{r['id']}")
    assert 'Rate it' in html.split('class="timeline"')[1], html


if __name__ == '__main__':
    main(globals())
