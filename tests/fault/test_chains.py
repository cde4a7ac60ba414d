#!/usr/bin/env python3
"""Random chains of definitions over a running server with data, against a model kept here.

Each chain changes one app again and again: fields are added, renamed, swapped, converted,
removed and brought back, options renamed and removed, the form itself renamed, rows too; people
write between. After each publication every value is what the model says, a second plan is empty,
and now and then a former version is published again, and what it had is there again.

    CHAINS=200 SEED=1 ctest -R fault_chains        the long run, anew each time; SEED repeats one
"""
import copy
import json
import os
import random
import re
import sys
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main  # noqa: E402

CHAINS = int(os.environ.get('CHAINS', '8'))
VERSIONS = 9
SEED = int(os.environ.get('SEED', '0')) or (1 if CHAINS == 8 else random.randrange(1 << 30))
APP = '''
app: chain
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
NAMES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta']
OPTIONS = ['red', 'green', 'blue', 'seven', '7']
TEXTS = ['red', 'Green', '7', '12.5', '0', '1', '-3.125', '2026-03-02', 'true', 'no',
         '2026-03-02T01:30:00Z', 'word', 'more words', '12.50', '中文']
ZONE = timedelta(hours=8)


# ---- the model: a field is a dict, its values are kept by the field's own number ----

class Field:
    def __init__(self, uid, name, type, decimals=0, options=None):
        self.uid, self.name, self.type, self.decimals = uid, name, type, decimals
        self.options, self.was, self.removed, self.option_was = options or [], None, {}, {}
        self.names, self.applied = set(), None  # it had once; the `was` that counted last

    def yaml(self):
        parts = [f'type: {self.type}']
        if self.was:
            parts.append(f'was: {self.was}')
        if self.type == 'number':
            parts.append(f'decimals: {self.decimals}')
        if self.options:
            of = [f"{{value: '{o}', was: '{self.option_was[o]}'}}" if o in self.option_was
                  else f"'{o}'" for o in self.options]
            parts.append(f'options: [{", ".join(of)}]')
        if self.removed:
            parts.append('removed: {%s}' % ', '.join(
                f"'{k}': {v!r}" if v else f"'{k}': null" for k, v in self.removed.items()))
        return '{' + ', '.join(parts) + '}'


def as_texts(v, f):
    if v is None:
        return []
    if f.type == 'number':
        return [str(v.quantize(Decimal(1).scaleb(-f.decimals)))]
    if f.type == 'boolean':
        return ['true' if v else 'false']
    if f.type == 'choices':
        return list(v)
    return [v]


def rounded(text, decimals):
    exact = Decimal(text)
    near = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return near, exact == near


def from_text(text, f):
    """(value, 'exact' | 'near' | None)"""
    low = text.strip().casefold()
    if f.type in ('text', 'longtext'):
        return text, 'exact'
    if f.type == 'number':
        if not re.fullmatch(r'-?\d+(\.\d+)?', low):
            return None, None
        near, same = rounded(low, f.decimals)
        return near, 'exact' if same else 'near'
    if f.type == 'boolean':
        if low in ('true', 'yes', 'y', '1', 'x'):
            return True, 'exact'
        return (False, 'exact') if low in ('false', 'no', 'n', '0') else (None, None)
    if f.type == 'date':
        return (low, 'exact') if re.fullmatch(r'\d{4}-\d\d-\d\d', low) else (None, None)
    if f.type == 'datetime':
        if re.fullmatch(r'\d{4}-\d\d-\d\dt\d\d:\d\d:\d\dz', low):
            return text, 'exact'
        return (day_start(low), 'exact') if re.fullmatch(r'\d{4}-\d\d-\d\d', low) \
            else (None, None)
    for o in f.options:
        if o.casefold() == low:
            return ([o] if f.type == 'choices' else o), 'exact'
    return None, None


def day_start(day):
    return (datetime.fromisoformat(day) - ZONE).strftime('%Y-%m-%dT%H:%M:%SZ')


def read(texts, f):
    if f.type == 'choices':
        got, fit = [], 'exact'
        for t in texts:
            v, how = from_text(t, f)
            if not how:
                fit = 'near'
            elif v[0] not in got:
                got += v
        return (got, fit) if got else (None, None)
    if len(texts) > 1 and f.type in ('text', 'longtext'):
        return ', '.join(texts), 'exact'
    v, fit = from_text(texts[0], f)
    return v, 'near' if fit == 'exact' and len(texts) > 1 else fit


def convert(v, old, new):
    if v is None:
        return None, 'exact'
    pair = (old.type, new.type)
    if pair == ('date', 'datetime'):
        return day_start(v), 'exact'
    if pair == ('datetime', 'date'):
        local = datetime.fromisoformat(v[:-1]) + ZONE
        return local.strftime('%Y-%m-%d'), \
            'exact' if local.time().isoformat() == '00:00:00' else 'near'
    if pair == ('number', 'boolean'):
        return v != 0, 'exact' if v in (0, 1) else 'near'
    if pair == ('boolean', 'number'):
        return Decimal(int(v)), 'exact'
    if pair == ('boolean', 'choice'):        # no option means yes or no
        hit = [o for o in new.options if (o == '1' and v) or (o == '0' and not v)]
        return (hit[0], 'exact') if hit else (None, None)
    return read(as_texts(v, old), new)


def same_kind(a, b):
    plain = {'text', 'longtext'}
    if a.type in plain and b.type in plain or a.type == 'choice' and b.type in plain:
        return True
    return a.type == b.type and a.decimals == b.decimals


def sensible(a, b):
    textual = {'text', 'longtext', 'choice', 'choices'}
    return a in textual or b in textual or {a, b} <= {'number', 'boolean'} \
        or {a, b} <= {'date', 'datetime'} or a == b


class World:
    def __init__(self, rng):
        self.rng, self.form, self.form_was, self.next = rng, 'thing', None, 1
        self.fields, self.rows = [], None       # the fields in use; those of the subform
        self.retired = []                       # in the order of their removal
        self.values, self.lost = {}, {}         # {record: {uid: value}}, {(uid, record): …}
        self.told, self.gone = {}, set()        # names of what this version removes
        self.past = []                          # (files, form, fields as they were)
        self.app = App({'app.yaml': APP})
        for name in NAMES[:3]:
            self.fields.append(self.new(name))
        self.write()
        self.app.user('ann', roles='admin')
        self.token = self.app.token('ann')
        self.server = self.app.serve()

    def new(self, name, type=None):
        self.next += 1
        type = type or self.rng.choice(['text', 'longtext', 'number', 'boolean', 'date',
                                        'datetime', 'choice', 'choices'])
        options = self.rng.sample(OPTIONS, 3) if type.startswith('choice') else None
        return Field(self.next, name, type, self.rng.randrange(4) if type == 'number' else 0,
                     options)

    def text(self):
        was = f'was: {self.form_was}\n' if self.form_was else ''
        lines = [f'  {f.name}: {f.yaml()}' for f in self.fields]
        return (f'form: {self.form}\n{was}title: "{{key}}"\nfields:\n  key: {{type: text}}\n'
                + '\n'.join(lines) + '\n')

    def write(self):
        for name in os.listdir(os.path.join(self.app.dir, 'forms')) \
                if os.path.isdir(os.path.join(self.app.dir, 'forms')) else []:
            if name != f'{self.form}.yaml':
                self.app.remove(f'forms/{name}')
        self.app.write(f'forms/{self.form}.yaml', self.text())

    # ---- people ----

    def random_value(self, f):
        r = self.rng
        if r.random() < 0.2 and f.type != 'boolean':
            return None
        if f.type in ('text', 'longtext'):
            return r.choice(TEXTS)
        if f.type == 'number':
            return rounded(str(r.choice([0, 1, r.uniform(-99, 99)])), f.decimals)[0]
        if f.type == 'boolean':
            return r.random() < 0.5
        if f.type == 'date':
            return f'2026-0{r.randrange(1, 10)}-1{r.randrange(10)}'
        if f.type == 'datetime':
            return r.choice([day_start('2026-05-01'), '2026-05-01T07:30:00Z'])
        if f.type == 'choice':
            return r.choice(f.options)
        return sorted(r.sample(f.options, r.randrange(1, len(f.options) + 1)))

    def body(self, fields):
        out, kept = {}, {}
        for f in fields:
            v = kept[f.uid] = self.random_value(f)
            out[f.name] = float(v) if isinstance(v, Decimal) else v
        return out, kept

    def people_write(self):
        path = f'/api/v1/forms/{self.form}/records'
        for _ in range(self.rng.randrange(1, 4)):
            body, kept = self.body(self.fields)
            answer = self.server.post(path, dict(body, key='k'), token=self.token)
            assert answer.status == 201, answer
            self.values[answer.json['id']] = kept
        for id in self.rng.sample(list(self.values), min(2, len(self.values))):
            some = self.rng.sample(self.fields, self.rng.randrange(len(self.fields) + 1))
            body, kept = self.body(some)
            if not body:
                continue
            answer = self.server.patch(f'{path}/{id}', body, token=self.token)
            assert answer.status == 200, answer
            self.values[id].update(kept)

    # ---- admins ----

    def free(self):
        used = {f.name for f in self.fields} | {f.name for f in self.retired} | self.gone
        return [n for n in NAMES if n not in used]

    def change(self):
        for f in self.fields:
            if self.rng.random() < 0.5:          # `was:` may stay
                f.was, f.option_was = f.was, {}
            f.removed = {}
        ways = [self.add, self.rename, self.swap, self.retype, self.retype, self.remove,
                self.bring_back, self.option, self.form_rename, self.rename_onto_retired]
        for way in self.rng.sample(ways, self.rng.randrange(1, 4)):
            way()

    def add(self):
        if self.free():
            f = self.new(self.rng.choice(self.free()))
            f.fresh = f.unborn = True
            self.fields.append(f)
            self.blank(f)

    def blank(self, f):
        for kept in self.values.values():
            kept[f.uid] = False if f.type == 'boolean' else None

    def rename(self):
        f = self.rng.choice(self.fields)
        name = self.rng.choice(self.free()) if self.free() else None
        if name and not self.touched(f) and not self.told_before(f, name):
            self.call(f, name)

    def rename_onto_retired(self):
        names = [g.name for g in self.retired if g.name not in self.told
                 and all(f.name != g.name for f in self.fields)]
        f = self.rng.choice(self.fields)
        name = self.rng.choice(names) if names else None
        if name and not self.touched(f) and not self.told_before(f, name):
            self.call(f, name)

    def swap(self):
        if len(self.fields) < 2:
            return
        a, b = self.rng.sample(self.fields, 2)
        if self.told_before(a, b.name) or self.told_before(b, a.name):
            return
        if not self.touched(a) and not self.touched(b):
            was = a.name
            self.call(a, b.name)
            self.call(b, was)

    def told_before(self, f, name):
        """The same words mean nothing twice: that the field of this name was f."""
        return self.told.get(name) == f.name

    def call(self, f, name):
        f.names.add(f.name)
        f.was, f.name, f.moved = f.name, name, True

    def touched(self, f):
        """Once a version: what is renamed twice in one is another thing to the engine."""
        return getattr(f, 'moved', False) or getattr(f, 'fresh', False)

    def retype(self):
        f = self.rng.choice(self.fields)
        new = self.new(f.name)
        if sensible(f.type, new.type) and not getattr(f, 'retyped', False):
            self.turn(f, new)

    def turn(self, f, new):
        """The values of f become those of the new type."""
        f.retyped = True
        old = copy.copy(f)
        f.type, f.decimals, f.options = new.type, new.decimals, new.options
        f.option_was, f.removed = {}, {}
        if getattr(f, 'unborn', False):          # added in this version: nobody saw the old type
            self.blank(f)
            return
        if old.type == f.type and f.type.startswith('choice'):
            f.options = list(dict.fromkeys(old.options + f.options))
            return
        if same_kind(old, f):
            return
        fresh = set()
        for id, kept in self.values.items():
            v, fit = convert(kept.get(f.uid), old, f)
            if v is None and f.type == 'boolean':
                v = False
            if fit != 'exact':
                self.lost[f.uid, id] = (as_texts(kept[f.uid], old), as_texts(v, f))
                fresh.add(id)
            kept[f.uid] = v
        for (uid, id), (was, now) in list(self.lost.items()):
            if uid != f.uid or id in fresh:
                continue
            back, fit = read(was, f) if was else (None, None)
            left, near = read(now, f) if now else (None, 'exact')
            if fit == 'exact' and near and left == self.values[id][uid]:
                self.values[id][uid] = back
                del self.lost[uid, id]

    def remove(self):
        if len(self.fields) > 1:
            f = self.rng.choice(self.fields)
            taken_back = f.names & {g.name for g in self.fields if self.touched(g)}
            if not taken_back and not self.touched(f) and not getattr(f, 'retyped', False):
                self.gone |= f.names
                self.fields.remove(f)
                self.retired.append(f)

    def bring_back(self):
        names = {f.name for f in self.fields}
        for f in reversed(self.retired):
            if f.name not in names | self.gone and not any(g.was == f.name for g in self.fields):
                old = self.retired.pop(self.retired.index(f))
                old.was, old.fresh = None, True
                self.fields.append(old)
                for kept in self.values.values():
                    kept.setdefault(old.uid, False if old.type == 'boolean' else None)
                return

    def option(self):
        for f in self.fields:
            if not f.type.startswith('choice') or getattr(f, 'retyped', False) \
                    or getattr(f, 'fresh', False) or len(f.options) < 3:
                continue
            old = self.rng.choice(f.options)
            rename = self.rng.random() < 0.5
            to = f'o{self.next}' if rename else self.rng.choice(
                [o for o in f.options if o != old] + [None])
            self.next += 1
            f.retyped = True
            if rename:
                f.options[f.options.index(old)] = to
                f.option_was = {to: old}
            else:
                f.options.remove(old)
                f.removed = {old: to}
            for kept in self.values.values():
                kept[f.uid] = self.option_value(kept.get(f.uid), old, to)
            return

    def option_value(self, v, old, to):
        if isinstance(v, list):
            v = [to if o == old else o for o in v]
            v = [o for i, o in enumerate(v) if o and o not in v[:i]]
            return v or None
        return to if v == old else v

    def form_rename(self):
        self.form_was, self.form = self.form, self.rng.choice(
            [n for n in ('thing', 'item', 'matter') if n != self.form])

    # ---- publishing ----

    def publish(self):
        self.write()
        plan = self.app.cli('plan', '--json', status=None)
        steps = json.loads(plan.text)
        assert not steps.get('refused'), plan.text
        if os.environ.get('SHOW'):
            print(self.text(), json.dumps([s['text'] for s in steps['steps']], ensure_ascii=False, indent=1))
        if os.environ.get("SHOW"):
            print(self.app.rows("SELECT * FROM _unconverted"), self.app.rows("SELECT id, parent, name, kind, retired, parked, was FROM _field WHERE id > 14 OR parent IS NULL"))
        self.app.cli('apply', '--allow-loss')
        again = json.loads(self.app.cli('plan', '--json').text)
        assert again['steps'] == [] and again['same'], again
        self.gone, self.told = set(), {}
        for f in self.fields:
            f.applied = self.told[f.name] = f.was or f.applied
            f.moved = f.fresh = f.retyped = f.unborn = False
        self.past.append((self.form, self.form_was, copy.deepcopy(self.fields)))

    def revert(self):
        """What a former version had is there again, whatever it is called now."""
        form, form_was, fields = self.rng.choice(self.past)
        current = self.text()
        now = {f.uid: f for f in self.fields + self.retired}
        fields = copy.deepcopy(fields)
        kept_form, kept_was, kept_fields = self.form, self.form_was, self.fields
        self.form, self.form_was, self.fields = form, form_was, fields
        if self.text() == current or any(f.uid not in now for f in fields) \
                or any(not sensible(now[f.uid].type, f.type) for f in fields) \
                or any(set(now[f.uid].options) - set(f.options) for f in fields
                       if f.type.startswith('choice') and now[f.uid].type == f.type):
            self.form, self.form_was, self.fields = kept_form, kept_was, kept_fields
            return False
        mine = {f.uid for f in fields}
        self.retired = [f for f in self.retired if f.uid not in mine] \
            + [f for f in kept_fields if f.uid not in mine]
        for f in fields:
            new, old = copy.copy(f), now[f.uid]
            f.names, f.applied = f.names | old.names | {old.name}, f.was
            f.type, f.decimals, f.options = old.type, old.decimals, list(old.options)
            option_was, removed = f.option_was, f.removed
            for kept in self.values.values():
                kept.setdefault(f.uid, False if f.type == 'boolean' else None)
            if (new.type, new.decimals) != (old.type, old.decimals):
                self.turn(f, new)
            f.type, f.decimals, f.options = new.type, new.decimals, new.options
            f.option_was, f.removed = option_was, removed
        return True

    def check(self):
        answer = self.server.get(f'/api/v1/forms/{self.form}/records?limit=500',
                                 token=self.token)
        assert answer.status == 200, answer
        got = {r['id']: r for r in json.loads(answer.body, parse_float=Decimal)['records']}
        assert set(got) == set(self.values), (set(got), set(self.values))
        for id, kept in self.values.items():
            for f in self.fields:
                mine, real = kept.get(f.uid), got[id].get(f.name)
                if f.type == 'choices':
                    mine, real = mine or [], real or []
                if f.type == 'number' and real is not None:
                    real = Decimal(real)
                assert mine == real, (f'record {id} {f.name} ({f.type} {f.decimals} '
                                      f'{f.options}): {real!r}, not {mine!r}')
        self.app.store.check()

    def run(self):
        self.past.append((self.form, self.form_was, copy.deepcopy(self.fields)))
        for _ in range(VERSIONS):
            self.people_write()
            self.check()
            if not (self.rng.random() < 0.25 and self.revert()):
                self.change()
            self.publish()
            self.check()
        self.app.store.check()
        self.server.stop()


def data_is_what_a_model_says_after_every_publication():
    print(f'SEED={SEED} CHAINS={CHAINS}')
    for i in range(CHAINS):
        world = World(random.Random(SEED + i))
        try:
            world.run()
        except BaseException:
            print(f'chain {i}: SEED={SEED + i} CHAINS=1')
            print(world.text())
            print(world.server.log()[-2000:])
            raise


if __name__ == '__main__':
    main(globals())
