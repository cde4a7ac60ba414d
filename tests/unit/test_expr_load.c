/* links: expr */
/* expr at load: issues with their place, limits, what is read, and texts with holes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "expr/expr.h"
#include "expr/functions.h"

static const Names shop = { .key = "shop", .table = "shop", .n = 1, .name = (const Name *[]){
    &(const Name){ .key = "level", .column = "level", .type = { .kind = T_NUMBER } } } };
static const Names thing = { .key = "thing", .table = "thing", .n = 2, .name = (const Name *[]){
    &(const Name){ .key = "name", .column = "name", .type = { .kind = T_TEXT, .decimals = -1 } },
    &(const Name){ .key = "shop", .column = "shop", .target = &shop,
        .type = { .kind = T_RECORD, .decimals = -1, .form = &shop } } } };
static const ExprWhere plain = { .here = &thing, .use = USE_CHECK };

static int setup(void **st)    { *st = arena_new(); return 0; }
static int teardown(void **st) { arena_free(*st); return 0; }

static void an_issue_stands_at_its_place_in_the_file(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    Node n = { .kind = NODE_TEXT, .text = "nmae = 'a'", .file = "forms/thing.yaml", .line = 12,
        .col = 9, .key = "that" };
    assert_null(expr_load(&cx, &n, n.text, &plain));
    assert_int_equal(cx.nissue, 1);
    assert_string_equal(cx.issue[0].at.file, "forms/thing.yaml");
    assert_int_equal(cx.issue[0].at.line, 12);
    assert_int_equal(cx.issue[0].at.col, 10);
    assert_string_equal(cx.issue[0].text, "thing has no field nmae; did you mean name?");
    assert_non_null(strstr(cx.issue[0].source, "that: \"nmae = 'a'\n         ^"));
}

static void columns_count_characters_behind_an_equals_sign(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    Node n = { .kind = NODE_TEXT, .text = "='榫' & nmae", .file = "f", .line = 1, .col = 5,
        .plain = true };
    assert_null(expr_load(&cx, &n, n.text + 1, &plain));
    assert_int_equal(cx.issue[0].at.col, 12);
}

static void too_many_terms_and_too_deep_are_refused(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    Str many = str_begin(cx.a), deep = str_begin(cx.a);
    for (int i = 0; i < 300; i++) str_add(&many, i ? " + 1" : "1");
    for (int i = 0; i < 60; i++) str_add(&deep, "(");
    assert_null(expr_load(&cx, NULL, str_show(&many), &plain));
    assert_null(expr_load(&cx, NULL, str_show(&deep), &plain));
    assert_string_equal(cx.issue[0].code, "too_long");
    assert_string_equal(cx.issue[1].code, "too_deep");
}

static void reads_tell_the_links_walked(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    const ExprRead *read;
    Expr *e = expr_load(&cx, NULL, "shop.level > 1 and today() > '2026-01-01'", &plain);
    assert_non_null(e);
    assert_int_equal(expr_reads(e, &read), 2);
    assert_string_equal(read[1].name->key, "level");
    assert_int_equal(read[1].npath, 1);
    assert_string_equal(read[1].path[0]->key, "shop");
    assert_int_equal(expr_uses(e), EXPR_NOW);
}

static bool no_level(void *ctx, const Names *form, const Name *name)
{
    (void)ctx; (void)form;
    return !str_eq(name->key, "level");
}

static void a_field_that_may_not_be_read_is_denied(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    ExprWhere where = plain;
    where.allowed = no_level;
    assert_null(expr_load(&cx, NULL, "shop.level > 1", &where));
    assert_int_equal(cx.err, E_DENIED);
}

static bool get(Eval *env, const void *record, const Name *name, Val *out)
{
    (void)env; (void)record;
    *out = str_eq(name->key, "name") ? val_text("Ann") : val_blank();
    return true;
}

static void a_text_has_fields_and_expressions(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    Eval env = { .cx = &cx, .record = &thing, .get = get };
    Val v;
    Expr *e = expr_load_text(&cx, NULL, "To {name}: {=1 + len('}')} {{x}}", &plain);
    assert_non_null(e);
    assert_true(expr_eval(e, &env, &v));
    assert_string_equal(v.t, "To Ann: 2 {x}");
    assert_null(expr_load_text(&cx, NULL, "Hello {name", &plain));
    assert_int_equal(cx.issue[0].at.col, 7);
    assert_null(expr_load_text(&cx, NULL, "Hello {nam}", &plain));
    assert_int_equal(cx.issue[1].at.col, 8);
}

static void every_function_has_an_example_and_help(void **st)
{
    const Function *f;
    int n = function_list(&f);
    Str s = str_begin(*st);
    functions_markdown(&s);
    assert_true(n > 70);
    for (int i = 0; i < n; i++) {
        assert_non_null(strstr(f[i].example, f[i].name));
        assert_true(*f[i].help);
        for (int k = 0; k < i; k++) assert_string_not_equal(f[i].name, f[k].name);
        assert_ptr_equal(function_find(f[i].name)->name, f[i].name);
    }
    assert_ptr_equal(function_find("RMBCAP")->name, function_find("rmb_upper")->name);
    assert_null(function_find("round_to"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_issue_stands_at_its_place_in_the_file, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_count_characters_behind_an_equals_sign, setup,
            teardown),
        cmocka_unit_test_setup_teardown(too_many_terms_and_too_deep_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(reads_tell_the_links_walked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_field_that_may_not_be_read_is_denied, setup, teardown),
        cmocka_unit_test_setup_teardown(a_text_has_fields_and_expressions, setup, teardown),
        cmocka_unit_test_setup_teardown(every_function_has_an_example_and_help, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
