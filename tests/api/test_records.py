#!/usr/bin/env python3
"""Records through the API: every status, ETags, idempotency, paging, batches, moves, exports."""
import csv
import io
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, ROOT, main, query, together  # noqa: E402

_app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'clinic'))
_server, _token = None, {}
API = '/api/v1/forms/'


def _start():
    global _server
    for login, roles in (('ann', 'admin'), ('rita', 'reception'), ('vic', 'vet'), ('carl', 'chief')):
        _app.user(login, roles=roles)
        _token[login] = _app.token(login)
    _app.write('app.yaml', _app.read('app.yaml').replace('api: 50/s', 'api: 0'))
    _server = _app.serve()


def _as(login):
    return _server.client(_token[login])


def _keeper(name, **values):
    answer = _as('carl').post(f'{API}keeper/records', {'name': name, **values})
    assert answer.status == 201, answer
    return answer.json


def _pet(name, keeper, **values):
    answer = _as('rita').post(f'{API}pet/records',
                              {'name': name, 'keeper': keeper, 'species': 'dog', **values})
    assert answer.status == 201, answer
    return answer.json


def a_record_is_created_read_changed_and_binned():
    rita = _as('rita')
    answer = rita.post(f'{API}keeper/records', {'name': 'Ann Lee', 'mobile': '0151 23456789'})
    assert answer.status == 201, answer
    at, one = answer.headers['Location'], answer.json
    assert at == f'/api/v1/forms/keeper/records/{one["id"]}' and answer.headers['ETag'] == '"1"'
    assert one['version'] == 1 and one['insurance'] == 'none' and one['contact']['title'] == 'Rita'
    assert one['number'].startswith('K-')
    answer = rita.get(at)
    assert answer.status == 200 and answer.json == one and answer.headers['ETag'] == '"1"', answer
    answer = rita.patch(at, {'email': 'ann@example.com'})
    assert answer.status == 200 and answer.json['version'] == 2, answer
    assert answer.json['name'] == 'Ann Lee' and answer.headers['ETag'] == '"2"'
    carl = _as('carl')
    assert rita.delete(at).status == 403
    assert carl.delete(at).status == 204
    assert rita.get(at).status == 404 and carl.delete(at).status == 404
    assert _app.count('keeper', f'id = {one["id"]} AND deleted_at IS NOT NULL') == 1
    answer = carl.post(at + '/restore')
    assert answer.status == 200, answer
    assert rita.get(at).status == 200


def unknown_fields_and_wrong_values_are_named_all_at_once():
    answer = _as('rita').post(f'{API}keeper/records', {
        'nmae': 'x', 'insurance': 'gold', 'discount': 'much', 'since': '2026-02-30',
        'newsletter': 'maybe', 'mobile': 5, 'email': 'no mail'})
    assert answer.status == 422 and answer.code == 'invalid', answer
    for field in ('nmae', 'discount', 'since', 'newsletter', 'email'):
        assert field in answer.fields, (field, answer)
    assert 'name' in answer.json['fields']['nmae']['message']
    assert _app.count('keeper', "insurance = 'gold'") == 0


def computed_and_system_fields_cannot_be_sent():
    for field in ('number', 'pets', 'spent', 'created_by', 'deleted_at'):
        answer = _as('rita').post(f'{API}keeper/records', {'name': 'Kim', field: '1'})
        assert answer.status in (403, 422) and 'Location' not in answer.headers, (field, answer)


def a_required_field_is_asked_for():
    answer = _as('rita').post(f'{API}keeper/records', {'mobile': '0151 1111111'})
    assert answer.status == 422 and answer.fields == {'name': 'required'}, answer
    answer = _as('rita').post(f'{API}keeper/records', {'name': 'Lu', 'insurance': 'full'})
    assert answer.status == 422 and 'policy' in answer.fields, answer


def parameters_unknown_or_twice_are_refused():
    rita = _as('rita')
    assert rita.get(f'{API}keeper/records?filtre=x').status == 400
    assert "filter" in rita.get(f'{API}keeper/records?filtre=x').json['detail']
    assert rita.get(f'{API}keeper/records?limit=1&limit=2').status == 400
    for limit in ('0', '-1', 'x', '501', '9999999999999999999999'):
        assert rita.get(f'{API}keeper/records?limit={limit}').status == 400, limit
    assert rita.get(f'{API}keeper/records?fields=name,nope').status == 400
    assert rita.get(f'{API}keeper/records?after=nonsense').status == 400
    assert rita.get(f'{API}keeper/records?q=%ff').status == 400
    assert rita.get(f'{API}nothing/records').status == 404
    assert rita.get(f'{API}keeper/records/x').status == 404
    assert rita.get(f'{API}keeper/records/99999999999999999999').status == 404


def a_wrong_filter_says_where():
    answer = _as('rita').get(f'{API}keeper/records?' + query({'filter': 'nmae = 1'}))
    assert answer.status in (400, 422) and 'name' in answer.text, answer
    answer = _as('rita').get(f'{API}keeper/records?' + query({'filter': "name = 'a' and"}))
    assert answer.status in (400, 422), answer


def two_people_on_one_record_do_not_lose_a_change():
    one = _keeper('Two Editors')
    at, rita = f'{API}keeper/records/{one["id"]}', _as('rita')
    first = rita.patch(at, {'note': 'first'}, headers={'If-Match': '"1"'})
    assert first.status == 200, first
    answer = rita.patch(at, {'note': 'second'}, headers={'If-Match': '"1"'})
    assert answer.status == 412 and answer.code == 'stale', answer
    assert answer.json['current']['note'] == 'first' and answer.headers['ETag'] == '"2"'
    assert rita.patch(at, {'email': 'two@example.com'}).status == 200
    assert rita.get(at).json['note'] == 'first'
    assert rita.patch(at, {'note': 'x'}, headers={'If-Match': 'W/"1"'}).status == 400
    assert _as('carl').delete(at, headers={'If-Match': '"1"'}).status == 412


def a_repeated_request_with_a_key_is_one_record():
    rita, key = _as('rita'), {'Idempotency-Key': 'order-1'}
    first = rita.post(f'{API}keeper/records', {'name': 'Once'}, headers=key)
    again = rita.post(f'{API}keeper/records', {'name': 'Once'}, headers=key)
    assert first.status == 201 and again.status == 201, again
    assert first.json['id'] == again.json['id'] and _app.count('keeper', "name = 'Once'") == 1
    other = rita.post(f'{API}keeper/records', {'name': 'Other'}, headers=key)
    assert other.status in (409, 422), other
    many = together(8, lambda i: _as('rita').post(
        f'{API}keeper/records', {'name': 'At once'}, headers={'Idempotency-Key': 'order-2'}).status)
    assert 201 in many and set(many) <= {201, 409}, many
    assert _app.count('keeper', "name = 'At once'") == 1


def pages_follow_each_other_without_gap_or_overlap():
    for i in range(25):
        _keeper(f'Page {i:02d}', discount=i % 3)
    rita, seen, after = _as('rita'), [], None
    ask = {'filter': "starts_with(name, 'Page ')", 'sort': 'discount,-name', 'limit': 7}
    while True:
        answer = rita.get(f'{API}keeper/records?' + query({**ask, **({'after': after} if after else {})}))
        assert answer.status == 200, answer
        seen += answer.json['records']
        after = answer.json['next']
        if not after:
            break
        assert 'rel="next"' in answer.headers['Link']
    names = [(float(r['discount']), r['name']) for r in seen]
    assert len(seen) == 25 and len({r['id'] for r in seen}) == 25
    assert names == sorted(sorted(names, key=lambda x: x[1], reverse=True), key=lambda x: x[0])
    count = rita.get(f'{API}keeper/records?' + query({**ask, 'count': 'exact', 'limit': 1}))
    assert count.json['count'] == 25, count


def fields_and_linked_records_come_as_asked():
    keeper = _keeper('Linked')
    pet = _pet('Rex', keeper['id'])
    answer = _as('rita').get(f'{API}pet/records?' + query({
        'filter': f'id = {pet["id"]}', 'fields': 'name,keeper', 'expand': 'keeper'}))
    assert answer.status == 200, answer
    one = answer.json['records'][0]
    assert one['name'] == 'Rex' and one['keeper'] == {'id': keeper['id'], 'title': 'Linked'}
    assert 'species' not in one
    assert answer.json['expanded']['keeper'][str(keeper['id'])]['name'] == 'Linked'
    assert _as('rita').get(f'{API}pet/records?expand=name').status == 400


def a_link_may_be_named_by_a_unique_value():
    keeper = _keeper('By mobile', mobile='+49 151 7654321')
    answer = _as('rita').post(f'{API}pet/records', {
        'name': 'Bo', 'species': 'cat', 'keeper': {'by': {'mobile': '0151 7654321'}}})
    assert answer.status == 201 and answer.json['keeper']['id'] == keeper['id'], answer
    answer = _as('rita').post(f'{API}pet/records', {
        'name': 'Bo', 'species': 'cat', 'keeper': {'by': {'mobile': '0151 0000000'}}})
    assert answer.status == 422 and 'keeper' in answer.fields, answer
    assert _as('rita').post(f'{API}pet/records', {
        'name': 'Bo', 'species': 'cat', 'keeper': 999999}).status == 422


def a_duplicate_is_blocked_on_its_field():
    _keeper('Original', mobile='0151 5550001')
    answer = _as('rita').post(f'{API}keeper/records', {'name': 'Copy', 'mobile': '0049 151 5550001'})
    assert answer.status == 422 and 'mobile' in answer.fields, answer


def what_others_link_to_is_not_deleted():
    keeper = _keeper('Has a pet')
    _pet('Kiki', keeper['id'])
    answer = _as('carl').delete(f'{API}keeper/records/{keeper["id"]}')
    assert answer.status == 409 and answer.code == 'conflict', answer


def upsert_creates_then_changes():
    carl, at = _as('carl'), f'{API}medicine/by/name/'
    answer = carl.put(at + 'Ibu%2F400', {'price': 5})
    assert answer.status == 201 and answer.json['name'] == 'Ibu/400', answer
    answer = carl.put(at + 'Ibu%2F400', {'price': '6.50'})
    assert answer.status == 200 and answer.json['price'] == 6.5, answer
    assert _app.count('medicine') == 1
    assert carl.put(f'{API}medicine/by/price/5', {}).status == 400
    assert carl.put(f'{API}medicine/by/nope/5', {}).status == 404


def a_batch_is_all_or_nothing():
    carl = _as('carl')
    answer = carl.post(f'{API}keeper/batch', {'create': [{'name': 'B1'}, {'name': 'B2'}]})
    assert answer.status == 200 and len(answer.json['results']) == 2, answer
    ids = [r['id'] for r in answer.json['results']]
    answer = carl.post(f'{API}keeper/batch', {
        'create': [{'name': 'B3'}], 'update': [{'id': ids[0], 'name': ''}]})
    assert answer.status == 422, answer
    assert _app.count('keeper', "name = 'B3'") == 0
    answer = carl.post(f'{API}keeper/batch', {
        'create': [{'name': 'B3'}], 'update': [{'id': ids[0], 'note': 'x'}], 'delete': [ids[1]]})
    assert answer.status == 200, answer
    assert [r['done'] for r in answer.json['results']] == ['created', 'updated', 'deleted']
    assert _app.count('keeper', f"id = {ids[1]} AND deleted_at IS NOT NULL") == 1
    answer = carl.post(f'{API}keeper/batch', {
        'filter': "starts_with(name, 'B')", 'set': {'newsletter': True}})
    assert answer.status == 200, answer
    assert _app.count('keeper', "name in ('B1', 'B3') AND newsletter") == 2
    assert _as('vic').post(f'{API}keeper/batch', {
        'filter': "starts_with(name, 'B')", 'set': {'note': 'y'}}).status == 403
    assert carl.post(f'{API}keeper/batch', {'creat': []}).status == 422
    assert carl.post(f'{API}keeper/batch', {'create': {}}).status == 400
    assert carl.post(f'{API}keeper/batch', {'create': [{}] * 1001}).status == 413


def hidden_and_masked_fields_stay_so_on_every_path():
    one = _keeper('Masked', insurance='full', policy='AB123456', discount=5)
    vic, at = _as('vic'), f'{API}keeper/records/{one["id"]}'
    seen = vic.get(at).json
    assert 'spent' not in seen and '123456' not in json.dumps(seen), seen
    assert vic.get(f'{API}keeper/records?' + query({'filter': 'spent > 0'})).status == 403
    assert vic.get(f'{API}keeper/records?sort=spent').status == 403
    assert vic.get(f'{API}keeper/records?fields=spent').status == 403
    assert vic.get(f'{API}keeper/records?' + query({'filter': "policy = 'AB123456'"})).status == 403
    assert vic.get(f'{API}keeper/aggregate?by=policy').status == 403
    assert vic.get(f'{API}keeper/aggregate?of=sum(spent)').status == 403
    assert vic.patch(at, {'policy': 'CD123456'}).status == 403
    assert _as('rita').patch(at, {'discount': 1}).status == 403


def a_move_follows_the_workflow():
    rita, vic = _as('rita'), _as('vic')
    pet = _pet('Mover', _keeper('Of mover')['id'])
    me = vic.get('/api/v1/me').json['id']
    answer = rita.post(f'{API}visit/records', {'pet': pet['id'], 'vet': me,
                                               'starts_at': '2027-01-04T09:00:00+01:00'})
    assert answer.status == 201, answer
    one = answer.json
    at = f'{API}visit/records/{one["id"]}'
    assert one['stage'] == 'booked' and one['starts_at'] == '2027-01-04T08:00:00Z', one
    assert rita.post(at + '/transitions/bill').status == 422
    assert rita.post(at + '/transitions/nothing').status in (404, 422)
    assert rita.patch(at, {'stage': 'billed'}).status == 422
    answer = rita.post(at + '/transitions/arrive', {'comment': 'early'})
    assert answer.status == 200 and answer.json['stage'] == 'waiting', answer
    assert rita.post(at + '/transitions/treat').status == 403
    allowed = rita.get(at + '/allowed')
    assert allowed.status == 200 and 'transitions' in allowed.json, allowed
    history = rita.get(at + '/history').json['entries']
    assert history[0]['what'] == 'moved' and history[-1]['what'] == 'created', history
    assert rita.post(at + '/comments', {'text': ' Called the keeper '}).status == 204
    timeline = rita.get(at + '/timeline')
    assert timeline.status == 200 and 'Called the keeper' in timeline.text, timeline
    assert rita.post(at + '/comments', {'text': '  '}).status == 422
    why = rita.get(at + '/why?action=update')
    assert why.status == 200 and 'reception' in why.text, why


def groups_count_and_add():
    carl = _as('carl')
    for i in range(4):
        assert carl.post(f'{API}medicine/records', {'name': f'G{i}', 'price': i}).status == 201
    answer = carl.get(f'{API}medicine/aggregate?' + query({
        'of': 'count(),sum(price)', 'filter': "starts_with(name, 'G')"}))
    assert answer.status == 200, answer
    assert answer.json['rows'][0]['value'] == [4, 6], answer
    answer = _as('rita').get(f'{API}pet/aggregate?by=species,keeper&of=count()')
    assert answer.status == 200 and answer.json['by'] == ['species', 'keeper'], answer
    assert all('title' in row['key'][1] for row in answer.json['rows']), answer


def exports_hold_what_one_may_export():
    carl = _as('carl')
    _keeper('=cmd|calc', note='a "quoted", text\nover lines')
    answer = carl.get(f'{API}keeper/export.csv')
    assert answer.status == 200 and answer.headers['Content-Type'].startswith('text/csv'), answer
    assert 'attachment' in answer.headers['Content-Disposition']
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == _app.count('keeper', 'deleted_at IS NULL')
    assert any(r['name'] == "'=cmd|calc" and r['note'].endswith('over lines') for r in rows)
    records = carl.get(f'{API}keeper/export.json').json
    assert len(records) == len(rows)
    assert _as('rita').get(f'{API}keeper/export.csv').status == 403


def a_preview_computes_and_writes_nothing():
    carl = _as('carl')
    med = carl.post(f'{API}medicine/records', {'name': 'Preview', 'price': '2.50'}).json
    pet = _pet('Viewed', _keeper('Of viewed')['id'])
    before = _app.count('visit')
    answer = carl.post(f'{API}visit/preview', {'values': {
        'pet': pet['id'], 'starts_at': '2027-01-04T09:00:00Z', 'fee': 10,
        'treatments': [{'medicine': med['id'], 'quantity': 4, 'price': '2.50'}]}})
    assert answer.status == 200, answer
    assert answer.json['values']['total'] == 20, answer
    assert answer.json['values']['species'] == 'dog', answer
    assert answer.json['flags']['paid']['visible'] is False, answer
    answer = carl.post(f'{API}visit/preview', {'values': {'fee': 'x'}})
    assert answer.status == 200 and 'fee' in answer.json['issues'], answer
    assert _app.count('visit') == before


def options_are_records_one_may_choose():
    rita = _as('rita')
    _keeper('Optional Olga')
    answer = rita.get(f'{API}pet/options?' + query({'field': 'keeper', 'q': 'olga'}))
    assert answer.status == 200, answer
    assert [o['title'] for o in answer.json['options']] == ['Optional Olga'], answer
    assert rita.get(f'{API}pet/options?field=name').status == 400
    assert rita.get(f'{API}pet/options?field=nope').status == 400


def forms_show_what_the_caller_may_use():
    forms = {f['name']: f for f in _as('vic').get('/api/v1/forms').json['forms']}
    assert set(forms) >= {'keeper', 'pet', 'visit', 'medicine'}, forms
    fields = {f['name']: f for f in forms['keeper']['fields']}
    assert 'spent' not in fields and fields['policy']['right'] == 'masked', fields
    assert forms['visit']['workflows'][0]['stages'], forms['visit']


def messages_are_listed_and_read():
    rita = _as('rita')
    assert rita.get('/api/v1/messages?unread=true').status == 200
    assert rita.post('/api/v1/messages/read', {'ids': [1]}).status == 204
    assert rita.post('/api/v1/messages/read', {'ids': 'x'}).status == 422
    assert rita.get('/api/v1/messages?limit=0').status == 400


def the_bin_and_the_count_of_the_metrics_work():
    answer = _as('carl').get(f'{API}keeper/records?bin=true')
    assert answer.status == 200 and answer.json['records'], answer
    assert ',code="2xx"}' in _server.get('/metrics').text


def end():
    _server.stop()


_start()
main(globals())
