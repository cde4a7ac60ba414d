/*
 * plan.c — a plan as lines for a terminal and as JSON.
 */
#include "data/schema.h"

static const struct { const char *sign, *word; } names[] = {
    [PLAN_REFUSED] = { "!", "refused" }, [PLAN_NOTE] = { "i", "note" },
    [PLAN_LOSS] = { "!", "loss" }, [PLAN_DROP_VIEW] = { "-", "drop_view" },
    [PLAN_DROP_INDEX] = { "-", "drop_index" }, [PLAN_RENAME] = { ">", "rename" },
    [PLAN_TABLE] = { "+", "add_table" }, [PLAN_COLUMN] = { "+", "add_column" },
    [PLAN_CONVERT] = { "~", "convert" }, [PLAN_FILL] = { "=", "fill" },
    [PLAN_COMPUTE] = { "=", "compute" }, [PLAN_DROP] = { "-", "drop" },
    [PLAN_INDEX] = { "+", "add_index" }, [PLAN_VIEW] = { "~", "view" },
    [PLAN_GUARD] = { "~", "guard" },
};

bool plan_empty(const Plan *p)
{
    return !p->n;
}

static void show_sample(Str *s, const PlanStep *x)
{
    for (int i = 0; x->what == PLAN_LOSS && i < x->convert->nsample; i++) {
        const Lost *l = &x->convert->sample[i];
        str_printf(s, "    %s %lld: %.80s → %.80s\n", x->form, (long long)l->record, l->was,
            l->now ? l->now : "∅");
    }
}

char *plan_show(Arena *a, const Plan *p)
{
    Str s = str_begin(a);

    for (int i = 0; i < p->n; i++) {
        const PlanStep *x = &p->step[i];
        str_printf(&s, "%s %s", names[x->what].sign, x->text);
        if (x->rows > 0) str_printf(&s, " [%lld]", (long long)x->rows);
        str_add_char(&s, '\n');
        show_sample(&s, x);
    }
    return (char *)str_show(&s);
}

char *plan_sql(Arena *a, const Plan *p)
{
    Str s = str_begin(a);

    for (int i = 0; i < p->n; i++) {
        const PlanStep *x = &p->step[i];
        if (x->sql) str_printf(&s, "%s;\n", x->sql);
        else if (x->what == PLAN_CONVERT || x->what == PLAN_COMPUTE)
            str_printf(&s, "-- %s\n", x->text);
    }
    return (char *)str_show(&s);
}

static void json_sample(Json *out, const PlanStep *x)
{
    json_key(out, "sample");
    json_list(out);
    for (int i = 0; i < x->convert->nsample; i++) {
        json_map(out);
        json_key(out, "record");
        json_int(out, x->convert->sample[i].record);
        json_key(out, "was");
        json_text(out, x->convert->sample[i].was);
        json_key(out, "now");
        json_text(out, x->convert->sample[i].now);
        json_map_end(out);
    }
    json_list_end(out);
}

static void json_step(Json *out, const PlanStep *x)
{
    json_map(out);
    json_key(out, "what");
    json_text(out, names[x->what].word);
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
    if (x->fill) {
        json_key(out, "fill");
        json_text(out, x->fill);
    }
    if (x->what == PLAN_LOSS) json_sample(out, x);
    if (x->nrecord) {
        json_key(out, "records");
        json_list(out);
        for (int i = 0; i < x->nrecord; i++) json_int(out, x->record[i]);
        json_list_end(out);
    }
    json_map_end(out);
}

void plan_json(const Plan *p, Json *out)
{
    json_map(out);
    json_key(out, "version");
    json_int(out, p->version);
    json_key(out, "at");
    json_text(out, p->at);
    json_key(out, "same");
    json_bool(out, p->same);
    json_key(out, "refused");
    json_bool(out, p->refused);
    json_key(out, "loses");
    json_bool(out, p->loses);
    json_key(out, "steps");
    json_list(out);
    for (int i = 0; i < p->n; i++) json_step(out, &p->step[i]);
    json_list_end(out);
    json_map_end(out);
}
