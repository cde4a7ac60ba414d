#!/usr/bin/env python3
"""Styles and scripts: addresses with a hash never change, the others are asked for again."""
import gzip
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, ROOT, main  # noqa: E402

_server = App(copy=os.path.join(ROOT, 'tests', 'apps', 'clinic')).serve()
_page = _server.get('/login', headers={'Accept': 'text/html'}).text
_css = re.search(r'href="(/assets/[0-9a-f]+/css/[a-z]+\.css)"', _page).group(1)
_js = re.search(r'src="(/assets/[0-9a-f]+/js/main\.js)"', _page).group(1)


def a_file_with_its_hash_never_changes():
    for path, type_ in ((_css, 'text/css'), (_js, 'text/javascript')):
        answer = _server.get(path)
        assert answer.status == 200 and answer.headers['Content-Type'].startswith(type_), answer
        assert 'immutable' in answer.headers['Cache-Control'] and answer.headers['ETag']
        assert answer.headers['X-Content-Type-Options'] == 'nosniff'


def a_file_comes_packed_when_asked_for():
    plain, packed = _server.get(_css), _server.get(_css, headers={'Accept-Encoding': 'br, gzip'})
    assert packed.headers['Content-Encoding'] == 'gzip' and packed.headers['Vary']
    assert gzip.decompress(packed.body) == plain.body and len(packed.body) < len(plain.body)
    assert packed.headers['ETag'] != plain.headers['ETag']


def a_known_file_is_not_sent_again():
    tag = _server.get(_css).headers['ETag']
    answer = _server.get(_css, headers={'If-None-Match': tag})
    assert answer.status == 304 and answer.body == b'', answer
    assert _server.get(_css, headers={'If-None-Match': '"other"'}).status == 200


def a_wrong_hash_is_served_but_not_kept():
    answer = _server.get(re.sub('/assets/[0-9a-f]+/', '/assets/0/', _css))
    assert answer.status == 200 and answer.headers['Cache-Control'] == 'no-cache', answer


def templates_catalogues_and_what_is_not_there_are_not_served():
    for path in ('pages/list.html', 'i18n/zh.json', 'css/none.css', 'js', 'css/'):
        assert _server.get('/assets/0/' + path).status in (400, 404), path


def end():
    _server.stop()


main(globals())
