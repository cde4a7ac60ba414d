/* A bicycle workshop: an app in a folder of its own, its engine on a fresh database, people who
   act in it. For tests of writing, moving, time and mail. */
#ifndef WORKSHOP_H
#define WORKSHOP_H
#include "test_support.h"
#include "test_url.h"

#include "base/node_json.h"
#include "base/sys.h"
#include "data/auth.h"
#include "data/engine.h"
#include "data/history.h"
#include "data/jobs.h"
#include "data/query.h"
#include "data/save.h"
#include "data/tick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MONDAY 1772413200                     /* 2026-03-02T09:00:00+08:00 */

static const char shop_app[] =
    "app: workshop\nlanguages: [en, zh]\ntime_zone: Asia/Shanghai\ncountry: CN\n"
    "currency: CNY\n"
    "roles: {mechanic: {}, chief: {includes: [mechanic]}, guest: {}}\n"
    "channels:\n  email: {smtp: \"smtp://127.0.0.1:%d\", from: shop@example.com}\n"
    "  robot: {webhook: \"http://127.0.0.1:%d/hook\", format: wecom}\n"
    "calendars:\n  office: {hours: {mon-fri: [\"09:00-17:00\"]}}\n";

static const char shop_client[] =
    "form: client\ntitle: \"{name}\"\nowner: keeper\n"
    "fields:\n"
    "  name: {type: text, required: true, max: 20, search: true}\n"
    "  mobile: {type: phone, unique: true}\n"
    "  email: {type: email}\n"
    "  keeper: {type: user, default: \"=me()\"}\n"
    "  tier: {type: choice, options: [a, b], default: b}\n"
    "  born: {type: date}\n"
    "  secret: {type: text}\n"
    "  bonus: {type: number, decimals: 1}\n"
    "  jobs: {type: rollup, from: job, via: client, do: count()}\n"
    "  spent: {type: rollup, from: job, via: client, do: \"sum(total)\", "
    "where: \"stage.status = 'done'\"}\n"
    "duplicates:\n  - {match: [name], then: warn}\n  - {match: [email], then: block}\n"
    "permissions:\n"
    "  mechanic: {read: own, create: true, update: own, delete: own, "
    "fields: {secret: hidden, bonus: readonly}}\n"
    "  chief: {read: all, create: true, update: all, delete: all}\n"
    "reminders:\n"
    "  party: {yearly: born, time: \"08:00\", to: keeper, "
    "text: {en: \"{name} has a birthday\"}}\n";

static const char shop_job[] =
    "form: job\ntitle: \"{number}\"\nowner: mechanic\n"
    "fields:\n"
    "  number: {type: serial, pattern: \"J{yyyy}{mm}-{seq:3}\", reset: month}\n"
    "  client: {type: link, to: client, on_delete: restrict}\n"
    "  tier: {type: lookup, via: client, field: tier}\n"
    "  mechanic: {type: user, default: \"=me()\"}\n"
    "  frame: {type: text, unique: {within: client}}\n"
    "  faults: {type: choices, options: [brake, gear, tyre]}\n"
    "  due: {type: datetime}\n"
    "  urgent: {type: boolean}\n"
    "  pickup: {type: date, visible: \"urgent\", required: \"urgent\"}\n"
    "  note: {type: text}\n"
    "  hours: {type: number, decimals: 1, min: 0, max: 100}\n"
    "  fixed: {type: number, readonly: true, default: 7}\n"
    "  parts:\n    type: subform\n    max_rows: 3\n    fields:\n"
    "      part: {type: link, to: part, required: true, on_delete: restrict}\n"
    "      count: {type: number, default: 1, min: 1}\n"
    "      price: {type: money, default: \"=part.price\"}\n"
    "      sum: {type: formula, of: money, formula: \"count * price\"}\n"
    "  total: {type: formula, of: money, "
    "formula: \"sum(parts.sum) + coalesce(hours, 0) * 60\"}\n"
    "  dear: {type: formula, of: boolean, formula: \"total > 100\"}\n"
    "checks:\n  - {that: \"hours = blank or hours < 50 or urgent\", "
    "message: {en: Too long}, fields: [hours]}\n"
    "permissions:\n"
    "  mechanic: {read: own, create: true, update: \"mechanic = me()\", delete: own}\n"
    "  chief: {read: all, create: true, update: all, delete: all}\n"
    "  guest: {read: all}\n"
    "reminders:\n"
    "  soon: {at: \"due - 1h\", if: \"stage.status = 'open'\", to: mechanic, "
    "text: {en: \"Soon {number}\", zh: \"快 {number}\"}}\n"
    "  stale: {every: 1d, time: \"09:00\", if: \"stage.status = 'open' and not blank = due "
    "and due < now()\", to: mechanic, once_per: 7d, text: {en: \"Stale {number}\"}}\n"
    "  week: {every: 1w, on: fri, time: \"14:00\", if: \"urgent\", to: mechanic, "
    "via: [inbox, email], text: {en: \"Week {number}\"}}\n";

static const char shop_part[] =
    "form: part\ntitle: \"{name}\"\n"
    "fields:\n"
    "  name: {type: text, required: true, unique: true}\n"
    "  price: {type: money}\n"
    "  fits: {type: link, to: part, on_delete: clear}\n"
    "  of: {type: link, to: part, on_delete: cascade}\n"
    "permissions:\n"
    "  mechanic: {read: all}\n"
    "  chief: {read: all, create: true, update: all, delete: all}\n";

static const char shop_flow[] =
    "workflow: repair\nform: job\n"
    "stages:\n"
    "  intake: {status: open}\n"
    "  work: {status: open, within: 4bh, edit: [hours, parts, note]}\n"
    "  ready: {status: done, lock: true}\n"
    "  gone: {status: lost, lock: true}\n"
    "transitions:\n"
    "  start: {from: intake, to: work, by: mechanic, require: [client]}\n"
    "  finish:\n    from: work\n    to: ready\n    by: owner\n"
    "    if: \"total > 0\"\n    message: {en: Nothing was done}\n    require: [faults]\n"
    "    do:\n      - set: {note: \"=concat('done by ', title(mechanic))\"}\n"
    "      - notify: {to: mechanic, text: {en: \"Done {number}\"}}\n"
    "  scrap: {from: [intake, work], to: gone, by: chief}\n"
    "  forget: {from: intake, to: gone, after: 30d, if: \"due = blank\"}\n";

static char shop_dir[64];
static int shop_smtp = 2, shop_http = 2;      /* nobody listens there */
static const char *shop_more;                 /* one more form: call */
static const char *shop_more_flow;            /* and its workflow */
static Engine *shop;
static Work *w;

static inline void put_file(const char *path, const char *text)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", shop_dir, path);
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    assert_true(file_write(&c, full, text, strlen(text)));
    arena_free(a);
}

static inline void print_cx(const Cx *c)
{
    fprintf(stderr, "  %s: %s (%s) %s\n", err_code(c->err), c->text ? c->text : "",
        c->detail ? c->detail : "", c->from ? c->from : "");
    for (int i = 0; i < c->nissue; i++)
        fprintf(stderr, "  %s:%d:%d %s: %s\n", c->issue[i].at.file ? c->issue[i].at.file : "",
            c->issue[i].at.line, c->issue[i].at.col,
            c->issue[i].at.field ? c->issue[i].at.field : "", c->issue[i].text);
}

/* What must succeed. */
#define OK(call) do { if (!(call)) { print_cx(&w->cx); fail_msg("%s", #call); } } while (0)
/* What must be refused so. */
#define NO(code, call) do { cx_clear(&w->cx); if (call) fail_msg("%s went through", #call); \
    if (w->cx.err != (code)) { print_cx(&w->cx); fail_msg("%s", #call); } } while (0)

static inline const Form *form(const char *key)
{
    const Form *f = app_form(w->app, key);
    assert_non_null(f);
    return f;
}

static inline Node *body(const char *json)
{
    cx_clear(&w->cx);
    Node *n = json_parse(&w->cx, json, strlen(json));
    if (!n) print_cx(&w->cx);
    assert_non_null(n);
    return n;
}

static inline void as_app(void) { cx_clear(&w->cx); auth_become_app(w, "test"); }
static inline void as(const char *login)
{
    cx_clear(&w->cx);
    auth_become_app(w, "test");
    OK(auth_become_login(w, login));
    w->as_app = false;
}

static Saved saved;
static inline bool make(const char *f, const char *json)
{
    cx_clear(&w->cx);
    return save_record(w, &(SaveAsk){ .form = form(f), .body = body(json) }, &saved);
}
static inline bool change(const char *f, int64_t id, const char *json)
{
    cx_clear(&w->cx);
    return save_record(w, &(SaveAsk){ .form = form(f), .id = id, .body = body(json) }, &saved);
}
static inline bool move(int64_t id, const char *name, const char *json)
{
    cx_clear(&w->cx);
    return save_record(w, &(SaveAsk){ .form = form("job"), .id = id, .transition = name,
        .body = json ? body(json) : NULL }, &saved);
}
static inline int64_t made(const char *f, const char *json)
{
    OK(make(f, json));
    assert_true(saved.id > 0);
    return saved.id;
}

/* The first column of the first row as text; "" for none or NULL. */
static inline const char *sql(const char *text)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add_n(&q, text, strlen(text));
    OK(db_one(&w->cx, w->db, &q, &v, 1, &found));
    return found && !val_is_blank(v) ? val_show(w->cx.a, as_stored(w->cx.a, v)) : "";
}
static inline const char *sql_of(const char *fmt, long long id)
{
    return sql(arena_printf(w->cx.a, "%s%lld", fmt, id));
}

static inline const char *value(const char *f, int64_t id, const char *field)
{
    Record *r;
    cx_clear(&w->cx);
    OK(record_load(w, form(f), id, true, &r));
    assert_non_null(r);
    Val v = record_value(r, field);
    return val_is_blank(v) ? "" : val_show(w->cx.a, v);
}

/* Does an issue stand on that field? */
static inline bool issue_on(const char *field)
{
    for (int i = 0; i < w->cx.nissue; i++)
        if (str_eq(w->cx.issue[i].at.field, field)) return true;
    print_cx(&w->cx);
    return false;
}

static inline bool run_text(Cx *c, Db *db, void *text)
{
    return db_script(c, db, text);
}

/* SQLite's group_concat for what tests ask. */
static inline void add_group_concat(void)
{
    static const char text[] =
        "CREATE FUNCTION join_text(text, anyelement) RETURNS text LANGUAGE sql IMMUTABLE AS $$ "
        "SELECT CASE WHEN $2 IS NULL THEN $1 ELSE coalesce($1 || ',', '') || $2::text END $$;"
        "CREATE AGGREGATE group_concat(anyelement) (SFUNC = join_text, STYPE = text)";

    if (on_pg()) OK(db_write(&w->cx, w->db, run_text, (void *)text));
}

static inline void open_shop(const char *rules)
{
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    char db[128];

    strcpy(shop_dir, "/tmp/shop.XXXXXX");
    assert_non_null(mkdtemp(shop_dir));
    sys_log_level(LOG_ERROR);
    sys_clock_set(MONDAY);
    const char *sub[] = { "forms", "workflows", "plugins" };
    for (int i = 0; i < LEN(sub); i++)
        assert_true(dir_make(&c, path_join(a, shop_dir, sub[i])));
    put_file("app.yaml", arena_printf(a, shop_app, shop_smtp, shop_http));
    put_file("forms/client.yaml", shop_client);
    put_file("forms/job.yaml", shop_job);
    put_file("forms/part.yaml", shop_part);
    put_file("workflows/repair.yaml", shop_flow);
    if (rules) put_file("plugins/rules.lua", rules);
    if (shop_more) put_file("forms/call.yaml", shop_more);
    if (shop_more_flow) put_file("workflows/call.yaml", shop_more_flow);
    snprintf(db, sizeof db, "sqlite:%s/shop.db", shop_dir);
    EngineOptions o = { .dir = shop_dir, .db = test_url(db), .works = 2 };
    if (!engine_open(&c, &o, &shop)) {
        print_cx(&c);
        fail_msg("the workshop does not open");
    }
    w = engine_take(shop, &c, "en");
    if (!w) print_cx(&c);
    assert_non_null(w);
    arena_free(a);
    as_app();
    add_group_concat();
    made("user", "{\"name\":\"Mia\",\"login\":\"mia\",\"roles\":[\"mechanic\"],"
        "\"email\":\"mia@example.com\",\"active\":true}");
    made("user", "{\"name\":\"Max\",\"login\":\"max\",\"roles\":[\"mechanic\"],"
        "\"active\":true,\"language\":\"zh\"}");
    made("user", "{\"name\":\"Cleo\",\"login\":\"cleo\",\"roles\":[\"chief\"],"
        "\"active\":true}");
    made("user", "{\"name\":\"Gus\",\"login\":\"gus\",\"roles\":[\"guest\"],\"active\":true}");
}

static inline int shop_begin(void **state)
{
    (void)state;
    open_shop(NULL);
    return 0;
}

static inline int shop_end(void **state)
{
    (void)state;
    char command[128];
    cx_clear(&w->cx);
    engine_give(w);
    engine_close(shop);
    sys_clock_clear();
    snprintf(command, sizeof command, "rm -rf '%s'", shop_dir);
    return system(command);
}

#define SHOP(test) cmocka_unit_test_setup_teardown(test, shop_begin, shop_end)
#endif
