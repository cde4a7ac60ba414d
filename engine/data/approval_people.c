/*
 * approval_people.c — whom an entry asks: the people of its `by`, up the reporting line if it says
 * so, without those it leaves out; and when nobody is left, whom instead. Why is kept with the record.
 */
#include "data/approval_in.h"
#include "data/explain.h"
#include "data/move_part.h"
#include "data/record_row.h"
#include "base/node_json.h"

#include <string.h>

static bool has(const int64_t *id, int n, int64_t wanted)
{
    for (int i = 0; i < n; i++)
        if (id[i] == wanted) return true;
    return false;
}

/* The manager of a user; 0: none, or one who left. */
MUST static bool manager_of(Work *w, int64_t user, int64_t *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    *out = 0;
    sql_add(&q, "SELECT \"m\".\"id\" FROM \"user\" AS \"u\" JOIN \"user\" AS \"m\" "
        "ON \"m\".\"id\" = \"u\".\"manager\" WHERE \"m\".\"deleted_at\" IS NULL AND \"m\".\"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " AND \"u\".\"id\" = ");
    sql_bind(&q, val_int(user));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (found) *out = v.i;
    return true;
}

/* The people of `by`, and the line upwards from the last of them. A ring ends where it began. */
MUST static bool climb(Work *w, const Approve *e, const Record *will, int64_t *id, int *n)
{
    int64_t *until = NULL, *found, next;
    int nuntil = 0;

    if (!people_of(w, &e->by, will, &found, n)) return false;
    if (*n > APPROVAL_MOST) *n = APPROVAL_MOST;
    memcpy(id, found, (size_t)*n * sizeof *found);
    if (!e->up) return true;
    if (e->until.n && !people_of(w, &e->until, will, &until, &nuntil)) return false;
    for (int i = 0; i < *n; i++)
        if (has(until, nuntil, id[i])) *n = i + 1;
    while (*n && (e->up < 0 || *n < e->up) && *n < APPROVAL_MOST && !has(until, nuntil, id[*n - 1])) {
        if (!manager_of(w, id[*n - 1], &next)) return false;
        if (!next || has(id, *n, next)) break;
        id[(*n)++] = next;
    }
    return true;
}

/* Who heads a department (0: nobody, or one who left), and the one above it. */
MUST static bool head_of(Work *w, int64_t department, int64_t *head, int64_t *above)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[2];

    *head = *above = 0;
    sql_add(&q, "SELECT \"u\".\"id\", \"d\".\"parent\" FROM \"department\" AS \"d\" "
        "LEFT JOIN \"user\" AS \"u\" ON \"u\".\"id\" = \"d\".\"head\" AND \"u\".\"deleted_at\" IS NULL "
        "AND \"u\".\"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " WHERE \"d\".\"deleted_at\" IS NULL AND \"d\".\"id\" = ");
    sql_bind(&q, val_int(department));
    if (!db_one(&w->cx, w->db, &q, v, 2, &found)) return false;
    if (found && v[0].kind == VAL_INT) *head = v[0].i;
    if (found && v[1].kind == VAL_INT) *above = v[1].i;
    return true;
}

/* The heads from the department of `by` up. Who heads several in a row is asked once. */
MUST static bool climb_departments(Work *w, const Approve *e, const Record *will, int64_t *id, int *n)
{
    int64_t *until = NULL, at, head;
    int nuntil = 0;

    *n = 0;
    if (e->until.n && !people_of(w, &e->until, will, &until, &nuntil)) return false;
    if (!people_department(w, &e->by, will, &at)) return false;
    for (int far = 0; at && far < APPROVAL_MOST && (e->up < 0 || *n < e->up); far++) {
        if (!head_of(w, at, &head, &at)) return false;
        if (!head || has(id, *n, head)) continue;
        id[(*n)++] = head;
        if (has(until, nuntil, head)) break;
    }
    return true;
}

static const char *names(Work *w, const int64_t *id, int n)
{
    const Form *user = app_form(w->app, "user");
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < n; i++)
        str_printf(&s, "%s%s", i ? ", " : "", record_title_of(w, user, id[i]));
    return str_show(&s);
}

const char *approval_called(Work *w, const Approve *e)
{
    return label_show(&e->label, w->cx.lang,
        arena_printf(w->cx.a, "%d", e->index + 1));
}

static const char *by_words(const Approve *e)
{
    return node_text(e->by.at) ? node_text(e->by.at) : "by";
}

/* Takes out who is not to be asked. */
MUST static bool leave_out(Work *w, const Approve *e, const Approval *a, const int64_t *decided,
    int ndecided, Asked *out)
{
    int kept = 0;

    for (int i = 0; i < out->n; i++) {
        bool self = e->not_self && out->id[i] == a->by;
        bool before = e->skip_decided && has(decided, ndecided, out->id[i]);
        if (!self && !before) {
            out->id[kept++] = out->id[i];
            continue;
        }
        out->skipped += before && !self;
        if (!explain_say(w, a->form, a->record, self ? "approval %s: %s asks and is not asked"
                : "approval %s: %s approved before and is not asked again", approval_called(w, e),
                names(w, &out->id[i], 1))) return false;
    }
    out->n = kept;
    return true;
}

MUST static bool instead(Work *w, const Approve *e, const Approval *a, const Record *will, Asked *out)
{
    if (out->skipped || e->nobody == NOBODY_SKIP) {
        out->pass = true;
        return out->skipped || explain_say(w, a->form, a->record,
            "approval %s: nobody is to be asked (%s); skipped", approval_called(w, e), by_words(e));
    }
    if (e->nobody == NOBODY_ASK) {
        if (!people_of(w, &e->instead, will, &out->id, &out->n)) return false;
        if (out->n)
            return explain_say(w, a->form, a->record,
                "approval %s: nobody is to be asked (%s); instead: %s", approval_called(w, e), by_words(e),
                names(w, out->id, out->n));
    }
    return cx_fail(&w->cx, E_CONFLICT, "there is nobody to approve “%s” (%s); an admin can name "
        "somebody", approval_called(w, e), by_words(e));
}

bool approval_people(Work *w, const Approve *e, const Approval *a, const Record *will,
    const int64_t *decided, int ndecided, Asked *out)
{
    *out = (Asked){ .id = ARENA_ARRAY(w->cx.a, int64_t, APPROVAL_MOST + 1) };
    if (e->departments ? !climb_departments(w, e, will, out->id, &out->n)
        : !climb(w, e, will, out->id, &out->n)) return false;
    if (!leave_out(w, e, a, decided, ndecided, out)) return false;
    if (!out->n) return instead(w, e, a, will, out);
    return explain_say(w, a->form, a->record, "approval %s asks %s (%s)", approval_called(w, e),
        names(w, out->id, out->n), by_words(e));
}

bool approval_will(Work *w, const Approval *a, Record **out)
{
    Record *r;
    Node *body = a->body ? json_parse(&w->cx, a->body, strlen(a->body)) : NULL;

    *out = NULL;
    if (w->cx.err || !record_load(w, a->form, a->record, false, &r)) return false;
    if (!r) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    AsSaved saved = work_as_app(w, w->rule);
    bool ok = !body || record_read(w, r, body);
    work_as_back(w, saved);
    if (!cx_check(&w->cx) || !ok) return false;
    if (a->move) move_to(w, r, a->flow, a->move->to);
    *out = r;
    return record_compute_own(w, r);
}
