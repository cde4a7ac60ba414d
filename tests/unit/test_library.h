/*
 * A small app of another trade, a library, in a folder of its own, opened by a real engine.
 *
 *     Work *w = take("ann");  …  give(w);
 */
#ifndef TEST_LIBRARY_H
#define TEST_LIBRARY_H
#include "test_support.h"
#include "test_url.h"
#include "base/node_json.h"
#include "base/sys.h"
#include "data/auth.h"
#include "data/engine.h"
#include "data/query.h"
#include "data/save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static const char *app_url;                   /* NULL: in the folder */
static Engine *engine;
static Work *taken[16];                        /* taken: a failed test gives none back */
static int ntaken;

static inline Work *take_plain(void)
{
    Work *w = engine_take(engine, &cx, NULL);

    if (!w) print_error("%s %s\n", cx.text, cx.detail ? cx.detail : "");
    assert_non_null(w);
    taken[ntaken++] = w;
    return w;
}

static inline void give(Work *w)
{
    for (int i = 0; i < ntaken; i++)
        if (taken[i] == w) taken[i--] = taken[--ntaken];
    engine_give(w);
}

static const char app_yaml[] =
    "app: library\n"
    "label: Library\n"
    "languages: [en]\n"
    "time_zone: Europe/Berlin\n"
    "currency: EUR\n"
    "country: DE\n"
    "roles:\n"
    "  clerk: {label: Clerk}\n"
    "  chief: {label: Chief, includes: [clerk]}\n"
    "  auditor: {label: Auditor}\n"
    "limits: {logins: 3/min}\n";

static const char shelf_yaml[] =
    "form: shelf\n"
    "label: Shelf\n"
    "title: \"{name}\"\n"
    "owner: warden\n"
    "fields:\n"
    "  name: {type: text, required: true, unique: true, search: true}\n"
    "  floor: {type: number}\n"
    "  warden: {type: user}\n"
    "  books: {type: rollup, from: book, via: shelf, do: \"count()\"}\n"
    "permissions:\n"
    "  clerk: {read: own, create: true, update: own}\n"
    "  chief: {read: all, create: true, update: all, delete: all}\n"
    "  auditor: {read: all}\n";

static const char book_yaml[] =
    "form: book\n"
    "label: Book\n"
    "title: \"{name}\"\n"
    "owner: keeper\n"
    "fields:\n"
    "  name: {type: text, required: true, search: true}\n"
    "  shelf: {type: link, to: shelf}\n"
    "  floor: {type: lookup, via: shelf, field: floor}\n"
    "  keeper: {type: user}\n"
    "  helpers: {type: choices, options: [red, green, blue]}\n"
    "  isbn: {type: text, unique: true}\n"
    "  kind: {type: choice, options: [novel, {value: atlas, label: Big atlas}]}\n"
    "  price: {type: money}\n"
    "  rating: {type: number, decimals: 1}\n"
    "  bought: {type: date}\n"
    "  rare: {type: boolean}\n"
    "  call: {type: phone, search: true}\n"
    "  note: {type: text}\n"
    "  twice: {type: formula, of: money, formula: \"price * 2\"}\n"
    "  copies:\n"
    "    type: subform\n"
    "    fields:\n"
    "      mark: {type: text, required: true}\n"
    "      cost: {type: money}\n"
    "views:\n"
    "  mine: {type: table, columns: [name, price], filter: \"stage.status = 'open'\",\n"
    "    sort: [-bought]}\n"
    "permissions:\n"
    "  clerk:\n"
    "    read: own\n"
    "    create: true\n"
    "    update: own\n"
    "    fields: {note: hidden, call: masked, rating: readonly, price: {read: \"rare\"}}\n"
    "  chief: {read: subtree, create: true, update: subtree, delete: subtree}\n"
    "  auditor: {read: \"rare or price > 100\", fields: {isbn: hidden}}\n";

static const char lending_yaml[] =
    "workflow: lending\n"
    "form: book\n"
    "stages:\n"
    "  fresh: {status: open}\n"
    "  out: {status: open, edit: [note]}\n"
    "  gone: {status: lost, lock: true}\n"
    "transitions:\n"
    "  lend: {from: fresh, to: out, by: [clerk]}\n"
    "  lose: {from: [fresh, out], to: gone, by: [chief]}\n";

static inline void change_file(const char *path, const char *text)
{
    char full[160];

    snprintf(full, sizeof full, "%s/%s", folder, path);
    assert_true(file_write(&cx, full, text, strlen(text)));
}

static inline void write_app(void)
{
    char sub[128];

    app_url = test_url(NULL);
    strcpy(folder, "/tmp/tenon-app-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(sub, sizeof sub, "%s/forms", folder);
    assert_true(dir_make(&cx, sub));
    snprintf(sub, sizeof sub, "%s/workflows", folder);
    assert_true(dir_make(&cx, sub));
    change_file("app.yaml", app_yaml);
    change_file("forms/shelf.yaml", shelf_yaml);
    change_file("forms/book.yaml", book_yaml);
    change_file("workflows/lending.yaml", lending_yaml);
}

static inline void show_failure(const Cx *c)
{
    for (int i = 0; i < c->nissue; i++) {
        const Issue *x = &c->issue[i];
        print_error("%s:%d:%d %s %s: %s\n%s\n", x->at.file ? x->at.file : "", x->at.line,
            x->at.col, x->at.field ? x->at.field : "", x->code, x->text,
            x->source ? x->source : "");
    }
    if (c->err) print_error("%s (%s) %s\n", c->text, c->from, c->detail ? c->detail : "");
}

#define OK(c, call) do { \
    bool ok_ = (call); \
    if (!ok_) show_failure(c); \
    assert_true(ok_); } while (0)

static inline void open_app_with(EngineOptions o)
{
    o.dir = folder;
    o.db = app_url;
    OK(&cx, engine_open(&cx, &o, &engine));
}

static inline void close_app(void)
{
    while (ntaken) give(taken[ntaken - 1]);
    engine_close(engine);
    engine = NULL;
}

/* A Work that acts as the app, or as the user of that login. */
static inline Work *take(const char *login)
{
    Work *w = take_plain();

    auth_become_app(w, "test");
    if (login) OK(&w->cx, auth_become_login(w, login));
    return w;
}

/* Values as JSON with ' for quotes. */
static inline Node *body(Work *w, const char *json)
{
    char *text = arena_dup(w->cx.a, json);

    for (char *p = text; *p; p++)
        if (*p == '\'') *p = '"';
    Node *n = json_parse(&w->cx, text, strlen(text));
    if (!n) show_failure(&w->cx);
    assert_non_null(n);
    return n;
}

static inline int64_t create(Work *w, const char *form, const char *json)
{
    SaveAsk ask = { .form = app_form(w->app, form), .body = body(w, json) };
    Saved saved;

    OK(&w->cx, save_record(w, &ask, &saved));
    return saved.id;
}

/* The first value of the first row. */
static inline Val ask_sql(Work *w, const char *text)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add_n(&q, text, strlen(text));
    OK(&w->cx, db_one(&w->cx, w->db, &q, &v, 1, &found));
    return found ? as_stored(w->cx.a, v) : val_blank();
}

static inline bool run_text(Cx *c, Db *db, void *sql)
{
    return db_script(c, db, sql);
}

static inline void do_sql(Work *w, const char *sql)
{
    OK(&w->cx, db_write(&w->cx, w->db, run_text, (void *)sql));
}

static inline int with_app(void **state)
{
    begin(state);
    sys_log_level(LOG_ERROR + 1);
    write_app();
    open_app_with((EngineOptions){ .works = 4 });
    return 0;
}

static inline int without_app(void **state)
{
    char command[96];

    if (engine) close_app();
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    return end(state);
}

#define L(test) cmocka_unit_test_setup_teardown(test, with_app, without_app)
#endif
