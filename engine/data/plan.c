/*
 * plan.c — a plan as lines for a terminal and as JSON.
 */
#include "data/schema.h"

static const char *const sign[] = {
    [PLAN_TABLE] = "+", [PLAN_COLUMN] = "+", [PLAN_INDEX] = "+", [PLAN_DROP_INDEX] = "-",
    [PLAN_VIEW] = "~", [PLAN_FILL] = "=", [PLAN_NOTE] = "i", [PLAN_REFUSED] = "!",
};
static const char *const word[] = {
    [PLAN_TABLE] = "add_table", [PLAN_COLUMN] = "add_column", [PLAN_INDEX] = "add_index",
    [PLAN_DROP_INDEX] = "drop_index", [PLAN_VIEW] = "view", [PLAN_FILL] = "fill",
    [PLAN_NOTE] = "note", [PLAN_REFUSED] = "refused",
};

bool plan_empty(const Plan *p)
{
    return !p->n;
}

char *plan_show(Arena *a, const Plan *p)
{
    Str s = str_begin(a);

    for (int i = 0; i < p->n; i++) {
        const PlanStep *x = &p->step[i];
        str_printf(&s, "%s %s", sign[x->what], x->text);
        if (x->rows > 0) str_printf(&s, " [%lld]", (long long)x->rows);
        str_add_char(&s, '\n');
    }
    return (char *)str_show(&s);
}

void plan_json(const Plan *p, Json *out)
{
    json_map(out);
    json_key(out, "refused");
    json_bool(out, p->refused);
    json_key(out, "loses");
    json_bool(out, p->loses);
    json_key(out, "steps");
    json_list(out);
    for (int i = 0; i < p->n; i++) {
        const PlanStep *x = &p->step[i];
        json_map(out);
        json_key(out, "what");
        json_text(out, word[x->what]);
        json_key(out, "form");
        json_text(out, x->form);
        json_key(out, "field");
        json_text(out, x->field);
        json_key(out, "text");
        json_text(out, x->text);
        json_key(out, "sql");
        json_text(out, x->sql);
        if (x->rows >= 0) {
            json_key(out, "rows");
            json_int(out, x->rows);
        }
        json_map_end(out);
    }
    json_list_end(out);
    json_map_end(out);
}
