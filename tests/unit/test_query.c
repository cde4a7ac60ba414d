/* links: data */
/* query: pages without doubles and gaps, filters, counts, groups, lists and rows of many. */
#include "test_library.h"
#include "data/query_in.h"
#include "data/statistics.h"

#define ROWS 83

static uint32_t seed = 3;

static int pick(int n)
{
    seed = seed * 1103515245u + 12345u;
    return (int)((seed >> 16) % (uint32_t)n);
}

static void books(Work *w)
{
    static const char *const price[] = { "null", "1", "1", "2.5", "100" };
    static const char *const kind[] = { "null", "\"novel\"", "\"atlas\"" };
    static const char *const bought[] = { "null", "\"2026-01-05\"", "\"2026-02-01\"" };

    create(w, "shelf", "{'name': 'north', 'floor': 1}");
    create(w, "shelf", "{'name': 'South', 'floor': 2}");
    for (int i = 0; i < ROWS; i++)
        create(w, "book", arena_printf(w->cx.a, "{'name': '%s', 'price': %s, 'kind': %s, "
            "'bought': %s, 'shelf': %s, 'rating': 1.5}", pick(2) ? "ähm" : "Bee",
            price[pick(LEN(price))], kind[pick(LEN(kind))], bought[pick(LEN(bought))],
            pick(3) ? "null" : pick(2) ? "1" : "2"));
}

/* Walks all pages; the ids in order. */
static int walk(Work *w, ListAsk ask, int64_t *id)
{
    int n = 0, pages = 0;
    List list;

    do {
        OK(&w->cx, query_list(w, &ask, &list));
        assert_true(list.n <= ask.limit);
        for (int i = 0; i < list.n; i++) {
            assert_true(n < ROWS);
            id[n++] = record_id(list.record[i]);
        }
        assert_true(++pages < ROWS + 2);
        ask.after = list.next;
    } while (list.next);
    return n;
}

/* The reference: one statement that sorts, with blanks first as values below all others. */
static void same_as(Work *w, const int64_t *id, int n, const char *order)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *text = arena_printf(w->cx.a, "SELECT b.id, %s AS month FROM book b LEFT JOIN "
        "shelf s ON s.id = b.shelf ORDER BY %s",
        on_pg() ? "to_char(b.bought, 'MM')" : "substr(b.bought, 6, 2)", order);
    Rows rows;
    Val v[2];
    int k = 0;

    sql_add_n(&q, text, strlen(text));
    OK(&w->cx, db_query(&w->cx, w->db, &q, &rows));
    while (db_next(&w->cx, &rows, v)) {
        assert_true(k < n);
        if (id[k] != v[0].i) print_error("%s: place %d is %d, not %d\n", order, k, (int)id[k],
            (int)v[0].i);
        assert_int_equal(id[k], v[0].i);
        k++;
    }
    db_rows_end(&rows);
    assert_int_equal(k, n);
}

static void pages_have_no_doubles_and_no_gaps(void **st)
{
    (void)st;
    static const struct { const char *sort, *sql; } cases[] = {
        { NULL, "b.id DESC" },
        { "id", "b.id" },
        { "-id", "b.id DESC" },
        { "price", "b.price NULLS FIRST, b.id" },
        { "-price", "b.price DESC NULLS LAST, b.id DESC" },
        { "-price,id", "b.price DESC NULLS LAST, b.id" },
        { "price,-id", "b.price NULLS FIRST, b.id DESC" },
        { "bought,-price", "b.bought NULLS FIRST, b.price DESC NULLS LAST, b.id DESC" },
        { "-bought,-price", "b.bought DESC NULLS LAST, b.price DESC NULLS LAST, b.id DESC" },
        { "bought,price,kind", "b.bought NULLS FIRST, b.price NULLS FIRST, b.kind NULLS FIRST, b.id" },
        { "-kind,bought,-price,id", "b.kind DESC NULLS LAST, b.bought NULLS FIRST, b.price DESC NULLS LAST, b.id" },
        { "name", "b.name__key NULLS FIRST, b.id" },
        { "rating", "b.rating NULLS FIRST, b.id" },
        { "shelf.floor,-id", "s.floor NULLS FIRST, b.id DESC" },
        { "-shelf", "s.name__key DESC NULLS LAST, b.id DESC" },
        { "month(bought),-id", "month NULLS FIRST, b.id DESC" },
    };
    static const int limits[] = { 1, 2, 7, 50, 500 };
    int64_t id[ROWS];

    Work *w = take(NULL);
    books(w);
    for (int i = 0; i < LEN(cases); i++)
        for (int k = 0; k < LEN(limits); k++) {
            ListAsk ask = { .form = app_form(w->app, "book"), .sort = cases[i].sort,
                .limit = limits[k] };
            int n = walk(w, ask, id);
            assert_int_equal(n, ROWS);
            same_as(w, id, n, cases[i].sql);
        }
    give(w);
}

static void a_page_stays_in_place_while_rows_come_and_go(void **st)
{
    (void)st;
    Work *w = take(NULL);
    List one, two;

    books(w);
    ListAsk ask = { .form = app_form(w->app, "book"), .sort = "-id", .limit = 10 };
    OK(&w->cx, query_list(w, &ask, &one));
    create(w, "book", "{'name': 'new'}");
    do_sql(w, "UPDATE book SET deleted_at = '2026-01-01T00:00:00Z' WHERE id = 80");
    ask.after = one.next;
    OK(&w->cx, query_list(w, &ask, &two));
    assert_int_equal(record_id(two.record[0]), record_id(one.record[9]) - 1);
    give(w);
}

static void a_cursor_of_another_list_or_changed_is_refused(void **st)
{
    (void)st;
    Work *w = take(NULL);
    List list;

    books(w);
    ListAsk ask = { .form = app_form(w->app, "book"), .sort = "price", .limit = 5 };
    OK(&w->cx, query_list(w, &ask, &list));
    char *next = arena_dup(arena, list.next);
    char *bad[] = { arena_dup(arena, next), arena_dup(arena, next), "", "x", "!!!!", "AAAA",
        arena_printf(arena, "%sA", next) };
    bad[0][2] ^= 1;
    bad[1][strlen(next) - 3] ^= 1;
    for (int i = 0; i < LEN(bad); i++) {
        ask.after = bad[i];
        assert_false(query_list(w, &ask, &list));
        assert_int_equal(w->cx.err, E_SYNTAX);
        cx_clear(&w->cx);
    }
    ask.after = next;
    ask.sort = "-price";
    assert_false(query_list(w, &ask, &list));
    assert_int_equal(w->cx.err, E_SYNTAX);
    cx_clear(&w->cx);
    ask.sort = "name";
    ask.form = app_form(w->app, "shelf");
    assert_false(query_list(w, &ask, &list));
    assert_int_equal(w->cx.err, E_SYNTAX);
    give(w);
}

static int64_t count(Work *w, ListAsk ask)
{
    List list;

    ask.form = app_form(w->app, "book");
    ask.limit = 1;
    ask.count = COUNT_EXACT;
    OK(&w->cx, query_list(w, &ask, &list));
    return list.count;
}

/* By the database alone; $1 is the price of one, as it is stored. */
static int64_t count_where(Work *w, const char *where)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val one = on_pg() ? val_dec(1, 0) : val_int(100), n;

    sql_add(&q, "SELECT count(*) FROM book WHERE ");
    sql_add_n(&q, where, strlen(where));
    if (strchr(where, '$')) {
        q.val = &one;
        q.nval = 1;
    }
    OK(&w->cx, db_one(&w->cx, w->db, &q, &n, 1, NULL));
    return n.i;
}

static void filters_and_counts_say_what_sql_says(void **st)
{
    (void)st;
    static const struct { const char *filter, *sql; } cases[] = {
        { "price = 1", "price = $1" }, { "price != 1", "price IS DISTINCT FROM $1" },
        { "price = blank", "price IS NULL" },
        { "not (price > 1)", "NOT coalesce(price > $1, 1 = 0)" },
        { "shelf = 1", "shelf = 1" }, { "shelf.name = 'South'", "shelf = 2" },
        { "bought > '2026-01-05'", "bought > '2026-01-05'" },
        { "kind in ['novel', 'atlas']", "kind IS NOT NULL" },
        { "stage.status = 'open'", "1 = 1" }, { "name contains 'EE'", "name = 'Bee'" },
    };
    Work *w = take(NULL);

    books(w);
    for (int i = 0; i < LEN(cases); i++) {
        int64_t n = count(w, (ListAsk){ .filter = cases[i].filter });
        int64_t want = count_where(w, cases[i].sql);
        if (n != want) print_error("%s\n", cases[i].filter);
        assert_int_equal(n, want);
    }
    assert_int_equal(count(w, (ListAsk){ .related = "shelf", .related_id = 2 }),
        ask_sql(w, "SELECT count(*) FROM book WHERE shelf = 2").i);
    do_sql(w, "UPDATE book SET deleted_at = '2026-01-01T00:00:00Z' WHERE id < 4");
    assert_int_equal(count(w, (ListAsk){ 0 }), ROWS - 3);
    assert_int_equal(count(w, (ListAsk){ .binned = true }), 3);
    give(w);
}

static void a_wrong_filter_shows_where(void **st)
{
    (void)st;
    Work *w = take(NULL);
    ListAsk ask = { .form = app_form(w->app, "book"), .filter = "price > 'much'" };
    List list;

    assert_false(query_list(w, &ask, &list));
    assert_int_equal(w->cx.err, E_INPUT);
    assert_int_equal(w->cx.nissue, 1);
    assert_non_null(strchr(w->cx.issue[0].source, '^'));
    give(w);
}

static void groups_add_up_exactly(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Groups g;

    for (int i = 0; i < 10; i++)
        create(w, "book", arena_printf(w->cx.a, "{'name': 'x', 'price': 0.1, 'kind': '%s', "
            "'bought': '2026-%02d-01'}", i % 2 ? "novel" : "atlas", 1 + i / 5));
    create(w, "book", "{'name': 'blank'}");
    GroupAsk ask = { .form = app_form(w->app, "book"), .by = "kind, month(bought)",
        .of = "count(), sum(price), max(price)" };
    OK(&w->cx, query_group(w, &ask, &g));
    assert_int_equal(g.n, 5);
    assert_true(val_is_blank(g.row[0].key[0]));
    assert_true(val_eq(g.row[0].value[0], val_int(1)));
    assert_true(val_eq(g.row[0].value[1], val_int(0)));
    assert_string_equal(g.row[1].key[0].t, "atlas");
    assert_true(val_eq(g.row[1].key[1], val_int(1)));
    assert_true(val_eq(g.row[1].value[0], val_int(3)));
    assert_true(val_eq(g.row[1].value[1], val_dec(30, 2)));
    assert_int_equal(g.row[1].value[1].kind, VAL_DEC);
    ask.by = NULL;
    ask.filter = "kind = 'novel'";
    OK(&w->cx, query_group(w, &ask, &g));
    assert_int_equal(g.n, 1);
    assert_true(val_eq(g.row[0].value[1], val_dec(50, 2)));
    give(w);
}

static void lists_and_rows_of_many_come_with_one_query_each(void **st)
{
    (void)st;
    Work *w = take(NULL);
    List list;

    for (int i = 0; i < 5; i++)
        create(w, "book", i % 2 ? "{'name': 'odd', 'helpers': ['green', 'red'],"
            " 'copies': [{'mark': 'a'}, {'mark': 'b', 'cost': 2}]}" : "{'name': 'even'}");
    const Form *f = app_form(w->app, "book");
    ListAsk ask = { .form = f, .sort = "-id", .field = f->field, .nfield = f->nfield };
    OK(&w->cx, query_list(w, &ask, &list));
    assert_int_equal(list.n, 5);
    for (int i = 0; i < 5; i++) {
        Record *same;
        OK(&w->cx, record_load(w, f, record_id(list.record[i]), false, &same));
        for (int k = 0; k < f->nfield; k++)
            assert_false(record_differs(list.record[i], same, f->field[k]));
    }
    Val helpers = record_value(list.record[1], "helpers");
    assert_int_equal(helpers.n, 2);
    assert_string_equal(helpers.list[0].t, "green");
    give(w);
}

static bool keep(Work *w, Record *r, void *arg)
{
    int64_t *last = arg;

    (void)w;
    assert_true(record_id(r) > *last);
    *last = record_id(r);
    last[1]++;
    return true;
}

static bool stop(Work *w, Record *r, void *arg)
{
    (void)r;
    ++*(int *)arg;
    return cx_fail(&w->cx, E_CONFLICT, "enough");
}

static void each_walks_all_in_order_and_stops_when_told(void **st)
{
    (void)st;
    Work *w = take(NULL);
    int64_t seen[2] = { 0, 0 };
    int n = 0;

    create(w, "book", "{'name': 'x'}");
    do_sql(w, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
        "INSERT INTO book (name, name__key, workflow, stage) "
        "SELECT 'x', 'x', 'lending', 'fresh' FROM n");
    const Form *f = app_form(w->app, "book");
    ListAsk ask = { .form = f, .field = f->field, .nfield = f->nfield };
    OK(&w->cx, query_each(w, &ask, keep, seen));
    assert_int_equal(seen[1], 1000);
    assert_false(query_each(w, &ask, stop, &n));
    assert_int_equal(n, 1);
    assert_string_equal(w->cx.text, "enough");
    give(w);
}

/* What the plan says: no sorting, and the whole condition found by the index. */
/* How the database would run the list, with all that it says of it. */
static const char *plan_of(Work *w, const ListAsk *ask)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db)), list;
    Str s = str_begin(w->cx.a);
    Rows rows;
    Val row[4];

    OK(&w->cx, query_list_sql(w, ask, &list));
    if (on_pg()) sql_add(&q, "EXPLAIN (COSTS OFF) ");
    else sql_add(&q, "EXPLAIN QUERY PLAN ");
    sql_join(&q, &list);
    OK(&w->cx, db_query(&w->cx, w->db, &q, &rows));
    while (db_next(&w->cx, &rows, row)) str_printf(&s, "%s\n", row[on_pg() ? 0 : 3].t);
    db_rows_end(&rows);
    return str_show(&s);
}

/* 5,000 books: one of ten is ann's, one of ten is fresh, two of three were bought on some day. */
static const char *const many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
    "FROM n WHERE i < 5000) INSERT INTO book (name, name__key, isbn, workflow, stage, keeper, "
    "shelf, bought) SELECT 'x', 'x', 'n' || i, 'lending', CASE WHEN i / 10 % 10 = 0 THEN 'fresh' ELSE "
    "'out' END, CASE WHEN i % 10 = 0 THEN (SELECT id FROM \"user\" WHERE login = 'ann') END, "
    "CASE WHEN i % 5 = 0 THEN 1 + i / 5 % 40 END, CASE WHEN i % 3 > 0 THEN ";

static void fill_with_many(void)
{
    Work *w = take(NULL);

    create(w, "user", "{'name': 'ann', 'login': 'ann', 'roles': ['clerk']}");
    for (int i = 0; i < 40; i++)
        create(w, "shelf", arena_printf(w->cx.a, "{'name': 'shelf %d'}", i));
    do_sql(w, arena_printf(w->cx.a, "%s%s END FROM n", many, on_pg()
        ? "date '2020-01-01' + i % 1000" : "date('2020-01-01', i % 1000 || ' days')"));
    if (on_pg()) do_sql(w, "ANALYZE book");
    else OK(&w->cx, statistics_follow(&w->cx, w->db));
    give(w);
}

/* Of two pages: the list is read from that index, in its order, and no more of it than the page. */
static void read_from(const char *login, ListAsk ask, const char *index)
{
    Work *w = take(login);
    List page;

    ask.form = app_form(w->app, "book");
    ask.limit = 5;
    for (int i = 0; i < 2; i++) {
        const char *plan = plan_of(w, &ask);
        if (!strstr(plan, index) || strstr(plan, "TEMP B-TREE") || strstr(plan, "Sort")
            || strstr(plan, "Seq Scan on book"))
            fail_msg("%s, page %d, not from %s:\n%s", ask.sort ? ask.sort : "no order", i + 1, index,
                plan);
        OK(&w->cx, query_list(w, &ask, &page));
        assert_int_equal(page.n, 5);
        assert_non_null(page.next);
        ask.after = page.next;
    }
    give(w);
}

static void a_page_of_a_list_is_read_from_an_index_in_its_order(void **st)
{
    (void)st;
    fill_with_many();
    read_from(NULL, (ListAsk){ 0 }, on_pg() ? "book_pkey" : "r");
    read_from(NULL, (ListAsk){ .sort = "id" }, on_pg() ? "book_pkey" : "r");
    read_from(NULL, (ListAsk){ .sort = "-bought" }, "ix_book__bought");
    read_from(NULL, (ListAsk){ .sort = "bought" }, "ix_book__bought");
    read_from("ann", (ListAsk){ 0 }, "ix_book__keeper");
    read_from("ann", (ListAsk){ .sort = "-bought", .filter = "stage = 'fresh'" },
        "ix_book__keeper__stage__bought");
    read_from(NULL, (ListAsk){ .related = "shelf", .related_id = 7 }, "ix_book__shelf");
}

static void figures_are_gathered_when_a_table_has_grown(void **st)
{
    static const char *const more = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 1500) INSERT INTO book (name, name__key, workflow, stage) SELECT 'x', 'x', "
        "'lending', 'fresh' FROM n";

    (void)st;
    SQLITE_ONLY("PostgreSQL keeps its figures itself");
    Work *w = take(NULL);
    create(w, "book", "{'name': 'x'}");
    OK(&w->cx, statistics_follow(&w->cx, w->db));
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM sqlite_schema WHERE name = '_figures'").i,
        0);
    do_sql(w, more);
    OK(&w->cx, statistics_follow(&w->cx, w->db));
    assert_int_equal(ask_sql(w, "SELECT seq FROM _figures WHERE name = 'book'").i, 1501);
    create(w, "book", "{'name': 'y'}");
    OK(&w->cx, statistics_follow(&w->cx, w->db));        /* hardly more: not again */
    assert_int_equal(ask_sql(w, "SELECT seq FROM _figures WHERE name = 'book'").i, 1501);
    do_sql(w, more);
    do_sql(w, more);
    OK(&w->cx, statistics_follow(&w->cx, w->db));
    assert_int_equal(ask_sql(w, "SELECT seq FROM _figures WHERE name = 'book'").i, 4502);
    give(w);
}

RUN(L(figures_are_gathered_when_a_table_has_grown),
    L(a_page_of_a_list_is_read_from_an_index_in_its_order),
    L(pages_have_no_doubles_and_no_gaps), L(a_page_stays_in_place_while_rows_come_and_go),
    L(a_cursor_of_another_list_or_changed_is_refused),
    L(filters_and_counts_say_what_sql_says), L(a_wrong_filter_shows_where),
    L(groups_add_up_exactly), L(lists_and_rows_of_many_come_with_one_query_each),
    L(each_walks_all_in_order_and_stops_when_told))
