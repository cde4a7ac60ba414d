/*
 * explain.c — what rules said with explain(), kept with the record: the answer to "why?".
 *
 * Said of a record that has no id yet, it waits in the frame of its save.
 */
#include "data/explain.h"
#include "data/frame.h"
#include "data/history.h"
#include "base/i18n.h"

MUST static bool store(Work *w, const char *form, int64_t id, const char *text)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_explain\" (\"form\", \"record\", \"at\", \"rule\", \"text\") "
        "VALUES (");
    sql_bind(&q, val_text(form));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(id));
    sql_add(&q, ", ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(w->rule));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(text));
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

bool history_explain(Work *w, const Form *f, int64_t id, const char *text)
{
    frame_say(w, f, id, text);
    return !id || store(w, f->key, id, text);
}

bool explain_say(Work *w, const Form *f, int64_t id, const char *english, ...)
{
    int n = w->app->nlanguage;
    Label all = { .lang = w->app->language, .text = ARENA_ARRAY(w->cx.a, const char *, n + 1) };

    for (; all.n < n; all.n++) {
        va_list args;
        va_start(args, english);
        all.text[all.n] = arena_vprintf(w->cx.a, i18n_text(all.lang[all.n], english), args);
        va_end(args);
    }
    return history_explain(w, f, id, label_store(w->cx.a, &all));
}

bool explain_tell(Work *w, const Record *r, const char *rule, Telling text, const void *what)
{
    Label l = { .n = w->app->nlanguage };
    const char *before = w->rule;

    l.lang = ARENA_ARRAY(w->cx.a, const char *, l.n + 1);
    l.text = ARENA_ARRAY(w->cx.a, const char *, l.n + 1);
    for (int i = 0; i < l.n; i++) {
        l.lang[i] = w->app->language[i];
        l.text[i] = text(w, l.lang[i], what);
    }
    w->rule = rule;
    bool ok = history_explain(w, r->form, record_id(r), label_store(w->cx.a, &l));
    w->rule = before;
    return ok;
}

bool explain_flush(Work *w, const Record *r)
{
    Frame *top = w->write;

    for (int i = 0; i < top->nsaid; i++) {
        Said *s = &top->said[i];
        if (s->id || s->form != r->form) continue;
        s->id = record_id(r);
        const char *rule = w->rule;
        w->rule = s->rule;
        bool ok = store(w, r->form->key, s->id, s->text);
        w->rule = rule;
        if (!ok) return false;
    }
    return true;
}

bool history_explained(Work *w, const Form *f, int64_t id, Explained **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[3];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"at\", \"rule\", \"text\" FROM \"_explain\" WHERE \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT 50");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Explained e = { .at = db_typed(v[0], VAL_DATETIME, 0).i,
            .rule = v[1].kind == VAL_TEXT ? arena_dup(w->cx.a, v[1].t) : NULL,
            .text = v[2].kind == VAL_TEXT ? label_stored(w->cx.a,
                arena_dup(w->cx.a, v[2].t), w->cx.lang) : "" };
        ARENA_PUSH(w->cx.a, *out, *n, cap, e);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}
