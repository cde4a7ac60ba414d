/* links: data */
/* schema: from definitions to tables, and what a changed definition does to them. */
#include "test_library.h"
#include "data/migrate.h"
#include "data/schema.h"

static const char *const wide_book =
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
    "  kind: {type: choice, options: [novel, atlas]}\n"
    "  price: {type: money}\n"
    "  rating: {type: number, decimals: 1}\n"
    "  bought: {type: date, index: true}\n"
    "  rare: {type: boolean}\n"
    "  call: {type: phone, search: true}\n"
    "  note: {type: longtext}\n"
    "  twice: {type: formula, of: money, formula: \"price * 2\"}\n"
    "  more: {type: formula, of: money, formula: \"twice + 1\"}\n"
    "  tone: {type: text, required: true, default: grey}\n"
    "  marks: {type: choices, options: [a, b]}\n"
    "  parts: {type: subform, fields: {piece: {type: text}}}\n"
    "  copies:\n"
    "    type: subform\n"
    "    fields:\n"
    "      mark: {type: text, required: true}\n"
    "      cost: {type: money}\n"
    "      seen: {type: date}\n"
    "permissions:\n"
    "  chief: {read: all, create: true, update: all}\n";

static bool has(const char **list, int n, const char *name)
{
    return str_in(name, list, n);
}

static void tables_follow_the_forms(void **st)
{
    (void)st;
    Work *w = take(NULL);
    static const char *const want[] = { "user", "user__roles", "department", "shelf", "book",
        "book__helpers", "book__copies", "_history", "_timer", "_job", "stage_history",
        "_definition", "_source", "_session", "_token", "_login", "_serial" };
    const char **table;
    Column *c;
    int n, found = 0;

    OK(&w->cx, db_tables(&w->cx, w->db, &table, &n));
    for (int i = 0; i < LEN(want); i++) {
        if (!has(table, n, want[i])) print_error("no table %s\n", want[i]);
        assert_true(has(table, n, want[i]));
    }
    OK(&w->cx, db_columns(&w->cx, w->db, "book", &c, &n));
    for (int i = 0; i < n; i++) {
        if (str_eq(c[i].name, "shelf")) {
            assert_string_equal(c[i].references, "shelf");
            found++;
        }
        if (str_eq(c[i].name, "price")) {
            assert_string_equal(c[i].type, on_pg() ? "numeric" : "INTEGER");
            found++;
        }
        found += str_eq(c[i].name, "name__key") || str_eq(c[i].name, "call__shown")
            || str_eq(c[i].name, "stage") || str_eq(c[i].name, "stage_since");
        assert_false(str_eq(c[i].name, "note__key"));
    }
    assert_int_equal(found, 6);
    give(w);
}

static void the_view_reads_like_a_form(void **st)
{
    (void)st;
    Work *w = take(NULL);

    create(w, "shelf", "{'name': 'North'}");
    create(w, "book", "{'name': 'One', 'shelf': 1, 'price': 12.5, 'kind': 'atlas',"
        " 'helpers': ['red', 'blue']}");
    assert_string_equal(ask_sql(w, "SELECT shelf FROM book_v").t, "North");
    assert_string_equal(ask_sql(w, "SELECT kind FROM book_v").t, "Big atlas");
    assert_string_equal(ask_sql(w, "SELECT CAST(CAST(price * 100 AS INTEGER) AS text) FROM book_v").t, "1250");
    assert_string_equal(ask_sql(w, "SELECT helpers FROM book_v").t, "red, blue");
    give(w);
}

static void a_plan_applied_twice_is_empty(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Plan plan;

    OK(&w->cx, schema_plan(&w->cx, w->db, w->app, &plan));
    if (!plan_empty(&plan)) print_error("%s", plan_show(w->cx.a, &plan));
    assert_true(plan_empty(&plan));
    assert_int_equal(w->app->version, 1);
    give(w);
}

/* A node of the next version of the program may serve beside this one. */
static void what_a_newer_program_added_to_users_is_left_alone(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Plan plan;

    do_sql(w, "ALTER TABLE \"user\" ADD COLUMN aura TEXT");
    do_sql(w, "INSERT INTO _field (parent, name, kind, rules, required, parked) "
        "SELECT id, 'aura', 'text', '..', 0, 0 FROM _field WHERE parent IS NULL AND name = 'user'");
    do_sql(w, "UPDATE _schema SET text = text || ' ' WHERE name = 'user_v'");
    OK(&w->cx, schema_plan(&w->cx, w->db, w->app, &plan));
    if (!plan_empty(&plan)) print_error("%s", plan_show(w->cx.a, &plan));
    assert_true(plan_empty(&plan));
    give(w);
    change_file("forms/book.yaml", wide_book);
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    assert_int_equal(w->app->version, 2);
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _field WHERE name = 'aura' AND retired IS NULL").i, 1);
    give(w);
}

static void new_fields_lists_and_subforms_come_to_a_table_with_rows(void **st)
{
    (void)st;
    Work *w = take(NULL);

    create(w, "shelf", "{'name': 'North', 'floor': 3}");
    create(w, "book", "{'name': 'One', 'shelf': 1, 'price': 12.5, 'copies': [{'mark': 'x'}]}");
    create(w, "book", "{'name': 'Two'}");
    give(w);
    change_file("forms/book.yaml", wide_book);
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    assert_int_equal(w->app->version, 2);
    assert_int_equal(ask_sql(w, "SELECT more FROM book WHERE id = 1").i, 2600);
    assert_true(val_is_blank(ask_sql(w, "SELECT more FROM book WHERE id = 2")));
    assert_string_equal(ask_sql(w, "SELECT tone FROM book WHERE id = 2").t, "grey");
    assert_int_equal(ask_sql(w, "SELECT version FROM book WHERE id = 1").i, 1);
    create(w, "book", "{'name': 'Three', 'marks': ['b'], 'parts': [{'piece': 'p'}]}");
    Plan plan;
    OK(&w->cx, schema_plan(&w->cx, w->db, w->app, &plan));
    assert_true(plan_empty(&plan));
    give(w);
}

static void a_changed_formula_is_computed_anew_with_what_reads_it(void **st)
{
    (void)st;
    Work *w = take(NULL);
    char *text = arena_dup(arena, wide_book);

    give(w);
    change_file("forms/book.yaml", wide_book);
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    create(w, "book", "{'name': 'One', 'price': 10}");
    give(w);
    *strstr(text, "* 2") = '+';
    change_file("forms/book.yaml", text);
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    assert_int_equal(ask_sql(w, "SELECT twice FROM book").i, 1200);
    assert_int_equal(ask_sql(w, "SELECT more FROM book").i, 1300);
    give(w);
}

/* Reloads with one text changed; the plan must be refused and speak of `about`. */
static void refused(const char *from, const char *to, const char *about)
{
    char *text = arena_dup(arena, wide_book), *at = strstr(text, from);
    char *changed = arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to,
        at + strlen(from));

    change_file("forms/book.yaml", wide_book);
    OK(&cx, engine_reload(engine, &cx, false));
    change_file("forms/book.yaml", changed);
    assert_false(engine_reload(engine, &cx, false));
    if (cx.err != E_CONFLICT) show_failure(&cx);
    assert_int_equal(cx.err, E_CONFLICT);
    char *waiting = engine_waiting(engine, arena);
    assert_non_null(waiting);
    if (!strstr(waiting, about)) print_error("%s\n", waiting);
    assert_non_null(strstr(waiting, about));
    cx_clear(&cx);
    Work *w = take(NULL);
    assert_int_equal(w->app->version, 2);
    give(w);
}

static void a_change_that_makes_no_sense_is_refused(void **st)
{
    (void)st;
    refused("rare: {type: boolean}", "rare: {type: date}", "boolean cannot become date");
    refused("bought: {type: date, index: true}", "bought: {type: number, index: true}",
        "date cannot become number 0");
}

static void a_required_field_without_values_is_refused(void **st)
{
    (void)st;
    Work *w = take(NULL);
    create(w, "book", "{'name': 'One'}");
    give(w);
    refused("tone: {type", "must: {type: text, required: true}\n  tone: {type", "book.must");
}

static void values_that_are_there_twice_cannot_become_unique(void **st)
{
    (void)st;
    Work *w = take(NULL);
    create(w, "book", "{'name': 'One', 'bought': '2026-01-01'}");
    create(w, "book", "{'name': 'Two', 'bought': '2026-01-01'}");
    give(w);
    refused("bought: {type: date, index: true}", "bought: {type: date, unique: true}",
        "more than once");
}

static void a_removed_field_is_retired_and_comes_back_with_its_data(void **st)
{
    (void)st;
    Work *w = take(NULL);
    char *text = arena_dup(arena, book_yaml), *at = strstr(text, "  kind: {");

    create(w, "book", "{'name': 'One', 'kind': 'atlas'}");
    give(w);
    memset(at, '#', 2);
    change_file("forms/book.yaml", text);
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    assert_null(form_field(app_form(w->app, "book"), "kind"));
    assert_string_equal(ask_sql(w, "SELECT kind FROM book").t, "atlas");
    give(w);
    change_file("forms/book.yaml", book_yaml);
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    Record *r;
    OK(&w->cx, query_one(w, app_form(w->app, "book"), 1, &r));
    assert_string_equal(record_value(r, "kind").t, "atlas");
    give(w);
}

#define WITHOUT_FRESH "workflow: lending\nform: book\nstages:\n" \
    "  out: {status: open}\n  gone: {status: lost}\n" \
    "transitions:\n  lose: {from: out, to: gone, by: [chief]}\n"

static void a_stage_that_holds_records_cannot_vanish(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Record *r;
    create(w, "book", "{'name': 'One'}");
    give(w);
    change_file("workflows/lending.yaml", WITHOUT_FRESH "migrate: {}\n");
    assert_false(engine_reload(engine, &cx, false));
    assert_non_null(strstr(engine_waiting(engine, arena), "fresh"));
    cx_clear(&cx);
    change_file("workflows/lending.yaml", WITHOUT_FRESH);
    OK(&cx, engine_reload(engine, &cx, false));
    w = take(NULL);
    OK(&w->cx, query_one(w, app_form(w->app, "book"), 1, &r));
    assert_string_equal(r->stage->key, "fresh");
    assert_int_equal(r->workflow->version, 1);
    give(w);
}

static void the_stored_version_is_the_folder_as_it_was(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Source *s;
    int n;
    int64_t version;
    const char *hash;

    OK(&w->cx, migrate_stored(&w->cx, w->db, &s, &n, &version, &hash));
    assert_int_equal(version, 1);
    assert_string_equal(hash, w->app->hash);
    assert_int_equal(n, 4);
    for (int i = 0; i < n; i++)
        if (str_eq(s[i].path, "forms/book.yaml")) assert_string_equal(s[i].text, book_yaml);
    give(w);
}

static void an_index_gives_the_order_of_a_view_behind_owner_and_stage(void **st)
{
    (void)st;
    Work *w = take(NULL);
    const char *index[200];
    Index *list;
    int n;

    OK(&w->cx, db_indexes(&w->cx, w->db, &list, &n));
    for (int i = 0; i < n && i < 200; i++) index[i] = list[i].name;
    assert_true(has(index, n, "ix_book__keeper__stage__bought"));
    assert_true(has(index, n, "ix_book__stage__bought"));
    assert_true(has(index, n, "ix_book__keeper__bought"));
    assert_true(has(index, n, "ix_book__bought"));
    assert_true(has(index, n, "ux_book__isbn__key"));
    assert_true(has(index, n, "ix_book__shelf"));
    assert_true(has(index, n, "ix_book__keeper"));       /* by id, as lists are without a view */
    give(w);
}

static void a_unique_index_tells_its_form_and_fields(void **st)
{
    (void)st;
    Work *w = take(NULL);
    const Form *f;
    Field *const *field;
    int n;

    assert_true(schema_unique(&w->cx, w->db, w->app, "ux_book__isbn__key", &f, &field, &n));
    assert_string_equal(f->key, "book");
    assert_int_equal(n, 1);
    assert_string_equal(field[0]->key, "isbn");
    assert_false(schema_unique(&w->cx, w->db, w->app, "ix_book__shelf", &f, &field, &n));
    give(w);
}

RUN(L(tables_follow_the_forms), L(the_view_reads_like_a_form), L(a_plan_applied_twice_is_empty),
    L(new_fields_lists_and_subforms_come_to_a_table_with_rows),
    L(a_changed_formula_is_computed_anew_with_what_reads_it), L(a_change_that_makes_no_sense_is_refused),
    L(a_required_field_without_values_is_refused),
    L(values_that_are_there_twice_cannot_become_unique),
    L(what_a_newer_program_added_to_users_is_left_alone),
    L(a_removed_field_is_retired_and_comes_back_with_its_data),
    L(a_stage_that_holds_records_cannot_vanish),
    L(the_stored_version_is_the_folder_as_it_was),
    L(an_index_gives_the_order_of_a_view_behind_owner_and_stage),
    L(a_unique_index_tells_its_form_and_fields))
