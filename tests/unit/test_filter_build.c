/* links: data */
/* filter_build: rows, the text they are, and rows again; what one types and what one picks. */
#include "workshop.h"

#include "data/filter_build.h"
#include "data/record_row.h"

static uint32_t seed = 11;

static int pick(int n)
{
    seed = seed * 1103515245u + 12345u;
    return (int)((seed >> 16) % (uint32_t)n);
}

/* A value that the field's control could send. */
static const char *some_value(const Field *f, FilterTakes takes)
{
    static const char *const texts[] = { "a", "it's", "x and y", "a or b", "(", "中文", "\"q\"",
        "f between v", "--", "%d" };
    static const char *const numbers[] = { "0", "7", "-3", "12.5", "99.9" };
    const Field *like = f->like ? f->like : f;

    if (str_eq(f->key, "stage")) return pick(2) ? "intake" : "gone";
    if (takes == TAKES_DAYS) return pick(2) ? "0" : "30";
    if (like->noption) return like->option[pick(like->noption)].value;
    switch (f->name.type.kind) {
    case T_NUMBER: return numbers[like->decimals ? pick(LEN(numbers)) : pick(2)];
    case T_DATE: return pick(2) ? "2026-03-02" : "2027-12-31";
    case T_DATETIME: return pick(2) ? "2026-03-02T09:30" : "2026-03-02";
    case T_RECORD: return pick(2) ? "1" : "12";
    case T_LIST: return "3";
    default: return texts[pick(LEN(texts))];
    }
}

static int some_values(const Field *f, const FilterOp *op, const char **value)
{
    int n = op->takes == TAKES_NONE ? 0 : op->takes == TAKES_TWO ? 2
        : op->takes == TAKES_LIST ? 1 + pick(3) : 1;
    for (int i = 0; i < n; i++) value[i] = some_value(f, op->takes);
    return n;
}

static void what_is_picked_is_an_expression_and_comes_back_as_it_was_picked(void **st)
{
    (void)st;
    static const char *const forms[] = { "job", "client", "part" };
    as_app();
    for (int i = 0; i < 1500; i++) {
        const Form *f = form(forms[pick(LEN(forms))]);
        const Field **field;
        const FilterOp **op;
        FilterRow row[4] = { 0 }, *back;
        int n = 1 + pick(4), nfield = filter_fields(w, f, &field);
        for (int k = 0; k < n; k++) {
            const char **value = ARENA_ARRAY(w->cx.a, const char *, 4);
            FilterRow *r = &row[k];
            r->field = field[pick(nfield)];
            int nop = filter_ops(w, r->field, &op);
            assert_true(nop > 0);
            r->op = op[pick(nop)];
            r->value = value;
            r->nvalue = some_values(r->field, r->op, value);
            r->text = filter_row_text(w, r->field, r->op, value, r->nvalue);
            OK(r->text != NULL);
        }
        const char *text = filter_join(w->cx.a, row, n, -1);
        OK(filter_check(w, f, text));
        assert_int_equal(filter_rows(w, f, text, &back), n);
        for (int k = 0; k < n; k++) {
            if (back[k].field != row[k].field || !back[k].op)
                fail_msg("%s: %s is no row", text, back[k].text);
            assert_string_equal(back[k].text, row[k].text);
            /* The same shape may have two names: then both say the same. */
            assert_string_equal(back[k].op->pattern, row[k].op->pattern);
            assert_int_equal(back[k].nvalue, row[k].nvalue);
            for (int v = 0; v < row[k].nvalue; v++)
                assert_string_equal(back[k].value[v], row[k].value[v]);
        }
        assert_string_equal(filter_join(w->cx.a, back, n, -1), text);
    }
}

static void every_offered_row_runs(void **st)
{
    (void)st;
    const Form *f = form("job");
    const Field **field;
    as_app();
    int n = filter_fields(w, f, &field);
    assert_true(n > 8);
    for (int i = 0; i < n; i++) {
        const FilterOp **op;
        int nop = filter_ops(w, field[i], &op);
        for (int k = 0; k < nop; k++) {
            const char *value[4];
            int nvalue = some_values(field[i], op[k], value);
            ListAsk ask = { .form = f,
                .filter = filter_row_text(w, field[i], op[k], value, nvalue) };
            List list;
            OK(query_list(w, &ask, &list));
        }
    }
}

/* Text, pieces as they are, and of each whether it is a row (r) or typed (t). */
static void splits(const char *text, const char *shape, const char *joined)
{
    FilterRow *row;
    as_app();
    int n = filter_rows(w, form("job"), text, &row);
    if (n != (int)strlen(shape)) fail_msg("%s: %d pieces", text, n);
    for (int i = 0; i < n; i++)
        if ((row[i].field != NULL) != (shape[i] == 'r'))
            fail_msg("%s: piece %d is %s", text, i, row[i].text);
    assert_string_equal(n ? filter_join(w->cx.a, row, n, -1) : "", joined);
}

static void what_is_typed_is_a_row_where_it_has_the_shape_of_one(void **st)
{
    (void)st;
    splits("", "", "");
    splits("hours > 3", "r", "hours > 3");
    splits("HOURS  >  3", "t", "HOURS  >  3");
    splits("hours>3 AND note contains 'x'", "rr", "hours>3 and note contains 'x'");
    splits("hours between 1 and 3 and urgent", "rr", "hours between 1 and 3 and urgent");
    splits("(hours = 1 or hours = 2) and not urgent", "tr",
        "(hours = 1 or hours = 2) and not urgent");
    splits("hours = 1 or hours = 2", "t", "hours = 1 or hours = 2");
    splits("hours = 1 or hours = 2 and urgent", "t", "hours = 1 or hours = 2 and urgent");
    splits("(hours > 3) and (tier in ['a'])", "rr", "(hours > 3) and (tier in ['a'])");
    splits("note = 'a and b' and note != \"c or d\"", "rr",
        "note = 'a and b' and note != \"c or d\"");
    splits("client.tier = 'a' and client = 1", "tr", "client.tier = 'a' and client = 1");
    splits("hours + 1 > 3 && stage.status = 'open'", "tt",
        "hours + 1 > 3 and stage.status = 'open'");
    splits("hours = '3'", "t", "hours = '3'");
    splits("mechanic = me() and due < now()", "rr", "mechanic = me() and due < now()");
    splits("nothing = 3", "t", "nothing = 3");
}

static void a_typed_or_stays_one_condition_among_others(void **st)
{
    (void)st;
    FilterRow row[2] = { { .text = "hours = 1 or urgent" }, { .text = "note = 'x'" } };
    as_app();
    assert_string_equal(filter_join(w->cx.a, row, 2, -1),
        "(hours = 1 or urgent) and note = 'x'");
    assert_string_equal(filter_join(w->cx.a, row, 2, 1), "hours = 1 or urgent");
    assert_null(filter_join(w->cx.a, row, 1, 0));
}

static void a_mistake_is_told_at_its_place(void **st)
{
    (void)st;
    FilterRow *row;
    as_app();
    assert_int_equal(filter_rows(w, form("job"), "hours > ", &row), -1);
    assert_int_equal(w->cx.issue[0].at.col, 8);
    as_app();
    NO(E_INPUT, filter_check(w, form("job"), "hours > 'many'"));
    assert_int_equal(w->cx.issue[0].at.col, 9);
    assert_non_null(strstr(w->cx.issue[0].source, "^"));
}

static void a_value_that_is_none_of_the_field_is_refused(void **st)
{
    (void)st;
    static const struct { const char *field, *op, *value; } wrong[] = {
        { "hours", "from", "many" }, { "hours", "from", "" }, { "pickup", "is", "soon" },
        { "due", "before", "12:00" }, { "client", "is", "x" }, { "due", "last_days", "-1" },
        { "due", "last_days", "3d" },
    };
    for (int i = 0; i < LEN(wrong); i++) {
        as_app();
        const Field *f = form_field(form("job"), wrong[i].field);
        const FilterOp *op = filter_op(f, wrong[i].op);
        assert_non_null(op);
        assert_null(filter_row_text(w, f, op, &wrong[i].value, 1));
        assert_int_equal(w->cx.nissue, 1);
    }
    as_app();
    assert_null(filter_op(form_field(form("job"), "hours"), "has"));
}

static void what_may_not_be_filtered_is_not_offered(void **st)
{
    (void)st;
    const Form *f = form("client");
    as("mia");
    assert_false(filter_offered(w, f, form_field(f, "secret")));
    assert_true(filter_offered(w, f, form_field(f, "name")));
    NO(E_DENIED, filter_check(w, f, "secret = 'x'"));
    as_app();
    assert_true(filter_offered(w, f, form_field(f, "secret")));
}

RUN(SHOP(what_is_picked_is_an_expression_and_comes_back_as_it_was_picked),
    SHOP(every_offered_row_runs),
    SHOP(what_is_typed_is_a_row_where_it_has_the_shape_of_one),
    SHOP(a_typed_or_stays_one_condition_among_others),
    SHOP(a_mistake_is_told_at_its_place),
    SHOP(a_value_that_is_none_of_the_field_is_refused),
    SHOP(what_may_not_be_filtered_is_not_offered))
