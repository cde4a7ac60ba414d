/* links: data */
/*
 * fuzz_list — what people put into the address of a list: filter, sort, words, cursor, groups.
 * Each is refused as theirs, or answered; never an error of the database.
 *
 *     filter\n sort\n q\n cursor\n by\n of         a cursor that begins with [ is signed first
 */
#include "base/node_json.h"
#include "base/sys.h"
#include "data/auth.h"
#include "data/engine.h"
#include "data/query.h"
#include "data/save.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char form_text[] = "form: thing\ntitle: \"{name}\"\nfields:\n"
    "  name: {type: text, search: true}\n  amount: {type: money}\n  rate: {type: percent}\n"
    "  day: {type: date}\n  at: {type: datetime}\n  flag: {type: boolean}\n"
    "  kind: {type: choice, options: [a, b]}\n  tags: {type: choices, options: [x, y]}\n"
    "  of: {type: link, to: thing}\n  who: {type: user}\n  mail: {type: email}\n"
    "  phone: {type: phone}\n  lots: {type: rollup, from: thing, via: of, do: \"count()\"}\n"
    "  rows:\n    type: subform\n    fields:\n      n: {type: number}\n"
    "permissions:\n  everyone: {read: all, create: true}\n";

static char folder[] = "/tmp/fuzz_list.XXXXXX";
static Engine *engine;

static void must(const Cx *cx, bool ok)
{
    if (!ok) fprintf(stderr, "%s %s\n", cx->text ? cx->text : "", cx->detail ? cx->detail : "");
    for (int i = 0; !ok && i < cx->nissue; i++) fprintf(stderr, "%s\n", cx->issue[i].text);
    BUG_IF(!ok);
}

static void clean_up(void)
{
    char command[80];
    engine_close(engine);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command)) fprintf(stderr, "%s stays\n", folder);
}

static void put(Cx *cx, const char *path, const char *text)
{
    must(cx, file_write(cx, path_join(cx->a, folder, path), text, strlen(text)));
}

static void fill(void)
{
    static const char one[] = "{\"name\": \"Äpfel\", \"amount\": 5, \"flag\": true, "
        "\"day\": \"2026-01-31\", \"kind\": \"a\", \"tags\": [\"x\", \"y\"], "
        "\"rows\": [{\"n\": 1}, {}]}";
    static const char two[] = "{\"name\": \"100%_\\\\\", \"of\": 1, \"rate\": 12.5, "
        "\"at\": \"2026-01-31T10:00:00Z\"}";
    const char *const body[] = { one, two, "{}" };
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Work *w = engine_take(engine, &cx, "en");
    must(&cx, w != NULL);
    auth_become_app(w, "test");
    for (int i = 0; i < LEN(body); i++) {
        Saved saved;
        must(&w->cx, save_record(w, &(SaveAsk){ .form = app_form(w->app, "thing"),
            .body = json_parse(&w->cx, body[i], strlen(body[i])) }, &saved));
    }
    engine_give(w);
    arena_free(a);
}

static void open_engine(void)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    char db[80];
    BUG_IF(!mkdtemp(folder));
    sys_log_level(LOG_ERROR);
    must(&cx, dir_make(&cx, path_join(a, folder, "forms")));
    put(&cx, "app.yaml", "app: fuzz\nlanguages: [en]\ntime_zone: Asia/Shanghai\n"
        "roles: {r: {}}\n");
    put(&cx, "forms/thing.yaml", form_text);
    snprintf(db, sizeof db, "sqlite:%s/fuzz.db", folder);
    must(&cx, engine_open(&cx, &(EngineOptions){ .dir = folder, .db = db, .works = 1 },
        &engine));
    atexit(clean_up);
    arena_free(a);
    fill();
}

/* As cursor.c signs: so that what stands behind the signature is reached too. */
static const char *signed_cursor(Work *w, const char *text)
{
    unsigned char sum[32];
    Str s = str_begin(w->cx.a);
    if (*text != '[') return text;
    engine_sign(engine, "cursor", text, sum);
    str_add(&s, text);
    str_add_n(&s, (const char *)sum, 16);
    size_t cap = sodium_base64_encoded_len(s.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(arena_alloc(w->cx.a, cap), cap, (const unsigned char *)s.p, s.n,
        sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void check(Work *w, bool ok, const char *what)
{
    bool ours = w->cx.err == E_DB || w->cx.err == E_SYS || w->cx.err == E_RULE;
    if (ours) fprintf(stderr, "%s: %s %s\n", what, w->cx.text, w->cx.detail);
    BUG_IF(ours || ok != (w->cx.err == E_NONE));
    cx_clear(&w->cx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    char *text = arena_dup_n(a, (const char *)data, n), *part[6] = { "", "", "", "", "", "" };
    if (!engine) open_engine();
    for (int i = 0; i < 6 && text; i++) part[i] = strsep(&text, "\n");
    for (int i = 0; i < 6; i++) if (!utf8_valid(part[i], strlen(part[i]))) part[i] = "";
    Work *w = engine_take(engine, &cx, "en");
    must(&cx, w != NULL);
    auth_become_app(w, "test");
    w->as_app = false;
    ListAsk ask = { .form = app_form(w->app, "thing"), .filter = *part[0] ? part[0] : NULL,
        .sort = *part[1] ? part[1] : NULL, .q = *part[2] ? part[2] : NULL, .limit = 2,
        .after = *part[3] ? signed_cursor(w, part[3]) : NULL, .count = COUNT_EXACT };
    List list;
    bool ok = query_list(w, &ask, &list);
    check(w, ok, "list");
    Groups groups;
    GroupAsk group = { .form = ask.form, .by = part[4], .of = part[5], .filter = ask.filter,
        .limit = 10 };
    ok = query_group(w, &group, &groups);
    check(w, ok, "group");
    engine_give(w);
    arena_free(a);
    return 0;
}
