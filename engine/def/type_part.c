/*
 * type_part.c — subform: rows that live and die with their record. They are described by a
 * form of their own, so that everything that knows fields knows the fields of rows.
 */
#include "def/form.h"
#include "def/types.h"

static bool subform_load(Cx *cx, Field *f, const Node *n)
{
    int64_t min = 0, max = 0;
    const Node *fields = node_find(n, "fields");
    if (f->form->parent) return false;
    node_read_int(cx, n, "min_rows", &min);
    node_read_int(cx, n, "max_rows", &max);
    if (min < 0 || min > 10000)
        cx_issue(cx, node_place(node_find(n, "min_rows")), "out_of_range",
            "`min_rows` is 0 to 10000");
    else if (node_find(n, "max_rows") && (max < 1 || max > 10000))
        cx_issue(cx, node_place(node_find(n, "max_rows")), "out_of_range",
            "`max_rows` is 1 to 10000");
    else if (max && min > max)
        cx_issue(cx, node_place(node_find(n, "min_rows")), "min_over_max",
            "`min_rows` is more than `max_rows`");
    f->min_rows = (int)min;
    f->max_rows = (int)max;
    if (!node_is(fields, NODE_MAP) || !fields->n)
        return cx_issue(cx, fields ? node_place(fields) : node_key_place(n), "no_fields",
            "a subform needs `fields`");
    f->rows = form_load_rows(cx, f->form, f, fields);
    return true;
}

static void subform_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)f;
    (void)as;
    str_printf(out, "%d", v.n);
}

static const FieldAttr subform_attrs[] = {
    { "fields", ATTR_EACH, "the fields of a row, as in a form",
      "fields: {part: {type: text}, price: {type: money}}", .shape = "row_field",
      .flags = ATTR_NEEDED | ATTR_FILLED },
    { "min_rows", ATTR_INT, "least number of rows", "min_rows: 1",
      .most = 10000, .flags = ATTR_NUMBERED },
    { "max_rows", ATTR_INT, "greatest number of rows", "max_rows: 50",
      .least = 1, .most = 10000, .flags = ATTR_NUMBERED },
    { 0 },
};

const FieldType type_subform = {
    .name = "subform", .label = "Rows",
    .help = "rows that belong to the record", .store = STORE_ROWS,
    .type = T_LIST, .of = T_RECORD, .attr = subform_attrs, .load = subform_load,
    .show = subform_show, .not_in_rows = true,
};
