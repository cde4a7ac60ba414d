#!/usr/bin/env python3
"""Signing in and out, sessions, CSRF, tokens, headers that browsers obey."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, PASSWORD, ROOT, main  # noqa: E402

_app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'clinic'))
for _login, _roles in (('ann', 'admin'), ('rita', 'reception'), ('vic', 'vet')):
    _app.user(_login, roles=_roles)
_token = _app.token('rita')
_server = _app.serve()
KEEPER = '/api/v1/forms/keeper/records'


def a_right_password_opens_a_session():
    client = _server.client()
    answer = client.post('/api/v1/login', {'login': 'rita', 'password': PASSWORD})
    assert answer.status == 200, answer
    assert answer.json['login'] == 'rita' and 'reception' in answer.json['roles']
    cookie = answer.headers['Set-Cookie']
    assert cookie.startswith('session=') and 'HttpOnly' in cookie and 'SameSite=Lax' in cookie
    assert 'Secure' not in cookie
    client.cookie = cookie.split(';')[0]
    me = client.get('/api/v1/me')
    assert me.json['csrf'] == answer.json['csrf'] and me.json['id'] == answer.json['id']


def wrong_password_and_unknown_login_answer_alike():
    one = _server.post('/api/v1/login', {'login': 'rita', 'password': 'not this one'})
    two = _server.post('/api/v1/login', {'login': 'nobody', 'password': 'not this one'})
    assert one.status == two.status == 401
    assert one.json['detail'] == two.json['detail'] and one.code == 'login_required'


def login_asks_for_both_and_for_nothing_else():
    assert _server.post('/api/v1/login', {'login': 'rita'}).fields == {'password': 'required'}
    answer = _server.post('/api/v1/login', {'login': 'a', 'password': 'b', 'passwort': 'c'})
    assert answer.status == 422, answer
    assert 'password' in answer.text


def behind_tls_the_cookie_is_secure_and_bound_to_the_host():
    https = {'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.7'}
    answer = _server.ask('POST', '/api/v1/login', {'login': 'rita', 'password': PASSWORD},
                         headers=https)
    cookie = answer.headers['Set-Cookie']
    assert cookie.startswith('__Host-session=') and '; Secure' in cookie, cookie
    assert 'max-age=31536000' in answer.headers['Strict-Transport-Security']


def a_write_by_cookie_needs_the_csrf_token():
    client = _server.client().login('rita')
    csrf, client.csrf = client.csrf, None
    assert client.post(KEEPER, {'name': 'Cleo'}).status == 403
    client.csrf = csrf[:-1] + ('a' if csrf[-1] != 'a' else 'b')
    assert client.post(KEEPER, {'name': 'Cleo'}).status == 403
    assert _app.count('keeper') == 0
    client.csrf = csrf
    assert client.post(KEEPER, {'name': 'Cleo'}).status == 201


def a_csrf_token_of_another_session_is_refused():
    one, two = _server.client().login('rita'), _server.client().login('rita')
    assert one.csrf != two.csrf
    one.csrf = two.csrf
    assert one.post(KEEPER, {'name': 'Dan'}).status == 403


def a_write_from_another_site_is_refused():
    client = _server.client().login('rita')
    for headers in ({'Origin': 'https://other.example'}, {'Origin': 'null'},
                    {'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'}):
        answer = client.post(KEEPER, {'name': 'Eve'}, headers=headers)
        assert answer.status == 403, (headers, answer)
    answer = _server.ask('POST', '/api/v1/login', {'login': 'rita', 'password': PASSWORD},
                         headers={'Sec-Fetch-Site': 'cross-site'})
    assert answer.status == 403, answer
    ok = {'Origin': f'http://127.0.0.1:{_server.port}', 'Sec-Fetch-Site': 'same-origin'}
    assert client.post(KEEPER, {'name': 'Eve'}, headers=ok).status == 201


def signing_out_ends_the_session_and_clears_the_browser():
    client = _server.client().login('rita')
    answer = client.post('/api/v1/logout')
    assert answer.status == 204, answer
    assert 'Max-Age=0' in answer.headers['Set-Cookie']
    assert '"cookies"' in answer.headers['Clear-Site-Data']
    assert client.get('/api/v1/me').status == 401


def a_new_password_ends_all_sessions():
    client = _server.client().login('vic')
    _app.cli('user passwd', '--login', 'vic', '--password-stdin', stdin='another long one\n')
    assert client.get('/api/v1/me').status == 401
    assert _server.client().login('vic', 'another long one').get('/api/v1/me').status == 200


def a_session_is_stored_only_as_a_hash():
    client = _server.client().login('rita')
    secret = client.cookie.split('=')[1]
    stored = _app.store.bytes()
    assert b'rita' in stored
    assert secret.encode() not in stored and _token.encode() not in stored
    assert PASSWORD.encode() not in stored


def a_token_needs_no_cookie_and_no_csrf():
    assert _server.get('/api/v1/me', token=_token).json['login'] == 'rita'
    assert _server.post(KEEPER, {'name': 'Finn'}, token=_token).status == 201
    answer = _server.get('/api/v1/me', token=_token + 'x')
    assert answer.status == 401 and answer.headers['WWW-Authenticate'] == 'Bearer', answer


def a_disabled_user_is_out_at_once():
    _app.user('tom', roles='reception')
    token, client = _app.token('tom'), _server.client().login('tom')
    ann = _server.client().login('ann')
    tom = client.get('/api/v1/me').json['id']
    answer = ann.patch(f'/api/v1/forms/user/records/{tom}', {'active': False})
    assert answer.status == 200, answer
    assert client.get('/api/v1/me').status == 401
    assert _server.get('/api/v1/me', token=token).status == 401
    answer = _server.post('/api/v1/login', {'login': 'tom', 'password': PASSWORD})
    assert answer.status == 401, answer


def too_many_tries_are_slowed_down():
    statuses = [_server.post('/api/v1/login', {'login': 'guess', 'password': 'x' * 8}).status
                for _ in range(40)]
    assert 429 in statuses, statuses
    answer = _server.post('/api/v1/login', {'login': 'guess', 'password': 'x' * 8})
    assert answer.status == 429 and int(answer.headers['Retry-After']) > 0, answer


def data_is_never_cached_and_never_framed():
    answer = _server.get('/api/v1/me', token=_token)
    assert answer.headers['Cache-Control'] == 'no-store'
    assert answer.headers['X-Content-Type-Options'] == 'nosniff'
    assert answer.headers['Referrer-Policy']
    page = _server.get('/login', headers={'Accept': 'text/html'})
    assert page.status == 200, page
    policy = page.headers['Content-Security-Policy']
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'",
                 "frame-ancestors 'none'"):
        assert part in policy, policy
    assert 'unsafe-inline' not in policy


def a_page_without_login_leads_to_the_login_and_back():
    answer = _server.get('/f/keeper?filter=name', headers={'Accept': 'text/html'})
    assert answer.status == 303, answer
    assert answer.headers['Location'] == '/login?next=%2Ff%2Fkeeper%3Ffilter%3Dname'


def a_text_in_the_password_is_not_taken_for_markup_or_sql():
    for text in ("' or 1=1 --", '"><script>', '${jndi:x}', '%s%n', '\u0000'):
        answer = _server.post('/api/v1/login', {'login': text, 'password': text})
        assert answer.status in (400, 401, 422, 429), answer
    assert _server.alive()


def errors_come_in_the_readers_language():
    answer = _server.get('/api/v1/me', headers={'Accept-Language': 'zh-CN,zh;q=0.9'})
    assert answer.status == 401 and answer.json['detail'] == '请登录', answer
    answer = _server.get('/api/v1/me', headers={'Accept-Language': 'fr,en;q=0.5'})
    assert answer.json['detail'] == 'please sign in', answer


def what_went_wrong_inside_is_for_admins_only():
    answer = _server.get('/api/v1/forms/keeper/records?filter=name%20=', token=_token)
    assert answer.status in (400, 422), answer
    assert 'trace' not in answer.json and 'from' not in answer.json


def end():
    _server.stop()


main(globals())
