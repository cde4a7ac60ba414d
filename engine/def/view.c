/*
 * view.c — tables and boards.
 */
#include "def/types.h"
#include "def/view.h"

#define COLUMNS_OF_PLAIN 6
#define FIELDS_OF_CARD 3

#define COMMON_ATTRS \
    { "type", ATTR_CHOICE, "how it looks; a table without it", "type: table" }, \
    { "label", ATTR_LABEL, "what people call it", "label: {en: Open, zh: 进行中}" }, \
    { "columns", ATTR_FIELDS, "what a row shows", "columns: [name, amount]" }, \
    { "filter", ATTR_EXPR, "which records", "filter: \"amount > 100\"" }, \
    { "sort", ATTR_TEXTS, "fields to sort by; with - downwards", "sort: [-amount, name]", \
      .pattern = "^-?[a-z][a-z0-9_]*$" }

static const Attr table_attrs[] = { COMMON_ATTRS, { 0 } };

static const Attr kanban_attrs[] = {
    COMMON_ATTRS,
    { "by", ATTR_FIELD, "whose values are the columns: `stage` or a choice", "by: kind" },
    { "card", ATTR_FIELDS, "what a card shows", "card: [customer, amount]" },
    { "sum", ATTR_FIELD, "the number totalled above each column", "sum: amount" },
    { 0 },
};

const AttrVariant view_variants[] = {
    { "table", "rows and columns", table_attrs },
    { "kanban", "cards in columns that one drags", kanban_attrs },
};
const int view_nvariants = LEN(view_variants);

/* The first fields that a cell can show. */
static Field **first_fields(Cx *cx, const Form *f, int most, int *n)
{
    Field **out = ARENA_ARRAY(cx->a, Field *, most + 1);
    *n = 0;
    for (int i = f->nsystem; i < f->nfield && *n < most; i++)
        if (!field_is_bare(f->field[i]) && f->field[i]->type->store != STORE_ROWS && f->field[i]->type != &type_longtext
                && f->field[i]->type != &type_markdown)
            out[(*n)++] = f->field[i];
    if (*n < most && f->staged) out[(*n)++] = f->field[SYS_STAGE];
    return out;
}

static void load_sort(Cx *cx, Form *f, View *v, const Node *n)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    v->sort = ARENA_ARRAY(cx->a, Sort, count + 1);
    for (int i = 0; i < count; i++) {
        const char *text = node_text(each[i]);
        bool down = *text == '-';
        Field *field = ref_field_name(cx, f, node_place(each[i]), text + down);
        if (!field) continue;
        if (field->name.kind == NAME_LIST || field->name.kind == NAME_ROWS
                || field_is_bare(field))
            cx_issue(cx, node_place(each[i]), "does_not_fit",
                "`%s` holds several values; one cannot sort by it", field->key);
        else v->sort[v->nsort++] = (Sort){ .field = field, .down = down };
    }
}

static void load_board(Cx *cx, Form *f, View *v, const Node *n)
{
    const Node *by = node_find(n, "by");
    if (by) v->by = ref_field(cx, f, by);
    else if (f->staged) v->by = f->field[SYS_STAGE];
    else cx_issue(cx, node_key_place(n), "no_by",
        "a kanban needs `by`: stage or a choice field");
    if (v->by && !v->by->broken && v->by->value != &type_stage
            && v->by->value != &type_choice) {
        cx_issue(cx, node_place(by), "does_not_fit",
            "the columns of a kanban are `stage` or a choice, not `%s`", v->by->key);
        v->by = NULL;
    } else if (v->by && v->by->like && node_find(v->by->like->at, "options_from")) {
        cx_issue(cx, node_place(by), "does_not_fit",
            "the columns of a kanban are options, and `%s` takes them from records", v->by->key);
        v->by = NULL;
    }
    if (node_find(n, "sum")) v->sum = ref_field(cx, f, node_find(n, "sum"));
    if (v->sum && !v->sum->broken && v->sum->name.type.kind != T_NUMBER)
        cx_issue(cx, node_place(node_find(n, "sum")), "wrong_type", "`%s` is no number",
            v->sum->key);
    ref_fields(cx, f, node_find(n, "card"), &v->card, &v->ncard);
    if (!v->ncard) v->card = first_fields(cx, f, FIELDS_OF_CARD, &v->ncard);
}

static void check_keys(Cx *cx, const View *v, const Node *n)
{
    attr_check_keys(cx, n, v->type == VIEW_KANBAN ? kanban_attrs : table_attrs);
}

static bool load_view(Cx *cx, App *app, Form *f, const Node *n, View *v)
{
    static const char *const words[] = { "table", "kanban", "calendar", "gallery", "gantt" };
    v->key = n->key;
    v->at = n;
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n))
        return node_blank(n) && cx_issue(cx, node_key_place(n), "wrong_kind",
            "a view is a map such as {type: table, columns: […]}");
    int type = ref_word(cx, n, "type", words, LEN(words), 0);
    if (type > VIEW_KANBAN)
        return cx_issue(cx, node_place(node_find(n, "type")), "not_available_yet",
            "view type `%s` is not available yet", words[type]);
    v->type = type == VIEW_KANBAN ? VIEW_KANBAN : VIEW_TABLE;
    if (type >= 0) check_keys(cx, v, n);
    label_load(cx, n, "label", &v->label);
    ref_fields(cx, f, node_find(n, "columns"), &v->column, &v->ncolumn);
    for (int i = 0; i < v->ncolumn; i++)
        if (field_is_bare(v->column[i]))
            cx_issue(cx, node_place(node_find(n, "columns")), "does_not_fit",
                "the %s `%s` holds nothing to show in a column", v->column[i]->type->name,
                v->column[i]->key);
        else if (v->column[i]->type->store == STORE_ROWS)
            cx_issue(cx, node_place(node_find(n, "columns")), "does_not_fit",
                "the subform `%s` cannot be a column", v->column[i]->key);
    if (!v->ncolumn) v->column = first_fields(cx, f, COLUMNS_OF_PLAIN, &v->ncolumn);
    expr_attr(cx, n, "filter", app_where(app, f, USE_FILTER), T_BOOL, &v->filter);
    load_sort(cx, f, v, node_find(n, "sort"));
    if (v->type == VIEW_KANBAN) load_board(cx, f, v, n);
    return true;
}

static void plain_view(Cx *cx, Form *f)
{
    f->view = ARENA_NEW(cx->a, View);
    f->nview = 1;
    f->view->key = "all";
    f->view->at = f->at;
    label_pair(cx, &f->view->label, "All", "全部");
    f->view->column = first_fields(cx, f, COLUMNS_OF_PLAIN, &f->view->ncolumn);
}

bool views_load(Cx *cx, App *app, Form *f, const Node *map)
{
    if (!ref_map(cx, map) || !map->n) {
        plain_view(cx, f);
        return true;
    }
    f->view = ARENA_ARRAY(cx->a, View, map->n);
    for (int i = 0; i < map->n; i++)
        if (load_view(cx, app, f, map->item[i], &f->view[f->nview])) f->nview++;
    return true;
}
