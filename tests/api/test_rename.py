#!/usr/bin/env python3
"""A renamed field: plan shows what changes in the files, apply changes the naming words and
nothing else, a refused app changes nothing."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main  # noqa: E402

APP = '''app: shops            # tel is the old name
languages: [en]
time_zone: Asia/Shanghai
roles: {clerk: {label: Clerk}, boss: {label: Boss}}
'''
SHOP = '''form: shop
title: "{name} {tel}"        # the tel stands in lists
fields:
  name: {type: text}
  # they prefer a call
  mobile: {type: phone, was: tel, label: tel}
  seen: {type: date}
  card: {type: formula, of: text, formula: "concat(name, ' tel ', tel)"}
views:
  all: {columns: [name, tel], filter: "tel != blank"}
permissions:
  clerk: {read: "tel != blank", create: true, update: all, fields: {tel: readonly}}
reminders:
  call: {at: seen, if: "tel != blank", to: boss, text: "Call {tel}"}
automations:
  seen_on:
    event: ["updated(name, tel)", "at(if(tel = blank, seen, add_days(seen, 1)))"]
    if: "tel != blank and old.tel = blank"
    do:
      - set: {tel: "=tel", name: "{tel}"}
      - find: {form: shop, where: "tel = this.tel and name != 'tel'", sort: [-tel], as: same}
      - let: {number: "=same.tel"}
      - when: {if: "same.tel = tel", do: [{update: {record: same, set: {tel: "=old.tel"}}}]}
      - for_each: {form: shop, where: "tel = this.tel", do: [{set: {name: "{tel}"}}]}
      - notify: {to: boss, text: {en: "Seen {tel}"}}
  ring: {event: button(ring), given: {tel: {required: true}}, if: "tel = blank", do: [{set: {tel: "=given.tel"}}]}
'''
FLOW = '''workflow: selling\r
form: shop\r
stages:\r
  new: {status: open}\r
  won: {status: won}\r
transitions:\r
  sell: {from: new, to: won, by: [clerk], if: "tel != blank", require: [tel]}   # by tel\r
'''
RULES = '''-- the hotel rule
on("shop.before_save", function(shop)
  local tel = shop.mobile
end)
'''
FILES = {'app.yaml': APP, 'forms/shop.yaml': SHOP, 'workflows/selling.yaml': FLOW,
         'plugins/hotel.lua': RULES}
NEW_SHOP = '''form: shop
title: "{name} {mobile}"        # the tel stands in lists
fields:
  name: {type: text}
  # they prefer a call
  mobile: {type: phone, was: tel, label: tel}
  seen: {type: date}
  card: {type: formula, of: text, formula: "concat(name, ' tel ', mobile)"}
views:
  all: {columns: [name, mobile], filter: "mobile != blank"}
permissions:
  clerk: {read: "mobile != blank", create: true, update: all, fields: {mobile: readonly}}
reminders:
  call: {at: seen, if: "mobile != blank", to: boss, text: "Call {mobile}"}
automations:
  seen_on:
    event: ["updated(name, mobile)", "at(if(mobile = blank, seen, add_days(seen, 1)))"]
    if: "mobile != blank and old.mobile = blank"
    do:
      - set: {mobile: "=mobile", name: "{mobile}"}
      - find: {form: shop, where: "mobile = this.mobile and name != 'tel'", sort: [-mobile], as: same}
      - let: {number: "=same.mobile"}
      - when: {if: "same.mobile = mobile", do: [{update: {record: same, set: {mobile: "=old.mobile"}}}]}
      - for_each: {form: shop, where: "mobile = this.mobile", do: [{set: {name: "{mobile}"}}]}
      - notify: {to: boss, text: {en: "Seen {mobile}"}}
  ring: {event: button(ring), given: {tel: {required: true}}, if: "mobile = blank", do: [{set: {mobile: "=given.tel"}}]}
'''
NEW_FLOW = FLOW.replace('if: "tel', 'if: "mobile').replace('require: [tel]', 'require: [mobile]')


def _read(app, path):
    with open(os.path.join(app.dir, path), newline='', encoding='utf-8') as f:
        return f.read()


def _are(app, files):
    for path, text in files.items():
        assert _read(app, path) == text, _read(app, path)


def test_plan_shows_and_apply_writes():
    app = App(FILES)
    app.cli('check')
    plan = app.cli('plan').text
    for line in ('--- a/forms/shop.yaml', '+title: "{name} {mobile}"        # the tel stands',
                 '-  all: {columns: [name, tel], filter: "tel != blank"}',
                 '+++ b/workflows/selling.yaml', 'plugins/hotel.lua:3: mentions `tel`'):
        assert line in plan, plan
    assert 'hotel.lua:1' not in plan and 'a/app.yaml' not in plan, plan
    _are(app, FILES)
    app.cli('apply')
    after = dict(FILES, **{'forms/shop.yaml': NEW_SHOP, 'workflows/selling.yaml': NEW_FLOW})
    _are(app, after)
    again = app.cli('plan').text
    assert 'nothing to do' in again and '---' not in again, again
    app.cli('apply')
    _are(app, after)
    assert app.rows('SELECT max(version) FROM _definition')[0][0] == 1


def test_a_refused_app_leaves_its_files():
    broken = dict(FILES, **{'plugins/hotel.lua': 'on("nothing.here", 1)\n'})
    app = App(broken)
    app.cli('apply', status=1)
    _are(app, broken)


def test_a_place_that_cannot_be_rewritten_is_named():
    app = App(dict(FILES, **{'forms/shop.yaml': SHOP.replace('"{name} {tel}" ',
                                                              '"{name} {\\x74el}" ')}))
    told = app.cli('apply', status=1).errors
    assert 'forms/shop.yaml:2:8' in told and 'write the new name by hand' in told, told


main(globals())
