"""nodes_check — is what stands in the database what was answered? For test_nodes.py."""
import hashlib
import json
from collections import Counter


def check_notes(world, rows):
    for c in world.clients:
        for note in c.notes:
            row = rows.get(note.id)
            assert row, f'record {note.id} ({note.key}) was acknowledged and is gone'
            have = {'amount': row['amount'], 'stage': row['stage'],
                    'binned': row['deleted_at'] is not None}
            want = {'amount': note.amount, 'stage': note.stage, 'binned': note.binned}
            if have['stage'] == 'aged' and want['stage'] == 'done':
                want['stage'] = 'aged'          # by time
            if note.open and have != want:
                want[note.open[0]] = note.open[1]
            assert have == want, (note.__dict__, have)
            assert row['key'] == note.key and row['number'] == note.number, row


def check_whole(world, rows):
    known = {n.key for c in world.clients for n in c.notes} | set().union(
        *(c.lost for c in world.clients))
    strangers = [r['key'] for r in rows.values() if r['key'] not in known]
    assert not strangers, strangers[:5]
    numbers = sorted(int(r['number'][3:]) for r in rows.values())
    assert numbers == list(range(1, len(rows) + 1)), 'serial numbers have a gap or a double'
    turns = Counter(r['owner'] for r in rows.values())
    assert len(turns) == len(world.people) and max(turns.values()) - min(turns.values()) <= 1, turns

    def per_record(table, where='TRUE'):
        return dict(world.rows(f'SELECT record, count(*) FROM "{table}" WHERE {where} '
                               'GROUP BY record'))
    created = per_record('_history', "form = 'order' AND what = 'created'")
    explained = per_record('_explain', "form = 'order'")
    items, tags = per_record('order__items'), per_record('order__tags')
    rung = per_record('_message', "form = 'order'")
    entered = per_record('stage_history', "form = 'order'")
    aged = per_record('stage_history', "form = 'order' AND transition = 'age'")
    for id, row in rows.items():
        assert created.get(id) == 1, (id, created.get(id))
        assert explained.get(id) == 1, (id, explained.get(id))
        assert items.get(id) == 2 and tags.get(id) == 2, (id, items.get(id), tags.get(id))
        assert row['total'] == 5, row
        # Binned before or after; made when the moment had passed.
        least = 0 if row['deleted_at'] or row['call'] <= row['created_at'] else 1
        assert least <= rung.get(id, 0) <= 1, (id, rung.get(id), row)
        assert aged.get(id, 0) == (row['stage'] == 'aged'), (id, row)
        assert entered.get(id, 0) >= 1
    doubles = world.rows('SELECT rule, form, record, occurrence, count(*) FROM _timer '
                         'GROUP BY 1, 2, 3, 4 HAVING count(*) > 1')
    assert not doubles, doubles
    for id, lines, worth in world.rows('SELECT id, lines, worth FROM basket'):
        real = world.rows('SELECT count(*), coalesce(sum(amount), 0) FROM "order" '
                          'WHERE basket = ? AND deleted_at IS NULL', id)[0]
        assert (lines or 0, worth or 0) == real, (id, lines, worth, real)


def check_beats(world, minutes):
    """A minute has its beat; where all nodes were away, it comes late, once for all it missed."""
    at = [r[0][:16] for r in world.rows('SELECT at FROM beat ORDER BY id')]
    doubles = [m for m, n in Counter(at).items() if n > 1]
    assert not doubles, doubles
    assert len(at) >= minutes - 1 - world.restarts, (at, minutes)
    return len(at)


def check_history(world):
    last, n = {}, 0
    for row in world.rows('SELECT form, record, at, "by", via, rule, what, note, changes, hash '
                          'FROM _history ORDER BY id'):
        form, record, at, by, via, rule, what, note, changes, seal = row
        part = [last.get((form, record)), form, at, via, rule, what, note, changes]
        text = ''.join(_json(p) + (',' if p is not None else ';') for p in part)
        text += f'{record},{by or 0}'
        assert hashlib.sha256(text.encode()).hexdigest() == seal, row
        last[form, record] = seal
        n += 1
    return n


def _json(text):
    """As the engine writes it: nothing but quotes, backslashes and < are in these texts."""
    return json.dumps(text or '', ensure_ascii=False).replace('<', '\\u003c')
