/* links: data */
/* convert: a value of any kind as a value of another field, and how well it fits. */
#include "test_library.h"
#include "base/decimal.h"
#include "data/convert_in.h"
#include "data/history.h"

static const char all_yaml[] =
    "form: all\n"
    "title: \"{line}\"\n"
    "fields:\n"
    "  line: {type: text}\n"
    "  page: {type: longtext}\n"
    "  mail: {type: email}\n"
    "  call: {type: phone}\n"
    "  site: {type: url}\n"
    "  whole: {type: number}\n"
    "  tenth: {type: number, decimals: 1}\n"
    "  price: {type: money}\n"
    "  share: {type: percent}\n"
    "  flag: {type: boolean}\n"
    "  day: {type: date}\n"
    "  at: {type: datetime}\n"
    "  one: {type: choice, options: [web, {value: fair, label: {en: Trade fair, zh: 展会}}]}\n"
    "  sure: {type: choice, options: [yes, no]}\n"
    "  some: {type: choices, options: [red, blue, web]}\n"
    "  shelf: {type: link, to: shelf}\n"
    "  keeper: {type: user}\n";

static int with_all(void **state)
{
    begin(state);
    sys_log_level(LOG_ERROR + 1);
    write_app();
    change_file("forms/all.yaml", all_yaml);
    open_app_with((EngineOptions){ .works = 4 });
    return 0;
}
#define A(test) cmocka_unit_test_setup_teardown(test, with_all, without_app)

typedef struct Case { const char *kind, *in, *field, *out; Fit fit; } Case;

/* A value of that kind from text, as the database would give it. */
static Val stored(Work *w, const char *kind, const char *text)
{
    Kind k = kind_parse(kind);
    int64_t i = 0;

    if (k.list) {
        char **part;
        int n = str_split(w->cx.a, text, ',', &part);
        Val *item = ARENA_ARRAY(w->cx.a, Val, n);
        for (int j = 0; j < n; j++)
            item[j] = k.val == VAL_REC ? val_rec(strtoll(part[j], NULL, 10)) : val_text(part[j]);
        return val_list(item, n);
    }
    if (k.val == VAL_TEXT || k.val == VAL_DATE || k.val == VAL_DATETIME)
        return db_typed(val_text(text), k.val, 0);
    if (k.val == VAL_REAL) return val_real(strtod(text, NULL));
    assert_true(decimal_parse(text, k.scale, &i));
    return db_typed(val_int(i), k.val, k.scale);
}

static void check(Work *w, const Case *c)
{
    const Field *to = form_field(app_form(w->app, "all"), c->field);
    Kind from = kind_parse(c->kind), kind = kind_of_field(to);
    Val out;
    Fit fit;

    OK(&w->cx, value_convert(w, &from, to, stored(w, c->kind, c->in), &out, &fit));
    const char *got = kind_text(w, &kind, out);
    if (fit != c->fit || !str_eq(got, c->out))
        print_error("%s %s to %s: %s (%d)\n", c->kind, c->in, c->field, got ? got : "blank", fit);
    assert_int_equal(fit, c->fit);
    if (c->out) assert_string_equal(got, c->out);
    else assert_null(got);
}

static void each_value_converts_exactly_nearly_or_not(void **st)
{
    (void)st;
    static const Case cases[] = {
        { "text", "12", "whole", "12", FIT_EXACT },
        { "text", " 12.50 ", "price", "12.50", FIT_EXACT },
        { "text", "12.5", "whole", "13", FIT_NEAR },
        { "text", "1e3", "whole", "1000", FIT_EXACT },
        { "text", "a dozen", "whole", NULL, FIT_NONE },
        { "text", "99999999999999999999", "whole", NULL, FIT_NONE },
        { "text", "2026-02-28", "day", "2026-02-28", FIT_EXACT },
        { "text", "2026-02-30", "day", NULL, FIT_NONE },
        { "text", "2026-02-28T12:00:00+02:00", "at", "2026-02-28T10:00:00Z", FIT_EXACT },
        { "text", "Yes", "flag", "true", FIT_EXACT },
        { "text", "否", "flag", "false", FIT_EXACT },
        { "text", "perhaps", "flag", "false", FIT_NONE },
        { "text", "WEB", "one", "web", FIT_EXACT },
        { "text", "trade fair", "one", "fair", FIT_EXACT },
        { "text", "展会", "one", "fair", FIT_EXACT },
        { "text", "fax", "one", NULL, FIT_NONE },
        { "text", "red", "some", "[\"red\"]", FIT_EXACT },
        { "text", "Ann@Example.com", "mail", "Ann@example.com", FIT_EXACT },
        { "text", "no mail", "mail", NULL, FIT_NONE },
        { "text", "0170 1234567", "call", "+491701234567", FIT_EXACT },
        { "text", "example.com/a", "site", "https://example.com/a", FIT_EXACT },
        { "number 2", "12.50", "whole", "13", FIT_NEAR },
        { "number 2", "12.00", "whole", "12", FIT_EXACT },
        { "number 0", "12", "price", "12.00", FIT_EXACT },
        { "number 2", "12.50", "line", "12.50", FIT_EXACT },
        { "number 1", "1.0", "flag", "true", FIT_EXACT },
        { "number 0", "7", "flag", "true", FIT_NEAR },
        { "real", "0.5", "tenth", "0.5", FIT_EXACT },
        { "real", "0.25", "tenth", "0.3", FIT_NEAR },
        { "boolean", "1", "whole", "1", FIT_EXACT },
        { "boolean", "0", "line", "false", FIT_EXACT },
        { "boolean", "1", "sure", "yes", FIT_EXACT },
        { "boolean", "1", "one", NULL, FIT_NONE },
        { "date", "2026-07-01", "at", "2026-06-30T22:00:00Z", FIT_EXACT },
        { "datetime", "2026-06-30T22:00:00Z", "day", "2026-07-01", FIT_EXACT },
        { "datetime", "2026-06-30T21:59:00Z", "day", "2026-06-30", FIT_NEAR },
        { "date", "2026-07-01", "line", "2026-07-01", FIT_EXACT },
        { "choice", "web", "some", "[\"web\"]", FIT_EXACT },
        { "choice", "fair", "page", "fair", FIT_EXACT },
        { "list of text", "red", "one", NULL, FIT_NONE },
        { "list of text", "web", "one", "web", FIT_EXACT },
        { "list of text", "web,red", "one", "web", FIT_NEAR },
        { "list of text", "red,green", "some", "[\"red\"]", FIT_NEAR },
        { "list of text", "red,blue", "line", "red, blue", FIT_EXACT },
    };
    Work *w = take(NULL);

    for (int i = 0; i < LEN(cases); i++) check(w, &cases[i]);
    give(w);
}

static void records_are_known_by_login_unique_field_or_title(void **st)
{
    (void)st;
    Work *w = take(NULL);
    int64_t ann = create(w, "user", "{'login': 'ann', 'name': 'Ann', 'active': true}");
    int64_t north = create(w, "shelf", "{'name': 'North'}");
    int64_t line = create(w, "all", "{'line': 'twice'}");

    create(w, "all", "{'line': 'twice'}");
    create(w, "all", "{'line': 'once'}");
    const Case cases[] = {
        { "text", "ann", "keeper", "ann", FIT_EXACT },
        { "text", "ANN ", "keeper", "ann", FIT_EXACT },
        { "text", "bob", "keeper", NULL, FIT_NONE },
        { "text", "north", "shelf", "North", FIT_EXACT },
        { "link to shelf", arena_printf(arena, "%lld", (long long)north), "line", "North",
          FIT_EXACT },
        { "link to user", arena_printf(arena, "%lld", (long long)ann), "page", "ann", FIT_EXACT },
        { "list of links to user", arena_printf(arena, "%lld", (long long)ann), "keeper", "ann",
          FIT_EXACT },
        { "list of links to shelf", arena_printf(arena, "%lld,999", (long long)north), "shelf",
          "North", FIT_NEAR },
        { "link to all", arena_printf(arena, "%lld", (long long)line), "line", "twice",
          FIT_EXACT },
    };
    for (int i = 0; i < LEN(cases); i++) check(w, &cases[i]);
    give(w);
}

static void what_makes_no_sense_is_told(void **st)
{
    (void)st;
    static const struct { const char *kind, *field; bool sense; } cases[] = {
        { "date", "whole", false }, { "boolean", "day", false }, { "link to shelf", "flag", false },
        { "rows", "line", false }, { "number 2", "at", false }, { "link to shelf", "keeper", true },
        { "text", "keeper", true }, { "number 2", "flag", true }, { "datetime", "some", true },
    };
    Work *w = take(NULL);

    for (int i = 0; i < LEN(cases); i++)
        assert_int_equal(convert_sensible(cases[i].kind,
            form_field(app_form(w->app, "all"), cases[i].field)), cases[i].sense);
    give(w);
}

static void history_of_a_renamed_form_holds_and_speaks_of_todays_names(void **st)
{
    (void)st;
    Work *w = take(NULL);
    int64_t id = create(w, "all", "{'line': 'a', 'whole': 3}"), broken;
    char path[160], *text = arena_dup(arena, all_yaml);
    Entry *e;
    Record *r;
    int n;

    give(w);
    snprintf(path, sizeof path, "%s/forms/all.yaml", folder);
    unlink(path);
    memcpy(strstr(text, "form: all"), "form: any", 9);
    text = arena_printf(arena, "was: all\n%s", text);
    char *whole = strstr(text, "  whole: {");
    change_file("forms/any.yaml", arena_printf(arena, "%.*s  count: {was: whole, %s",
        (int)(whole - text), text, whole + 10));
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    const Form *f = app_form(w->app, "any");
    SaveAsk ask = { .form = f, .id = id, .body = body(w, "{'count': 4}") };
    Saved saved;
    OK(&w->cx, save_record(w, &ask, &saved));
    OK(&w->cx, history_verify(w, f, id, &broken));
    assert_int_equal(broken, 0);
    OK(&w->cx, record_load(w, f, id, false, &r));
    OK(&w->cx, history_list(w, r, 0, 10, &e, &n));
    assert_int_equal(n, 2);
    for (int i = 0; i < n; i++) {
        bool found = false;
        for (int k = 0; k < e[i].n; k++) found = found || str_eq(e[i].change[k].field->key, "count");
        assert_true(found);
    }
    do_sql(w, "UPDATE _history SET note = 'x' WHERE form = 'any' AND what = 'created'");
    OK(&w->cx, history_verify(w, f, id, &broken));
    assert_int_not_equal(broken, 0);
    give(w);
}

RUN(A(each_value_converts_exactly_nearly_or_not),
    A(records_are_known_by_login_unique_field_or_title), A(what_makes_no_sense_is_told),
    A(history_of_a_renamed_form_holds_and_speaks_of_todays_names))
