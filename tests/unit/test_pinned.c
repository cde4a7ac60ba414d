/* links: data */
/* versions of workflows: whatever is published while records are on their way, each has a stage of the
   version it is on, and C and SQL agree about it. */
#include "test_library.h"
#include "base/node_yaml.h"
#include "data/move.h"
#include "def/pinned.h"

static uint64_t seed;

static int any(int n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)n);
}

static const char *const pool[] = { "fresh", "out", "gone", "back", "sold", "worn" };
static const char *const statuses[] = { "open", "open", "open", "won", "lost", "done" };
static const char *remark = "note";            /* what the field is called now */

/* Some of the pool's stages in some order, the first one open; ways between them. */
static const char *random_flow(Arena *a)
{
    Str s = str_begin(a);
    int n = 2 + any(4), first = any(LEN(pool));

    str_add(&s, "workflow: lending\nform: book\nstages:\n");
    for (int i = 0; i < n; i++) {
        const char *status = i ? statuses[any(LEN(statuses))] : "open";
        str_printf(&s, "  %s: {status: %s", pool[(first + i) % LEN(pool)], status);
        if (!any(4)) str_printf(&s, ", within: %dd", 1 + any(5));
        if (!any(4)) str_printf(&s, ", lock: [%s]", remark);
        str_add(&s, "}\n");
    }
    str_add(&s, "transitions:\n");
    for (int i = 0; i < n; i++) {
        const char *from = pool[(first + i) % LEN(pool)], *to = pool[(first + (i + 1) % n) % LEN(pool)];
        str_printf(&s, "  t%d: {from: %s, to: %s, by: chief%s}\n", i, from, to, any(3) ? ""
            : arena_printf(a, ", if: \"%s = blank\"", remark));
    }
    return str_show(&s);
}

/* Open records follow, or finish where they are. */
static const char *with_migrate(Arena *a, const char *flow)
{
    Str s = str_begin(a);
    const char *first = strstr(flow, "stages:\n  ") + 10;

    str_add(&s, flow);
    if (any(3)) return str_show(&s);
    str_add(&s, "migrate: {");
    for (int i = 0, n = 0; i < LEN(pool); i++)
        if (!strstr(flow, arena_printf(a, "  %s: {status", pool[i])) && any(5))
            str_printf(&s, "%s%s: %.*s", n++ ? ", " : "", pool[i], (int)strcspn(first, ":"), first);
    str_add(&s, "}\n");
    return str_show(&s);
}

static const char *book_with(Arena *a, const char *was)
{
    const char *at = strstr(book_yaml, "  note: {type: text}\n");
    Str s = str_begin(a);

    str_add_n(&s, book_yaml, (size_t)(at - book_yaml));
    str_printf(&s, "  %s: {type: text%s%s}\n", remark, was ? ", was: " : "", was ? was : "");
    at += strlen("  note: {type: text}\n");
    const char *right = strstr(at, "{note: hidden");
    str_add_n(&s, at, (size_t)(right - at));
    str_printf(&s, "{%s: hidden%s", remark, right + strlen("{note: hidden"));
    return str_show(&s);
}

/* Refused: the folder is again what is served. */
static bool publish(const char *path, const char *text)
{
    char *before;
    size_t n;

    cx_clear(&cx);
    assert_true(file_read(&cx, arena_printf(arena, "%s/%s", folder, path), 100000, &before, &n));
    change_file(path, text);
    bool ok = engine_reload(engine, &cx, false);
    if (!ok) assert_int_equal(cx.err, E_CONFLICT);
    if (!ok && !cx.nissue) assert_non_null(strstr(cx.text, "refused"));
    if (!ok) change_file(path, before);
    cx_clear(&cx);
    return ok;
}

/* Each record has its stage, of the version that it says or of today's; SQL sees the same. */
static void all_stand(int64_t last)
{
    Work *w = take(NULL);
    const Form *f = app_form(w->app, "book");
    int64_t open = 0;

    for (int64_t id = 1; id <= last; id++) {
        Record *r;
        OK(&w->cx, query_one(w, f, id, &r));
        assert_non_null(r->workflow);
        assert_non_null(r->stage);
        assert_string_equal(r->stage->key, r->val[SYS_STAGE].t);
        assert_ptr_equal(workflow_stage(r->workflow, r->stage->key), r->stage);
        open += str_eq(r->stage->status, "open");
    }
    ListAsk ask = { .form = f, .filter = "stage.status = 'open'", .limit = 1, .count = COUNT_EXACT };
    List list;
    OK(&w->cx, query_list(w, &ask, &list));
    assert_int_equal(list.count, open);
    give(w);
}

static void move_some(int64_t last)
{
    Work *w = take(NULL);
    const Form *f = app_form(w->app, "book");

    for (int i = 0; i < 6; i++) {
        Record *r;
        MoveOffer *o;
        int n;
        OK(&w->cx, query_one(w, f, 1 + any((int)last), &r));
        OK(&w->cx, move_offers(w, r, &o, &n));
        if (!n) continue;
        SaveAsk ask = { .form = f, .id = record_id(r), .transition = o[any(n)].transition->key };
        Saved saved;
        if (!save_record(w, &ask, &saved)) assert_int_equal(w->cx.err, E_INPUT);
        cx_clear(&w->cx);
    }
    give(w);
}

static void no_publication_loses_a_stage(void **st)
{
    (void)st;
    int64_t last = 0;
    int published = 0, refused = 0;
    Arena *a = arena_new();

    seed = 20260302;
    for (int round = 0; round < 60; round++) {
        arena_reset(a);
        Work *w = take(NULL);
        for (int i = any(3); i >= 0; i--) last = create(w, "book", "{'name': 'One'}");
        give(w);
        move_some(last);
        if (!any(5)) {
            const char *was = remark;
            remark = str_eq(remark, "note") ? "remark" : "note";
            OK(&cx, publish("forms/book.yaml", book_with(a, was)));
        } else if (publish("workflows/lending.yaml", with_migrate(a, random_flow(a)))) {
            published++;
        } else {
            refused++;
        }
        all_stand(last);
    }
    print_message("%d published, %d refused\n", published, refused);
    assert_true(published > 20 && refused > 0);
    arena_free(a);
}

static void a_text_means_what_records_do(void **st)
{
    (void)st;
    static const char *const same[] = {
        "stages: {a: {status: open}, b: {}}\ntransitions: {x: {from: a, to: b, by: c}}",
        "stages: {b: {label: B, probability: 4}, a: {guide: Go, status: open}}\nlabel: X\n"
        "transitions: {x: {by: c, to: b, from: a, label: Y}}\nwhen: \"true\"\norder: 4",
    };
    static const char *const other[] = {
        "stages: {a: {status: won}, b: {}}\ntransitions: {x: {from: a, to: b, by: c}}",
        "stages: {a: {status: open}, b: {}}\ntransitions: {x: {from: a, to: b, by: d}}",
        "stages: {a: {status: open}, b: {}, c: {}}\ntransitions: {x: {from: a, to: b, by: c}}",
        "stages: {a: {status: open}, b: {}}\ntransitions: {x: {from: [a, b], to: b, by: c}}",
    };
    const char *first = flow_meaning(arena, yaml_parse(&cx, "f", same[0], strlen(same[0])));

    assert_string_equal(flow_meaning(arena, yaml_parse(&cx, "f", same[1], strlen(same[1]))), first);
    for (int i = 0; i < LEN(other); i++)
        assert_string_not_equal(flow_meaning(arena, yaml_parse(&cx, "f", other[i],
            strlen(other[i]))), first);
}

RUN(L(no_publication_loses_a_stage), L(a_text_means_what_records_do))
