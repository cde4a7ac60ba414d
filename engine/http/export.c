/*
 * export.c — one pass over the records; each is written and forgotten.
 */
#include "http/export.h"
#include "data/readable.h"
#include "data/record_row.h"

#include <errno.h>
#include <string.h>

typedef struct Export {
    const ExportAsk *ask;
    FILE *to;
    Arena *a;                          /* of one record */
    Field **field; int nfield;
    bool some;
} Export;

static bool put(Work *w, Export *e, const Str *s)
{
    if (fwrite(s->p, 1, s->n, e->to) == s->n) return true;
    return cx_fail(&w->cx, E_SYS, "cannot write the export: %s", strerror(errno));
}

static const char *linked(Work *w, Arena *a, const Form *to, int64_t id)
{
    const char *title = readable_title(w, to, id);
    return title ? title : arena_printf(a, "#%lld", (long long)id);
}

static const char *plain(Work *w, Arena *a, const Field *f, Val v)
{
    if (field_has_shown(f) && v.kind == VAL_TEXT && v.p) return v.p;
    if (v.kind == VAL_REC) return f->to ? linked(w, a, f->to, v.i) : val_show(a, v);
    if (field_is_parts(f)) return field_show(a, f, v, NULL);
    if (v.kind != VAL_LIST) return v.kind == VAL_BLANK ? "" : val_show(a, v);
    Str s = str_begin(a);
    for (int i = 0; i < v.n; i++) {
        if (i) str_add(&s, ", ");
        str_add(&s, plain(w, a, f, v.list[i]));
    }
    return str_show(&s);
}

const char *export_cell(Work *w, Arena *a, const Record *r, const Field *f)
{
    Right right = perm_field(w, r->form, f, r);
    if (right == RIGHT_HIDDEN) return "";
    const char *text = plain(w, a, f, record_get(r, f));
    return right == RIGHT_MASKED ? field_mask(a, f, text) : text;
}

static bool add_record(Work *w, Record *r, void *arg)
{
    Export *e = arg;
    if (!perm_on(w, ACT_EXPORT, r)) return !w->cx.err;
    arena_reset(e->a);
    Str s = str_begin(e->a);
    if (e->ask->json) {
        str_add(&s, e->some ? ",\n" : "\n");
        Json j = json_begin(&s);
        record_json(w, r, e->nfield ? e->field : NULL, e->nfield, &j);
    } else {
        for (int i = 0; i < e->nfield; i++) {
            if (i) str_add_char(&s, ',');
            csv_cell(&s, export_cell(w, e->a, r, e->field[i]));
        }
        str_add(&s, "\r\n");
    }
    e->some = true;
    return put(w, e, &s);
}

/* What CSV can hold: one value a cell; subforms have rows of their own. */
static void choose_columns(Work *w, Export *e)
{
    const Form *f = e->ask->form;
    e->field = ARENA_ARRAY(w->cx.a, Field *, f->nfield + 1);
    for (int i = 0; i < f->nfield; i++) {
        Field *field = f->field[i];
        bool kept = !field->system || i == SYS_ID || i == SYS_CREATED_AT || i == SYS_UPDATED_AT
            || (i >= SYS_POOL && i <= SYS_OWNER_SINCE)
            || (f->nworkflow && i >= SYS_STAGE && i <= SYS_STAGE_DUE);
        if (!kept || field->type->store == STORE_ROWS
            || (field->type->store == STORE_NONE && !field->computed)) continue;
        if (perm_field(w, f, field, NULL) != RIGHT_HIDDEN) e->field[e->nfield++] = field;
    }
}

static bool write_top(Work *w, Export *e)
{
    Str s = str_begin(e->a);
    if (e->ask->json) {
        str_add_char(&s, '[');
        return put(w, e, &s);
    }
    if (e->ask->bom) str_add(&s, "\xef\xbb\xbf");
    for (int i = 0; i < e->nfield; i++) {
        if (i) str_add_char(&s, ',');
        csv_cell(&s, e->field[i]->key);
    }
    str_add(&s, "\r\n");
    return put(w, e, &s);
}

bool export_write(Work *w, const ExportAsk *ask, FILE *to)
{
    Export e = { .ask = ask, .to = to, .a = arena_new(), .field = ask->field,
        .nfield = ask->nfield };
    ListAsk list = { .form = ask->form, .filter = ask->filter, .q = ask->q,
        .passed = ask->passed, .limit = 500,
        .field = ask->form->field, .nfield = ask->form->nfield };
    bool ok = perm_may(w, ask->form, ACT_EXPORT)
        || cx_fail(&w->cx, E_DENIED, "no right to export %s", ask->form->key);
    if (ok && !e.nfield && !ask->json) choose_columns(w, &e);
    ok = ok && write_top(w, &e) && query_each(w, &list, add_record, &e);
    if (ok && ask->json) {
        arena_reset(e.a);
        Str end = str_begin(e.a);
        str_add(&end, "\n]\n");
        ok = put(w, &e, &end);
    }
    if (ok && fflush(to))
        ok = cx_fail(&w->cx, E_SYS, "cannot write the export: %s", strerror(errno));
    arena_free(e.a);
    return ok;
}
