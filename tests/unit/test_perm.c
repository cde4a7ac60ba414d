/* links: data */
/* perm: lists and single records agree, fields are hidden, masked or fixed. */
#include "test_library.h"
#include "data/perm.h"

#define ROWS 60

static uint32_t seed = 7;

static int pick(int n)
{
    seed = seed * 1103515245u + 12345u;
    return (int)((seed >> 16) % (uint32_t)n);
}

static void people(Work *w)
{
    create(w, "department", "{'name': 'East'}");
    create(w, "department", "{'name': 'East 1', 'parent': 1}");
    create(w, "department", "{'name': 'West'}");
    create(w, "user", "{'name': 'ann', 'login': 'ann', 'roles': ['clerk'], 'department': 2}");
    create(w, "user", "{'name': 'bob', 'login': 'bob', 'roles': ['chief'], 'department': 1}");
    create(w, "user", "{'name': 'cyd', 'login': 'cyd', 'roles': ['auditor'], 'department': 3}");
    create(w, "user", "{'name': 'dan', 'login': 'dan', 'roles': ['auditor', 'clerk'], "
        "'department': 3, 'manager': 2}");
    create(w, "user", "{'name': 'eve', 'login': 'eve'}");
    create(w, "user", "{'name': 'root', 'login': 'root', 'roles': ['admin']}");
}

static void random_books(Work *w)
{
    static const char *const keeper[] = { "null", "1", "2", "3", "4" };
    static const char *const price[] = { "null", "0.01", "99.99", "100", "100.01", "5000" };
    static const char *const kind[] = { "null", "\"novel\"", "\"atlas\"" };

    create(w, "shelf", "{'name': 'North', 'floor': 1, 'warden': 1}");
    create(w, "shelf", "{'name': 'South', 'floor': 2, 'warden': 2}");
    create(w, "shelf", "{'name': 'Bare'}");
    for (int i = 0; i < ROWS; i++)
        create(w, "book", arena_printf(w->cx.a, "{'name': 'B%d', 'keeper': %s, 'price': %s, "
            "'kind': %s, 'rare': %s, 'shelf': %d, 'bought': '2026-%02d-11'}", i,
            keeper[pick(LEN(keeper))], price[pick(LEN(price))], kind[pick(LEN(kind))],
            pick(3) ? "false" : "true", 1 + pick(3), 1 + pick(12)));
}

static const char *form_with(const char *scope)
{
    char *at = strstr(book_yaml, "  auditor: ");
    return arena_printf(arena, "%.*s  auditor: {read: \"%s\"}\n", (int)(at - book_yaml),
        book_yaml, scope);
}

/* For every record: is it in the list exactly when perm_on allows it, and when it is 404? */
static void agree(const char *login)
{
    Work *w = take(login);
    const Form *f = app_form(w->app, "book");
    bool listed[ROWS + 1] = { 0 };
    int n = 0, on = 0;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val id;

    if (!perm_may(w, f, ACT_READ)) {
        give(w);
        return;
    }
    sql_add(&q, "SELECT \"id\" FROM \"book\" AS r WHERE ");
    OK(&w->cx, perm_where(w, f, ACT_READ, "r", &q));
    OK(&w->cx, db_query(&w->cx, w->db, &q, &rows));
    while (db_next(&w->cx, &rows, &id)) {
        listed[id.i] = true;
        n++;
    }
    db_rows_end(&rows);
    for (int i = 1; i <= ROWS; i++) {
        Record *r;
        OK(&w->cx, record_load(w, f, i, false, &r));
        assert_non_null(r);
        bool allowed = perm_on(w, ACT_READ, r);
        on += allowed;
        if (allowed != listed[i])
            print_error("%s, book %d: list %d, record %d\n", login, i, listed[i], allowed);
        assert_int_equal(allowed, listed[i]);
        bool found = query_one(w, f, i, &r);
        assert_int_equal(found, allowed);
        if (!found) assert_int_equal(w->cx.err, E_MISSING);
        cx_clear(&w->cx);
    }
    assert_int_equal(n, on);
    give(w);
}

static void a_list_and_a_record_agree_for_any_scope(void **st)
{
    (void)st;
    static const char *const scope[] = {
        "rare", "not rare", "price > 100", "price >= 100 or kind = 'novel'", "price = blank",
        "kind != 'novel'", "keeper = me()", "keeper != me()", "not (keeper = me())",
        "shelf.floor = 1", "shelf.warden = me()", "shelf.name contains 'o'",
        "bought >= '2026-06-01' and rare", "bought between '2026-03-01' and '2026-08-01'",
        "month(bought) = 5", "has_role('auditor') and rare", "has_role('chief')",
        "stage.status = 'open' and price < 100", "stage = 'fresh'", "name contains '1'",
        "keeper.department = my_department()", "keeper.manager = me()", "price / 0 > 1",
        "twice > 200", "floor = 2", "kind in ['novel', 'atlas']", "kind not in ['novel']",
        "is_blank(keeper)", "coalesce(price, 0) < 1", "if(rare, price > 1, kind = 'atlas')",
        "days(bought, '2026-12-31') > 200",
        "false", "exists(shelf, warden = me())",
    };
    static const char *const who[] = { "ann", "bob", "cyd", "dan", "eve", "root" };

    Work *w = take(NULL);
    people(w);
    random_books(w);
    give(w);
    for (int i = 0; i < LEN(scope); i++) {
        change_file("forms/book.yaml", form_with(scope[i]));
        bool ok = engine_reload(engine, &cx, false);
        if (!ok) print_error("scope %s\n", scope[i]);
        OK(&cx, ok);
        for (int k = 0; k < LEN(who); k++) agree(who[k]);
    }
}

static void roles_add_up(void **st)
{
    (void)st;
    Work *w = take(NULL);
    people(w);
    create(w, "book", "{'name': 'mine', 'keeper': 4}");
    create(w, "book", "{'name': 'rare', 'rare': true}");
    create(w, "book", "{'name': 'neither'}");
    give(w);
    w = take("dan");                                     /* clerk: own; auditor: rare */
    ListAsk ask = { .form = app_form(w->app, "book"), .sort = "id", .count = COUNT_EXACT };
    List list;
    OK(&w->cx, query_list(w, &ask, &list));
    assert_int_equal(list.n, 2);
    assert_int_equal(list.count, 2);
    give(w);
    w = take("eve");                                     /* no role at all */
    ask.form = app_form(w->app, "book");
    assert_false(query_list(w, &ask, &list));
    assert_int_equal(w->cx.err, E_DENIED);
    give(w);
}

static const char *json_of(Work *w, int64_t id)
{
    const Form *f = app_form(w->app, "book");
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    Record *r;

    OK(&w->cx, query_one(w, f, id, &r));
    record_json(w, r, NULL, 0, &j);
    return str_show(&s);
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void hidden_fields_are_not_there_and_masked_ones_are_masked(void **st)
{
    (void)st;
    Work *w = take(NULL);
    people(w);
    create(w, "shelf", "{'name': 'Others', 'floor': 5, 'warden': 2}");
    create(w, "book", "{'name': 'One', 'keeper': 1, 'price': 12.5, 'note': 'secret',"
        " 'call': '030 123456', 'shelf': 1, 'copies': [{'mark': 'x', 'cost': 3}]}");
    create(w, "book", "{'name': 'Two', 'keeper': 1, 'price': 12.5, 'rare': true}");
    give(w);
    w = take("ann");
    const char *one = json_of(w, 1), *two = json_of(w, 2);
    assert_false(has(one, "secret"));
    assert_false(has(one, "\"note\""));
    assert_true(has(one, "3456\""));
    assert_false(has(one, "030 1"));
    assert_false(has(one, "\"price\""));                 /* only where rare */
    assert_false(has(one, "\"twice\""));                 /* made of the price */
    assert_true(has(two, "\"price\":12.50"));
    assert_true(has(two, "\"twice\":25.00"));
    assert_true(has(one, "\"shelf\":{\"id\":1,\"title\":null}"));   /* not hers to read */
    assert_false(has(one, "\"floor\""));                 /* and so its lookup */
    assert_true(has(one, "\"mark\":\"x\""));
    assert_true(has(one, "\"keeper\":{\"id\":1,\"title\":\"ann\"}"));
    give(w);
    w = take("root");
    one = json_of(w, 1);
    assert_true(has(one, "secret"));
    assert_true(has(one, "\"call\":\"030 123456\""));
    assert_true(has(one, "\"shelf\":{\"id\":1,\"title\":\"Others\"}"));
    assert_true(has(one, "\"floor\":5"));
    give(w);
}

static Err filter(const char *login, const char *text, const char *sort)
{
    Work *w = take(login);
    ListAsk ask = { .form = app_form(w->app, "book"), .filter = text, .sort = sort };
    List list;

    bool ok = query_list(w, &ask, &list);
    Err err = w->cx.err;
    assert_int_equal(ok, err == E_NONE);
    give(w);
    return err;
}

static void what_is_hidden_cannot_be_asked_for(void **st)
{
    (void)st;
    Work *w = take(NULL);
    people(w);
    give(w);
    assert_int_equal(filter("ann", "note = 'x'", NULL), E_DENIED);
    assert_int_equal(filter("ann", "call = '1'", NULL), E_DENIED);
    assert_int_equal(filter("ann", "price > 1", NULL), E_DENIED);      /* seen sometimes only */
    assert_int_equal(filter("ann", "twice > 1", NULL), E_DENIED);
    assert_int_equal(filter("ann", "floor > 1", NULL), E_DENIED);
    assert_int_equal(filter("ann", "shelf.floor > 1", NULL), E_NONE);
    assert_int_equal(filter("ann", NULL, "-note"), E_DENIED);
    assert_int_equal(filter("ann", NULL, "price"), E_DENIED);
    assert_int_equal(filter("ann", "rating > 1 and kind = 'novel'", "rating,-name"), E_NONE);
    assert_int_equal(filter("cyd", "note = 'x' and shelf.floor > 1", "price"), E_NONE);
    assert_int_equal(filter("cyd", "isbn = 'x'", NULL), E_DENIED);
    assert_int_equal(filter("ann", "nothing = 1", NULL), E_INPUT);
    assert_int_equal(filter("ann", "name = = 1", NULL), E_INPUT);
    assert_int_equal(filter("ann", NULL, "nothing"), E_INPUT);
    w = take("ann");
    GroupAsk g = { .form = app_form(w->app, "book"), .by = "kind", .of = "sum(price)" };
    Groups out;
    assert_false(query_group(w, &g, &out));
    assert_int_equal(w->cx.err, E_DENIED);
    give(w);
}

static void a_filter_does_not_see_through_links(void **st)
{
    (void)st;
    static const struct { const char *login, *filter; int n; } cases[] = {
        { "ann", "shelf.floor = 5", 1 }, { "ann", "shelf.floor = 7", 0 },
        { "ann", "count_of(shelf) = 1", 2 }, { "ann", "exists(shelf, floor = 7)", 0 },
        { "ann", "sum_of(shelf, floor) > 5", 0 }, { "ann", "shelf.warden = user('bob')", 0 },
        { "root", "shelf.floor = 7", 1 }, { "root", "exists(shelf, floor = 7)", 2 },
    };
    Work *w = take(NULL);
    people(w);
    create(w, "shelf", "{'name': 'Hers', 'floor': 5, 'warden': 1}");
    create(w, "shelf", "{'name': 'His', 'floor': 7, 'warden': 2}");
    create(w, "book", "{'name': 'One', 'keeper': 1, 'shelf': 1}");
    create(w, "book", "{'name': 'Two', 'keeper': 1, 'shelf': 2}");
    give(w);
    for (int i = 0; i < LEN(cases); i++) {
        w = take(cases[i].login);
        ListAsk ask = { .form = app_form(w->app, "book"), .filter = cases[i].filter };
        List list;
        OK(&w->cx, query_list(w, &ask, &list));
        if (list.n != cases[i].n) print_error("%s: %s\n", cases[i].login, cases[i].filter);
        assert_int_equal(list.n, cases[i].n);
        give(w);
    }
}

static void a_search_does_not_look_into_masked_fields(void **st)
{
    (void)st;
    Work *w = take(NULL);
    people(w);
    create(w, "book", "{'name': 'One', 'keeper': 1, 'call': '030 123456', 'rare': true}");
    give(w);
    static const struct { const char *login, *q; int n; } cases[] = {
        { "ann", "one", 1 }, { "ann", "ONE", 1 }, { "ann", "123456", 0 },
        { "cyd", "123456", 1 },
        { "ann", "one two", 0 }, { "ann", "ＯＮＥ", 1 }, { "ann", "o_e", 0 }, { "ann", "%", 0 },
    };
    for (int i = 0; i < LEN(cases); i++) {
        w = take(cases[i].login);
        ListAsk ask = { .form = app_form(w->app, "book"), .q = cases[i].q };
        List list;
        OK(&w->cx, query_list(w, &ask, &list));
        if (list.n != cases[i].n) print_error("%s: %s\n", cases[i].login, cases[i].q);
        assert_int_equal(list.n, cases[i].n);
        give(w);
    }
}

static Err update(const char *login, int64_t id, const char *json)
{
    Work *w = take(login);
    SaveAsk ask = { .form = app_form(w->app, "book"), .id = id, .body = body(w, json) };
    Saved saved;

    bool ok = save_record(w, &ask, &saved);
    Err err = ok ? E_NONE : w->cx.err;
    give(w);
    return err;
}

static void fields_are_written_by_right_only(void **st)
{
    (void)st;
    Work *w = take(NULL);
    people(w);
    create(w, "book", "{'name': 'One', 'keeper': 1, 'rating': 4.5, 'note': 'n'}");
    create(w, "book", "{'name': 'Two', 'keeper': 3}");
    give(w);
    assert_int_equal(update("ann", 1, "{'note': 'n'}"), E_DENIED);     /* hidden: never */
    assert_int_equal(update("ann", 1, "{'call': '030 998877'}"), E_DENIED);
    assert_int_equal(update("ann", 1, "{'rating': 5}"), E_DENIED);
    assert_int_equal(update("ann", 1, "{'rating': 4.5, 'name': 'Uno'}"), E_NONE);
    assert_int_equal(update("ann", 1, "{'price': 1}"), E_DENIED);      /* not rare */
    assert_int_equal(update("ann", 2, "{'name': 'x'}"), E_MISSING);
    assert_int_equal(update("cyd", 1, "{'name': 'x'}"), E_MISSING);
    assert_int_equal(update("ann", 1, "{'keeper': 3}"), E_NONE);       /* handed over */
    assert_int_equal(update("ann", 1, "{'name': 'x'}"), E_MISSING);
}

static void rights_of_a_stage_hold_for_admins_too(void **st)
{
    (void)st;
    Work *w = take(NULL);
    people(w);
    create(w, "book", "{'name': 'One'}");
    do_sql(w, "UPDATE book SET stage = 'out'");
    give(w);
    assert_int_equal(update("root", 1, "{'name': 'x'}"), E_DENIED);
    assert_int_equal(update("root", 1, "{'note': 'x'}"), E_NONE);
    w = take(NULL);
    do_sql(w, "UPDATE book SET stage = 'gone'");
    give(w);
    assert_int_equal(update("root", 1, "{'note': 'y'}"), E_DENIED);
}

static void a_refusal_is_explained_by_role(void **st)
{
    (void)st;
    Work *w = take(NULL);
    people(w);
    create(w, "book", "{'name': 'One', 'keeper': 3}");
    give(w);
    w = take("dan");
    Record *r;
    Because *b;
    int n;
    OK(&w->cx, record_load(w, app_form(w->app, "book"), 1, false, &r));
    OK(&w->cx, perm_explain(w, ACT_READ, r, &b, &n));
    assert_int_equal(n, 2);
    assert_string_equal(b[0].role, "clerk");
    assert_string_equal(b[0].rule, "read: own");
    assert_false(b[0].allowed);
    assert_string_equal(b[1].rule, "read: rare or price > 100");
    give(w);
}

RUN(L(a_list_and_a_record_agree_for_any_scope), L(roles_add_up),
    L(hidden_fields_are_not_there_and_masked_ones_are_masked),
    L(what_is_hidden_cannot_be_asked_for), L(a_filter_does_not_see_through_links),
    L(a_search_does_not_look_into_masked_fields),
    L(fields_are_written_by_right_only), L(rights_of_a_stage_hold_for_admins_too),
    L(a_refusal_is_explained_by_role))
